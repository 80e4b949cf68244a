"""A real PyTorch module's landscape, through the file, against the module itself.

Runs where torch is installed; ``make test-torch`` installs its CPU build and runs it.
"""

import sys

import numpy as np
import pytest

from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.file import load_landscape
from lossviz.landscapes.planes import Plane, axes, random
from lossviz.landscapes.torch_models import export_landscape, parameter_layout, parameters
from lossviz.models import MODELS


def test_without_torch_one_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "lossviz\[torch\]"'):
        export_landscape(None, None, tmp_path / "net.npz")


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="torch is an extra: make test-torch installs it")


@pytest.fixture
def trained(torch):
    """A network of 2-8-8-1 tanh units, taught to tell two moons apart."""
    from sklearn.datasets import make_moons

    X, y = make_moons(120, noise=0.15, random_state=0)
    X, y = torch.tensor(X), torch.tensor(y, dtype=torch.float64)
    torch.manual_seed(0)
    layers = [torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 8), torch.nn.Tanh()]
    net = torch.nn.Sequential(*layers, torch.nn.Linear(8, 1)).double()

    def loss(net):
        return torch.nn.functional.binary_cross_entropy_with_logits(net(X)[:, 0], y)

    optimizer = torch.optim.Adam(net.parameters(), lr=0.03)
    for _ in range(200):
        optimizer.zero_grad()
        loss(net).backward()
        optimizer.step()
    assert loss(net).item() < 0.1
    return net, loss, X.numpy(), y.numpy()


def test_a_trained_network_is_seen_the_same_by_torch_and_by_lossviz(trained, tmp_path):
    from lossviz.datasets import Data
    from lossviz.losses import LOSSES
    from lossviz.objectives import Risk

    net, loss, X, y = trained
    a, b = np.linspace(-1, 1, 9), np.linspace(-0.5, 1, 7)
    seen = []
    saved = export_landscape(
        net, loss, tmp_path / "moons.npz", a, b, seed=3, title="Moons", progress=seen.append
    )
    again = load_landscape((tmp_path / "moons.npz").read_bytes())
    model = MODELS["network"](width=8, depth=2, activation="tanh")
    risk = Risk(Data(X, y, "binary"), model, LOSSES["cross_entropy"]())
    center = parameters(net)
    ours = evaluate_plane(risk, random(center, risk.layout, seed=3), a, b)
    np.testing.assert_allclose(again.values, ours.values, rtol=1e-9)
    assert np.array_equal(again.values, saved.values)
    assert again.values[2, 4] == pytest.approx(loss(net).item(), rel=1e-12)
    assert again.title == "Moons"
    assert again.note.startswith("Sequential with 105 parameters, two random directions, filter")
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert again.values.min() >= 0.9 * loss(net).item()  # trained: the middle is a valley
    assert again.values.max() > 3 * loss(net).item()


def test_convolutions_batch_norm_and_dropout_are_left_as_they_were(torch, tmp_path):
    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3),
        torch.nn.BatchNorm2d(3),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Flatten(),
        torch.nn.Linear(3 * 4, 2),
    )
    X, y = torch.randn(5, 1, 4, 4), torch.tensor([0, 1, 0, 1, 1])
    net[3].eval()
    before = {name: each.clone() for name, each in net.state_dict().items()}

    def loss(net):
        return torch.nn.functional.cross_entropy(net(X), y)

    two, one = (
        export_landscape(net, loss, tmp_path / "x.npz", [-1, 0, 1], [0, 2], chunk=chunk)
        for chunk in (4, 1)
    )
    np.testing.assert_allclose(two.values, one.values, rtol=1e-5)
    assert [part.training for part in net] == [True, True, True, False, True, True]
    assert all(torch.equal(each, before[name]) for name, each in net.state_dict().items())
    assert all(tensor.grad is None for tensor in net.parameters())
    blocks = parameter_layout(net).blocks
    assert [b.weight for b in blocks] == [True, False, False, False, True, False]
    with torch.no_grad():
        assert one.values[0, 1] == pytest.approx(loss(net.eval()).item(), rel=1e-5)


def test_any_plane_and_any_overflow(torch, tmp_path):
    net = torch.nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        net.weight.fill_(1.0)
    plane = Plane([0.0], [1.0], [0.0])
    land = export_landscape(
        net,
        lambda net: torch.exp(net(torch.ones(1)).sum()),
        tmp_path / "x.npz",
        [0.0, 1.0, 1000.0],
        [0.0, 1.0],
        plane=plane,
    )
    np.testing.assert_allclose(land.values, [[1, np.e, np.inf]] * 2, rtol=1e-6)
    assert land.note == "Linear with 1 parameters, in a plane of the author's choice."


def test_refusals_are_sentences(torch, tmp_path):
    net, path = torch.nn.Linear(2, 2), tmp_path / "x.npz"
    X = torch.zeros(3, 2)
    with pytest.raises(ValueError, match=r"one number \(a scalar tensor\).*\(3, 2\)"):
        export_landscape(net, lambda net: net(X), path)
    with pytest.raises(ValueError, match="has 6 parameters; the plane has 4"):
        export_landscape(net, lambda net: net(X).sum(), path, plane=axes(4))
    with pytest.raises(ValueError, match="no parameters"):
        export_landscape(torch.nn.ReLU(), lambda net: net(X).sum(), path)
    assert not path.exists()
