"""Parts of the Validation and metrics page."""
