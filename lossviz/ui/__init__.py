"""Recipes to widgets, state to links, figures to the stage: the only streamlit in the package."""
