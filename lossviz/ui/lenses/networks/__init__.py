"""Parts of the Neural networks page."""
