"""A surface of 2,001 x 2,001 points: streamed to disk, then opened as the app opens it.

Each size runs in a process of its own, which prints what it used: the memory above the idle
process must not grow with the surface.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.lines import problem
from benchmarks.memory import peak
from lossviz.landscapes.file import load_landscape, thinned, write_landscape
from lossviz.landscapes.planes import axes

SIDES = (501, 2_001)
ROWS = 10_000


def run() -> None:
    """Print time, memory and bytes of writing and of opening, for both sizes."""
    print(f"\nA large surface on disk, absolute error of a line, n = {ROWS:,}")
    print(f"  {'points':<16}{'wall':>9}{'CPU':>9}{'memory':>10}{'file':>9}{'opened in':>12}")
    for side in SIDES:
        command = [sys.executable, "-m", "benchmarks.large", str(side)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(done.stdout, end="")


def _measure(side: int) -> None:
    risk, a = problem("absolute", ROWS), np.linspace(-4, 6, side)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "surface.npz"
        write_landscape(risk, axes(2), a[:9], a[:9], path)  # threads and imports are idle's
        idle, wall, cpu = peak(), time.perf_counter(), time.process_time()
        write_landscape(risk, axes(2), a, a, path)
        wall, cpu, held = time.perf_counter() - wall, time.process_time() - cpu, peak() - idle
        opened = time.perf_counter()
        few = thinned(load_landscape(path))
        opened = time.perf_counter() - opened
        size = path.stat().st_size / 1e6
    shown = " x ".join(str(each) for each in few.values.shape)
    print(
        f"  {f'{side:,} x {side:,}':<16}{wall:>7.1f} s{cpu:>7.1f} s{held:>7.0f} MB{size:>6.1f} MB"
        f"{opened:>10.2f} s at {shown}"
    )


if __name__ == "__main__":
    _measure(int(sys.argv[1]))
