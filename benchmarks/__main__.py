"""``python -m benchmarks [--write] [part ...]``: speed as ratios; PARTS has the names.

Absolute times depend on the machine; the ratios within one run, of medians of interleaved
turns, are what to compare with.  Every contender does the same work and its values are
asserted to agree with ours.  JAX, torch and other packages for loss landscapes take part where
they are installed (``pip install -e .[bench]``).  ``--write`` puts what a part printed into
benchmarks/README.md, in place of what it printed last.  On machines that force an OpenBLAS kernel,
measure without it:
``env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python -m benchmarks``.
"""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from benchmarks import (
    drags,
    frames,
    fronts,
    growth,
    large,
    lenses,
    lines,
    memory,
    metrics,
    networks,
    pages,
    paths,
)

PARTS = {
    "lines": lines.run,
    "networks": networks.run,
    "paths": paths.run,
    "fronts": fronts.run,
    "metrics": metrics.run,
    "growth": growth.run,
    "memory": memory.run,
    "large": large.run,
    "pages": pages.run,
    "lenses": lenses.run,
    "drags": drags.run,
    "frames": frames.run,
}
README = Path(__file__).parent / "README.md"
CONTEXT = "streamlit.runtime.scriptrunner_utils.script_run_context"


def main(asked: list[str]) -> None:
    write, wanted = "--write" in asked, [each for each in asked if each != "--write"]
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"There are the benchmarks {', '.join(PARTS)}; not {', '.join(sorted(unknown))}.")
    logging.getLogger(CONTEXT).addFilter(_is_news)
    for name in wanted or PARTS:
        heard = _Both(sys.stdout)
        with redirect_stdout(heard):
            print(machine())
            PARTS[name]()
        if write:
            README.write_text(written(README.read_text(), name, heard.getvalue()))


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a warning says anything: pages are opened here without a browser, as they know."""
    return "missing ScriptRunContext" not in record.getMessage()


def machine() -> str:
    """What the figures depend on: cores, load, NumPy and the BLAS kernel it uses."""
    kernels = {each["architecture"] for each in threadpool_info() if "architecture" in each}
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    forced = os.environ.get("OPENBLAS_CORETYPE")
    said = f"NumPy {np.__version__}, {os.cpu_count()} cores{load}, BLAS kernel {'/'.join(kernels)}"
    return f"{said} (forced: OPENBLAS_CORETYPE={forced})" if forced else said


def written(readme: str, name: str, printed: str) -> str:
    """The text with what a part printed between its two marks, which come last if it has none."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{begin}\n```\n$ python -m benchmarks {name}\n{printed.rstrip()}\n```\n{end}"
    if begin not in readme:
        return f"{readme.rstrip()}\n\n{block}\n"
    return re.sub(f"{begin}.*?{end}", lambda _: block, readme, flags=re.DOTALL)


class _Both(io.StringIO):
    """What is printed, kept and shown."""

    def __init__(self, shown: io.TextIOBase) -> None:
        super().__init__()
        self._shown = shown

    def write(self, text: str) -> int:
        self._shown.write(text)
        self._shown.flush()
        return super().write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
