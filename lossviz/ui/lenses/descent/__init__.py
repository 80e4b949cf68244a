"""Parts of the Gradient descent page."""
