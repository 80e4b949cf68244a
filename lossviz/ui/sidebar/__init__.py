"""The problem in the sidebar: its state, which lives in the link, and its widgets."""
