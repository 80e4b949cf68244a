"""A surface shared out to processes or a cluster: blocks of grid rows, cut by the problem alone.

A block is never cut by the number of workers, so a surface has the same bits on one worker and on
sixty (of one kind of machine).  ``workers`` follows SciPy's convention: 1 is this process with its
threads, another int that many processes, -1 one for each core, and a map-like callable whatever it
stands for, such as ``ProcessPoolExecutor(8).map`` or ``on_dask("tcp://scheduler:8786")``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any

import numpy as np
from joblib.externals.loky import ProcessPoolExecutor
from numpy.typing import NDArray

from lossviz.landscapes import engines
from lossviz.landscapes.engines.threads import Progress, alone, part
from lossviz.landscapes.planes import Plane
from lossviz.objectives import Objective

Array = NDArray[np.floating]
MapLike = Callable[[Callable[[slice], Array], Iterable[slice]], Iterable[Array]]
Workers = int | MapLike

WORK = 4e8  # multiplications in a block, about a quarter of a second: below it sharing costs more
POINTS = 1000  # a block verifies some thirty of its points in double precision


@dataclass(frozen=True)
class Survey:
    """Everything a worker needs to compute any block of rows of one surface."""

    objective: Objective
    plane: Plane
    a: Array
    b: Array
    double: bool

    def rows(self, block: slice, progress: Progress | None = None) -> Array:
        """(rows of the block, len(a)) values."""
        with np.errstate(over="ignore", invalid="ignore"):
            return engines.surface(
                self.objective, self.plane, self.a, self.b[block], progress, self.double
            )

    def blocks(self) -> list[slice]:
        """Consecutive slices of b, as equal as they can be, the same whoever computes them."""
        if not engines.divisible(self.objective, self.plane):
            return [slice(0, len(self.b))]
        rows = len(getattr(self.objective, "data", [0]))
        row = len(self.a) * rows * float(self.objective.layout.size)
        needed = max(-(-WORK // row), -(-POINTS // len(self.a)))
        total = len(self.b)
        count = max(1, int(total // needed))
        ends = [total * number // count for number in range(count + 1)]
        return [slice(*both) for both in pairwise(ends)]


def gather(survey: Survey, workers: Workers, progress: Progress | None, into: Array) -> None:
    """Fill ``into`` (len(b), len(a)) block by block.

    A block that is lost with its process is computed here, so a killed worker costs time and not
    the surface.  What ``progress`` raises ends the work.  Raises ValueError where ``workers`` is
    neither a whole number from 1 up, nor -1, nor a callable.
    """
    blocks = survey.blocks()
    if not callable(workers):
        count = _count(workers)
        if count == 1 or len(blocks) == 1:
            _here(survey, blocks, progress, into)
        else:
            _in_processes(survey, blocks, count, progress, into)
        return
    for done, (block, values) in enumerate(
        zip(blocks, workers(survey.rows, blocks), strict=True), 1
    ):
        into[block] = values
        if progress:
            progress(done / len(blocks))


def on_dask(address: str | None = None, timeout: float = 10.0) -> MapLike:
    """The map of a Dask cluster, for ``workers=``; needs the extra ``lossviz[dask]``.

    ``address`` is the scheduler's, such as "tcp://10.0.0.5:8786", by default the environment's
    LOSSVIZ_DASK.  Raises ValueError, within ``timeout`` seconds for each question asked, where no
    address is known, nobody answers, no worker has joined, or the scheduler or a worker has
    another version of lossviz or none: later Dask would wait for ever; or where lossviz is run
    here without being installed, and so has no version to compare.
    """
    address = address or os.environ.get("LOSSVIZ_DASK")
    if not address:
        raise ValueError(
            "A Dask cluster needs its scheduler's address, such as tcp://10.0.0.5:8786, "
            "as an argument or in the environment's LOSSVIZ_DASK."
        )
    try:
        distributed = import_module("dask.distributed")
    except ImportError as missing:
        raise ValueError("Dask is not installed here: pip install 'lossviz[dask]'.") from missing
    ours = _installed()
    try:
        client = distributed.Client(address, timeout=timeout)
    except (OSError, ValueError, TimeoutError) as silent:
        raise ValueError(f"No Dask scheduler answers at {address}: {silent}") from silent
    joined = client.scheduler_info()["workers"]
    if not joined:
        client.close()
        raise ValueError(
            f"The scheduler at {address} has no worker yet: start `dask worker {address}`."
        )

    def found() -> str:  # pickled by value, as a machine may have nothing of ours
        from importlib import metadata

        try:
            return metadata.version("lossviz")
        except metadata.PackageNotFoundError:
            return "none"

    seen: dict[str, str] = {"scheduler": client.run_on_scheduler(found)}
    seen.update(client.run(found))
    wrong = {where: each for where, each in seen.items() if each != ours}
    if wrong:
        client.close()
        raise ValueError(
            f"Every machine needs lossviz {ours}; found "
            + ", ".join(f"{each} at {where}" for where, each in wrong.items())
            + "."
        )
    mapped: MapLike = client.get_executor(pure=False).map
    return mapped


def _installed() -> str:
    """Our version; ValueError where there is only a folder of source code."""
    try:
        return version("lossviz")
    except PackageNotFoundError as missing:
        raise ValueError(
            "A cluster's machines load the package lossviz, and here it is run from a folder of "
            "source code. Install it: pip install -e '.[dask]' in that folder, and the same "
            "version on every machine."
        ) from missing


def _count(workers: Any) -> int:
    if isinstance(workers, bool) or not isinstance(workers, int | np.integer):
        raise ValueError(f"Workers are a whole number or a map-like callable; got {workers!r}.")
    if workers == -1:
        return os.cpu_count() or 1
    if workers < 1:
        raise ValueError(f"Workers are at least 1, or -1 for one on each core; got {workers}.")
    return int(workers)


def _here(survey: Survey, blocks: list[slice], progress: Progress | None, into: Array) -> None:
    for number, block in enumerate(blocks):
        into[block] = survey.rows(block, part(progress, number, len(blocks)))


def _in_processes(
    survey: Survey, blocks: list[slice], count: int, progress: Progress | None, into: Array
) -> None:
    # the standard pool would run __main__ once more in every process, which under Streamlit is
    # the page itself; this one does not
    left = dict(enumerate(blocks))
    pool = ProcessPoolExecutor(min(count, len(blocks)), initializer=alone)
    futures: dict[Any, int] = {}
    try:
        for number, block in left.items():
            futures[pool.submit(survey.rows, block)] = number
        for future in as_completed(futures):
            into[left[futures[future]]] = future.result()
            del left[futures[future]]
            if progress:
                progress(1 - len(left) / len(blocks))
    except BrokenProcessPool:
        pass
    finally:
        for future in futures:
            future.cancel()
        pool.shutdown(wait=True)  # killing workers at work would race with the pool's own thread
    for number in list(left):
        into[left[number]] = survey.rows(left[number])
        del left[number]
        if progress:
            progress(1 - len(left) / len(blocks))
