"""Lenses: one room per page, the parts of it that need Streamlit."""
