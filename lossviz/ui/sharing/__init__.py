"""Share: the link, the files and the saved states of what is on the screen, on every page."""
