"""A real PyTorch module's landscape, through the file, against the module itself.

Runs where torch is installed; ``make test-torch`` installs its CPU build and runs it.
"""

import re
import sys

import numpy as np
import pytest

from lossviz.landscapes import evaluate_plane
from lossviz.landscapes.file import load_landscape
from lossviz.landscapes.planes import Plane, axes, hessian, random
from lossviz.landscapes.torch_models import (
    ModuleObjective,
    export_landscape,
    mean_loss,
    parameter_layout,
    parameters,
)
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


def test_the_readmes_lines_run_with_a_loader_and_a_walk(torch, tmp_path, monkeypatch):
    from tests.test_readme import README

    code = re.search(r"```python\n(from torch.*?)```", README, re.S).group(1)
    assert len(code.strip().splitlines()) <= 10
    torch.manual_seed(0)
    X, y = torch.randn(50, 3), torch.randint(0, 2, (50,))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), batch_size=16)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)

    def train(net, loader):
        for x, labels in loader:
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(x), labels).backward()
            optimizer.step()

    monkeypatch.chdir(tmp_path)
    scope = {"net": net, "loader": loader, "train": train}
    exec(code, scope)
    with torch.no_grad():
        end = torch.nn.functional.cross_entropy(net(X), y).item()  # all rows at once
    landscapes = {name: load_landscape(f"{name}.npz") for name in ("random", "hessian", "path")}
    for name in ("random", "path"):
        assert landscapes[name].path.shape == (11, 3)
        np.testing.assert_allclose(landscapes[name].path[-1], [0, 0, end], rtol=1e-5, atol=1e-6)
    middle = landscapes["hessian"].values[25, 25]
    assert middle == pytest.approx(end, rel=1e-5)


def test_derivatives_of_a_module_are_those_of_torch(torch):
    torch.manual_seed(3)
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    net = net.double()
    X, y = torch.randn(20, 2).double(), torch.randn(20, 1).double()
    loss = mean_loss(torch.nn.functional.mse_loss, [(X[:7], y[:7]), (X[7:], y[7:])])

    def flat(theta):
        parts, at = {}, 0
        for name, each in net.named_parameters():
            parts[name] = theta[at : at + each.numel()].reshape(each.shape)
            at += each.numel()
        return torch.nn.functional.mse_loss(torch.func.functional_call(net, parts, X), y)

    theta = torch.as_tensor(parameters(net))
    objective = ModuleObjective(net, loss)
    slope = torch.autograd.functional.jacobian(flat, theta).numpy()
    H = torch.autograd.functional.hessian(flat, theta).numpy()
    np.testing.assert_allclose(objective.gradient(parameters(net)), slope, rtol=1e-10, atol=1e-14)
    rows = np.eye(len(theta))[:4]
    np.testing.assert_allclose(
        objective.hessian_vector(parameters(net), rows), H[:4], rtol=1e-9, atol=1e-12
    )
    values = np.linalg.eigvalsh(H)
    plane = hessian(objective, parameters(net))
    assert plane.u @ H @ plane.u == pytest.approx(values[-1], rel=1e-6)
    assert plane.v @ H @ plane.v == pytest.approx(values[-2], rel=1e-6)


def test_a_walk_of_another_network_and_an_unknown_plane_are_refused(torch, tmp_path):
    net = torch.nn.Linear(2, 1)
    loss = mean_loss(torch.nn.functional.mse_loss, [])
    with pytest.raises(ValueError, match=r"its walk is \(t, 3\)"):
        export_landscape(net, loss, tmp_path / "x.npz", walk=np.zeros((4, 2)))
    with pytest.raises(ValueError, match="which needs a walk"):
        export_landscape(net, loss, tmp_path / "x.npz", plane="principal")
    with pytest.raises(ValueError, match="no batch"):
        export_landscape(net, loss, tmp_path / "x.npz")
