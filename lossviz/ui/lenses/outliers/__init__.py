"""Parts of the Outliers page."""
