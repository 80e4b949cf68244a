"""Textbook terrains: what optimizers are shown on."""
