"""Parts of the Losses for acting page."""
