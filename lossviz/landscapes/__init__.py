"""Landscapes: an objective over a plane or along a line, and what is read from the heights."""

from lossviz.landscapes.landscape import (
    GridPoint,
    Landscape,
    Path,
    Profile,
    ProjectedPath,
    Terms,
    evaluate_line,
    evaluate_plane,
    evaluate_points,
    evaluate_terms,
    expected_seconds,
    project,
)

__all__ = [
    "GridPoint",
    "Landscape",
    "Path",
    "Profile",
    "ProjectedPath",
    "Terms",
    "evaluate_line",
    "evaluate_plane",
    "evaluate_points",
    "evaluate_terms",
    "expected_seconds",
    "project",
]
