"""Parts of the Regularization page."""
