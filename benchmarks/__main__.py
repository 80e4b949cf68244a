"""``python -m benchmarks [lines networks paths metrics memory pages drags frames]``: ratios.

Absolute times depend on the machine; the ratios within one run, of medians of interleaved
turns, are what to compare with.  Every contender does the same work and its values are
asserted to agree with ours.  torch and JAX take part where they are installed
(``pip install torch jax``).  On machines that force an OpenBLAS kernel, measure without it:
``env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python -m benchmarks``.
"""

from __future__ import annotations

import os
import sys

import numpy as np

from benchmarks import drags, frames, lines, memory, metrics, networks, pages, paths

PARTS = {
    "lines": lines.run,
    "networks": networks.run,
    "paths": paths.run,
    "metrics": metrics.run,
    "memory": memory.run,
    "pages": pages.run,
    "drags": drags.run,
    "frames": frames.run,
}


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"There are the benchmarks {', '.join(PARTS)}; not {', '.join(sorted(unknown))}.")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"NumPy {np.__version__}, {os.cpu_count()} cores{load}; times slower than lossviz")
    for name in wanted or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
