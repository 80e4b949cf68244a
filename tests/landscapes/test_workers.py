"""A surface shared out: the same bits for every number of workers, whatever happens to them."""

import os
import signal
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lossviz.datasets import Data
from lossviz.landscapes import evaluate_plane, workers
from lossviz.landscapes.planes import Plane, axes, random
from lossviz.losses import LOSSES
from lossviz.models import MODELS
from lossviz.models.layout import Block, Layout
from lossviz.objectives import Risk

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 2))
A, B = np.linspace(-1, 1, 40), np.linspace(-2, 1, 60)


def network(n: int = 300) -> Risk:
    data = Data(X[:n], (X[:n, 0] > X[:n, 1]).astype(float), task="binary")
    return Risk(data, MODELS["network"](width=24, depth=2), LOSSES["cross_entropy"]())


def somewhere(risk: Risk) -> Plane:
    return random(risk.model.start(2, 1, 0), risk.layout, seed=0)


@pytest.fixture
def blocks(monkeypatch):
    """Small blocks, so that a small surface has many."""
    monkeypatch.setattr(workers, "WORK", 1.0)
    monkeypatch.setattr(workers, "POINTS", 100)


def test_the_bits_do_not_depend_on_the_workers(blocks):
    risk = network()
    plane = somewhere(risk)
    alone = evaluate_plane(risk, plane, A, B).values
    asked = []

    def backwards(function, parts):
        parts = list(parts)
        asked.extend(parts)
        found = {part.start: function(part) for part in reversed(parts)}
        return [found[part.start] for part in parts]

    with ThreadPoolExecutor(3) as pool:
        for other in (2, 3, map, pool.map, backwards):
            shared = evaluate_plane(risk, plane, A, B, workers=other).values
            assert shared.tobytes() == alone.tobytes()
    assert len(asked) > 5
    np.testing.assert_allclose(
        alone[[7, 59], [3, 39]], risk.value(plane.point(A[[3, 39]], B[[7, 59]])), rtol=1e-12
    )


def test_what_is_found_at_once_is_not_cut(blocks):
    line = Data(X[:, :1], X[:, 1], task="regression")
    for loss in ("squared", "absolute"):
        risk = Risk(line, MODELS["line"](), LOSSES[loss]())
        calls = []

        def counted(function, parts, calls=calls):
            parts = list(parts)
            calls.extend(parts)
            return map(function, parts)

        evaluate_plane(risk, axes(2), A, B, workers=counted)
        assert calls == [slice(0, len(B))]


@dataclass(frozen=True)
class Deadly:
    """A bowl that kills the first process other than the test's own that looks at it."""

    home: int
    mark: Path

    @property
    def layout(self) -> Layout:
        return Layout((Block("w", (2,)),))

    def value(self, theta):
        if os.getpid() != self.home and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return (theta**2).sum(-1)


def test_a_killed_worker_does_not_lose_the_surface(blocks, tmp_path):
    deadly = Deadly(os.getpid(), tmp_path / "killed")
    told = []
    found = evaluate_plane(deadly, axes(2), A, B, told.append, workers=2).values
    assert deadly.mark.exists()
    np.testing.assert_allclose(found, A**2 + B[:, None] ** 2, rtol=1e-15)
    assert told == sorted(told)
    assert told[-1] == 1


@dataclass(frozen=True)
class Traced(Deadly):
    """A bowl that says which processes looked at it."""

    def value(self, theta):
        (self.mark / str(os.getpid())).touch()
        return (theta**2).sum(-1)


def test_workers_do_not_run_the_page_that_stands_as_main(blocks, tmp_path, monkeypatch):
    page = ModuleType("__main__")
    page.__file__ = str(tmp_path / "page.py")
    (tmp_path / "page.py").write_text("raise SystemExit('the page ran once more')")
    monkeypatch.setitem(sys.modules, "__main__", page)
    traced = Traced(os.getpid(), tmp_path)
    evaluate_plane(traced, axes(2), A, B, workers=2)
    pids = {int(each.name) for each in tmp_path.iterdir() if each.name.isdigit()}
    assert pids - {os.getpid()}
    assert os.getpid() not in pids


@pytest.mark.parametrize("rows", [1, 46, 51, 60, 190, 200])
def test_blocks_of_rows_are_as_equal_as_they_can_be(monkeypatch, rows):
    monkeypatch.setattr(workers, "WORK", 1.0)
    monkeypatch.setattr(workers, "POINTS", 47 * len(A))
    risk = network(20)
    survey = workers.Survey(risk, somewhere(risk), A, np.linspace(0, 1, rows), False)
    blocks = survey.blocks()
    sizes = [each.stop - each.start for each in blocks]
    assert np.concatenate([np.arange(rows)[each] for each in blocks]).tolist() == list(range(rows))
    assert min(sizes) >= min(47, rows)  # none is too small to be worth sharing
    assert max(sizes) - min(sizes) <= 1


class Enough(Exception):
    pass


@pytest.mark.parametrize("how", [1, 2, map])
def test_progress_rises_to_one_and_stops_the_work(blocks, how):
    risk = network(50)
    told = []
    evaluate_plane(risk, somewhere(risk), A, B, told.append, workers=how)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)

    def stop(fraction):
        raise Enough

    with pytest.raises(Enough):
        evaluate_plane(risk, somewhere(risk), A, B, stop, workers=how)


@pytest.mark.parametrize("wrong", [0, -2, 1.5, True, "two", None])
def test_workers_that_are_none_are_refused_in_a_sentence(wrong):
    with pytest.raises(ValueError, match="orkers are"):
        evaluate_plane(network(20), somewhere(network(20)), A, B, workers=wrong)


@pytest.fixture
def dask():
    """Dask, where it is installed, and lossviz too: its machines load the package."""
    distributed = pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    try:
        version("lossviz")
    except PackageNotFoundError:
        pytest.skip("lossviz is run from a folder of source code")
    return distributed


@pytest.fixture
def cluster(dask):
    """A Dask cluster of two processes on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with dask.LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as running:
            yield running
        for client in list(dask.client._global_clients.values()):
            client.close()


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finds_the_same_bits_and_no_worker_is_said(blocks, cluster, monkeypatch):
    risk = network()
    plane = somewhere(risk)
    monkeypatch.setenv("LOSSVIZ_DASK", cluster.scheduler_address)
    told = []
    shared = evaluate_plane(risk, plane, A, B, told.append, workers=workers.on_dask())
    assert shared.values.tobytes() == evaluate_plane(risk, plane, A, B).values.tobytes()
    assert told[-1] == 1

    monkeypatch.setattr(workers, "version", lambda name: "0.0.0")
    with pytest.raises(ValueError, match="Every machine needs lossviz 0.0.0; found"):
        workers.on_dask()
    cluster.scale(0)
    cluster.sync(cluster._correct_state)
    with pytest.raises(ValueError, match="has no worker yet: start `dask worker"):
        workers.on_dask()


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_said(dask):
    with pytest.raises(ValueError, match="No Dask scheduler answers at tcp://127.0.0.1:9"):
        workers.on_dask("tcp://127.0.0.1:9", timeout=1)


def test_a_bare_checkout_is_told_to_be_installed(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(workers, "import_module", lambda name: None)  # as if Dask were there
    monkeypatch.setattr(workers, "version", missing)
    with pytest.raises(ValueError, match="pip install -e"):
        workers.on_dask("tcp://127.0.0.1:9", timeout=1)


def test_a_cluster_needs_an_address(monkeypatch):
    monkeypatch.delenv("LOSSVIZ_DASK", raising=False)
    with pytest.raises(ValueError, match="scheduler's address"):
        workers.on_dask()
