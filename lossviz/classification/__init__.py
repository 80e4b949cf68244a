"""Classifiers: separability, decision regions, label noise."""
