"""Parts of the Residuals page."""
