"""What takes long is drawn coarse first, then fine; a newer change stops the fine work."""

from __future__ import annotations

PAGES = {
    "surface": ("surface", {"data": "diabetes", "loss": "log_cosh"}, 101),
    "your_data": ("yours-surface", {"loss": "log_cosh"}, 101),
    "outliers": ("outliers-third", {"third": "1", "loss": "log_cosh"}, 61),
    "classification": ("first", {"bdata": "blobs"}, 61),
    "validation": ("validation-1", {"task": "binary", "bdata": "blobs"}, 81),
    "gradient_descent": ("descent-surface", {"objective": "problem"}, 101),
    "losses": ("which-line", {"data": "line", "loss": "log_cosh"}, 61),
}
