"""Sentences computed from the state shown; every one is held by a test."""
