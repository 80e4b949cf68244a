"""Parts of the Losses page."""
