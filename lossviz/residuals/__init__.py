"""Residuals of a fit: diagnostics, and what structure in them means."""
