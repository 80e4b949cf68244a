"""Parts of the Combined losses page."""
