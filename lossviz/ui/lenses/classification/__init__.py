"""Parts of the Classification page."""
