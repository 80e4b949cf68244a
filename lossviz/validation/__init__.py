"""Validation: what a model is judged by, and how far that lies from what it was trained on."""
