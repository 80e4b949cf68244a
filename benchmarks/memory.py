"""The most memory a surface takes above the idle process, each in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.lines import problem
from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.planes import axes

# name of the loss, rows, points along each axis
CASES = (
    ("absolute", 10_000, 95),
    ("absolute", 10_000, 301),
    ("absolute", 100_000, 95),
    ("absolute", 100_000, 301),
    ("huber", 100_000, 301),
    ("log_cosh", 100_000, 51),
)


def run() -> None:
    print("\nPeak memory above the idle process (the values of 301 x 301 are 0.7 MB)")
    for name, n, points in CASES:
        command = [sys.executable, "-m", "benchmarks.memory", name, str(n), str(points)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        label = f"{name}, n = {n:,}, {points} x {points}"
        print(f"  {label:<42} {float(done.stdout):>12,.0f} MB")


def peak() -> float:
    """The most memory this process has held, MB."""
    status = Path("/proc/self/status")
    if status.exists():  # there, ru_maxrss begins with what the parent process held
        line = next(each for each in status.read_text().splitlines() if "VmHWM" in each)
        return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measure(name: str, n: int, points: int) -> None:
    risk = problem(name, n)
    few = np.linspace(-1, 1, 3)
    evaluate_plane(problem(name, 100), axes(2), few, few)  # threads and imports are idle's
    idle = peak()
    grid = np.linspace(-3, 5, points)
    evaluate_plane(risk, axes(2), grid, grid)
    print(peak() - idle)


if __name__ == "__main__":
    _measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
