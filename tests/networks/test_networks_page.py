"""The networks lens, run as a session runs it, on tiny networks."""

import io
import itertools
import re

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from lossviz.curvature import spectral_density
from lossviz.networks.training import Training
from lossviz.penalties import PENALTIES
from lossviz.text import TIMES, number
from lossviz.ui import coarse
from lossviz.ui.lenses.networks import pair, stage, training, validation
from lossviz.ui.sidebar import state
from tests.running import messages, numbers, pictures, run, sent, settled, text

STEPS = re.compile(r"after ([\d,]+) steps")
TINY = {"net__width": "3", "net__blocks": "2", "net__steps": "6", "bdata__moons__n": "30"}


@pytest.fixture(autouse=True)
def one_thread():
    """As app.py sets it: matrices here are small."""
    with threadpool_limits(1):
        yield


def test_it_runs_alone_and_asks_its_question():
    at = run("neural_networks", **TINY)
    assert at.title[0].value == "Do skip connections smooth the loss surface?"
    assert len(pictures(at)) == 8  # two slices, two answers, two maps, two charts
    assert "A 2-D slice of a" in text(at)
    assert "Training took" not in text(at)


PANELS = ["replay", "validation", "layers", "spectrum", "sharpness", "roughness", "between", "file"]


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel(panel):
    at = run("neural_networks", **TINY, net__panel=panel)
    assert not at.error


def curves(packed):
    """Rows of a message; long ones come as whole numbers between each one's own ends."""
    codes = numbers(packed)
    if "step" not in packed:
        return codes
    return numbers(packed["low"])[:, None] + numbers(packed["step"])[:, None] * codes


def test_the_training_is_played_with_the_loss_and_the_answer_of_every_step():
    at = run("neural_networks", **TINY, net__panel="replay")
    (play,) = (each for each in messages(at) if each.get("group") == "training" and "steps" in each)
    now = [t for t in sent(at, "net-learned")["figure"]["data"] if t["name"].endswith(" now")]
    assert [len(numbers(trace["y"])) for trace in now] == [play["steps"]] * 2
    for key, trace in zip(("plain", "skip"), now, strict=True):
        shown = sent(at, f"net-replay-{key}")
        rows = {move["trace"]: curves(move["values"]) for move in shown["moves"]}
        assert {name: len(values) for name, values in rows.items()} == dict.fromkeys(
            ("fit", "boundary"), play["steps"]
        )
        (drawn,) = (t for t in shown["figure"]["data"] if t["name"] == "fit")
        assert rows["fit"][-1] == pytest.approx(numbers(drawn["z"]).ravel(), abs=1e-3)
        assert (rows["fit"][0] != rows["fit"][-1]).any()  # the training went somewhere
        assert number(float(numbers(trace["y"])[-1]), 3) in play["captions"][-1]


def test_a_replay_of_many_classes_says_why_the_data_are_not_drawn():
    link = {**TINY, "task": "multiclass", "mdata": "iris", "net-panel": "replay"}
    at = run("neural_networks", **link)
    assert "The data have 3 classes: one boundary cannot show" in text(at)
    assert "cannot show what a network says" not in text(
        run("neural_networks", **TINY, net__panel="replay")
    )


@pytest.mark.parametrize(("kind", "drawn"), [("maps", 4), ("plain", 2), ("skip", 2)])
def test_points_not_seen_as_maps_or_as_at_most_four_surfaces_in_all(kind, drawn):
    at = run("neural_networks", **TINY, net__panel="validation", net__validation=kind)
    assert len(pictures(at)) == 4 + drawn
    assert "validated on 200 new ones drawn with another seed" in text(at)
    assert text(at).count("Where training ended, the training loss is") == 2


@pytest.mark.parametrize(
    ("task", "data", "id", "rows", "scaled"),
    [("regression", "data", "diabetes", 442, True), ("multiclass", "mdata", "iris", 150, True),
     ("multiclass", "mdata", "digits", 1797, False)],
)  # fmt: skip
def test_measured_rows_are_held_out_of_a_training_of_their_own(task, data, id, rows, scaled):
    small = {**TINY, "net__steps": "2", "net__width": "2", "net__blocks": "1"}
    at = run("neural_networks", **small, task=task, **{data: id}, net__panel="validation",
             net__share="0.4")  # fmt: skip
    assert not at.error
    held = int(0.4 * rows + 0.5)
    assert f"{held:,} of {rows:,} rows are held out" in text(at)
    assert f"trained anew, on the other {rows - held:,} alone" in text(at)
    assert ("scaled by those rows alone" in text(at)) == scaled


def test_a_hold_out_that_leaves_nothing_to_learn_from_is_a_sentence(monkeypatch):
    def none(*_):
        raise ValueError("A split needs at least one row on each side.")

    monkeypatch.setattr(validation, "apart", none)
    at = run("neural_networks", **TINY, net__panel="validation")
    assert "at least one row on each side" in at.error[0].value
    assert len(pictures(at)) == 4


def test_a_large_network_has_its_spectrum_estimated_and_says_so(monkeypatch):
    monkeypatch.setattr(spectral_density, "MOST_WHOLE", 10)
    at = run("neural_networks", **TINY, net__panel="spectrum", net__seed="4")
    assert "Estimated with 10 random vectors" in text(at)
    assert "stochastic Lanczos quadrature" in text(at)
    whole = run("neural_networks", **TINY, net__panel="spectrum", penalty="l2")
    assert "stochastic Lanczos quadrature" in text(whole)  # 61 parameters are more than 10


def test_the_curve_between_minima_is_seen_from_above_too():
    at = run("neural_networks", **TINY, net__panel="between")
    assert len(pictures(at)) == 6
    assert "On this plane the highest loss is" in text(at)


@pytest.mark.parametrize("plane", ["layer", "raw", "pca", "hessian"])
def test_every_plane(plane):
    assert not run("neural_networks", **TINY, net__plane=plane).error


@pytest.mark.parametrize(
    ("task", "data"),
    [("binary", "bdata"), ("regression", "data"), ("multiclass", "mdata")],
)
def test_every_dataset(task, data):
    kinds = {
        "binary": ("circles", "spirals", "xor", "blobs"),
        "regression": ("sine_wave", "near_identity", "diabetes"),
        "multiclass": ("iris", "many_blobs", "digits"),
    }
    for id in kinds[task]:
        small = {**TINY, "net__steps": "2", "net__width": "2", "net__blocks": "1"}
        at = run("neural_networks", **small, task=task, **{data: id}, net__panel="layers")
        assert not at.error, id
        assert at.selectbox(key=data).value == id


@pytest.mark.parametrize("scale", ["one", "each", "zero"])
@pytest.mark.parametrize("bend", ["tanh", "gelu", "sigmoid", "sine", "identity"])
def test_every_scale_and_activation(scale, bend):
    link = {"net__scale": scale, "net__activation": bend, "net__panel": "file"}
    assert not run("neural_networks", **TINY, **link).error


@pytest.mark.parametrize("opt", ["sgd", "lbfgs", "adamw", "proximal_gradient", "newton"])
def test_optimizers_of_the_catalogue(opt):
    assert not run("neural_networks", **TINY, net__opt=opt, net__panel="file").error


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"net__width": "0"}, "net-width=0"),
        ({"net__blocks": "10000"}, "net-blocks=10000"),
        ({"net__lr": "nan"}, "net-lr=nan"),
        ({"net__scale": "huge"}, "net-scale=huge"),
        ({"net__steps": "1e9"}, "net-steps=1e9"),
        ({"net__directions": "-1"}, "net-directions=-1"),
    ],
)
def test_a_bad_link_gives_a_sentence_and_a_picture(link, says):
    at = run("neural_networks", **{**TINY, **link, "net__panel": "file"})
    assert says in "\n".join(w.value for w in at.warning)
    assert len(pictures(at)) == 4


def test_a_rate_that_explodes_is_an_ending_with_pictures():
    link = {"task": "regression", "net__opt": "gd", "net__lr": "10", "net__panel": "file"}
    at = run("neural_networks", **{**TINY, **link, "net__steps": "40"}, net__activation="identity")
    assert not at.error
    assert "training diverged after step" in text(at)
    assert len(pictures(at)) == 4


def test_mini_batches_where_a_search_takes_none_are_refused_in_a_sentence():
    at = run("neural_networks", **TINY, net__opt="lbfgs", net__batch="5")
    assert "takes no mini\\-batches" in at.error[0].value


@pytest.mark.parametrize("cost", [1e-5, 1e-3, 0.02, 0.1])
def test_a_training_can_be_stopped_several_times_a_second(monkeypatch, cost):
    """Between two looks at the page, whatever a step costs, lies one step or a blink."""

    class Slow:
        loss, asked, step = 1.0, 10**6, 0
        done = False

        def advance(self, steps):
            self.step += steps
            clock[0] += cost * steps

    clock, looked = [0.0], [0.0]
    monkeypatch.setattr(training.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(training._Report, "trained", lambda *_: looked.append(clock[0]))
    training._laps([Slow(), Slow()], training._Report(None, "", 2 * 10**6, 0))
    assert clock[0] >= training.LOOK
    assert np.diff(looked).max() <= max(2 * cost, 1.2 * training.PATIENCE)


def test_what_was_stopped_is_shown_and_can_be_continued(monkeypatch):
    monkeypatch.setattr(training, "PATIENCE", 0.0)  # one step at a time

    class Halt(Exception):
        """As Streamlit ends a script whose reader has clicked."""

    at = run("neural_networks", **TINY)
    advance = training.Run.advance

    def halted(self, steps):
        advance(self, min(steps, 2))
        if self.step >= 4:
            state.remember("_stopped Training both networks", kept[0])
            raise Halt

    kept = []
    under_way = training._under_way

    def spied(keys, wanted, what):
        kept[:] = [keys]
        return under_way(keys, wanted, what)

    monkeypatch.setattr(training, "_under_way", spied)
    monkeypatch.setattr(training.Run, "advance", halted)
    at.slider(key="net-steps").set_value(30)
    at.run()
    monkeypatch.setattr(training.Run, "advance", advance)
    settled(at)
    # one number of steps each, wherever it is told
    (stopped,) = re.findall(r"Training was stopped at steps? ([\d and]+);", text(at))
    under = [step for each in at.get("html") for step in STEPS.findall(each.proto.body)]
    assert stopped == " and ".join(dict.fromkeys(under))
    assert "of 30" in text(at)
    assert len(pictures(at)) == 8
    at.button(key="continue Training both networks").click()
    settled(at)
    assert "stopped" not in text(at)


def once(seen):
    """Without the repetitions of a page that is drawn twice in the same state."""
    return [each for each, _ in itertools.groupby(seen)]


def test_a_first_glimpse_comes_before_the_end_of_training(monkeypatch):
    seen = []
    draw = stage.stage_pair

    def spied(twins, landscapes, scale, view, going):
        seen.append((going, len(landscapes[0].a), [int(twin.run.steps[-1]) for twin in twins]))
        draw(twins, landscapes, scale, view, going)

    monkeypatch.setattr(stage, "stage_pair", spied)
    monkeypatch.setattr(training, "GLIMPSE", 0.0)
    link = {**TINY, "net__steps": "30", "net__seed": "11", "net__panel": "file"}
    at = run("neural_networks", **link)
    (first, coarse, some), (last, fine, all_) = once(seen)
    assert first
    assert not last
    assert coarse < fine
    assert some == [5, 5]
    assert all_ == [30, 30]
    assert "Training took" not in text(at)
    run("neural_networks", **link)
    assert [going for going, *_ in seen].count(True) == 1


def test_the_pictures_follow_a_training_while_it_runs(monkeypatch):
    seen = []
    draw = stage.stage_pair

    def spied(twins, *more):
        seen.append([int(twin.run.steps[-1]) for twin in twins])
        draw(twins, *more)

    monkeypatch.setattr(stage, "stage_pair", spied)
    monkeypatch.setattr(training, "GLIMPSE", 0.0)
    monkeypatch.setattr(training, "LOOK", 0.0)
    run("neural_networks", **{**TINY, "net__steps": "20", "net__seed": "12", "net__panel": "file"})
    assert once(seen) == [[5, 5], [10, 10], [15, 15], [20, 20]]


def test_two_visitors_share_what_is_trained_and_nothing_else():
    first = run("neural_networks", **TINY)
    second = run("neural_networks", **{**TINY, "net__seed": "3"}, net__panel="file")
    settled(first)
    settled(second)
    assert first.slider(key="net-seed").value == 0
    assert second.slider(key="net-seed").value == 3


def test_a_heavy_pair_is_drawn_coarse_and_then_fine(monkeypatch):
    monkeypatch.setattr(coarse, "LONG", 0.0)
    at = run("neural_networks", **TINY, net__seed="7", net__panel="file")
    assert f"on {pair.FINE}{TIMES}{pair.FINE} points" in text(at)


def test_new_directions_are_new_and_said():
    at = run("neural_networks", **TINY, net__panel="file")
    next(b for b in at.button if b.label == "New directions").click()
    settled(at)
    assert "filter norms, seed 1" in text(at)
    assert at.slider(key="net-directions").value == 1


def test_five_seeds_on_a_button():
    at = run("neural_networks", **{**TINY, "net__steps": "2"}, net__panel="roughness")
    before = len(pictures(at))
    next(b for b in at.button if b.label.startswith("Measure")).click()
    settled(at)
    assert len(pictures(at)) == before + 3
    assert "Over 5 seeds" in text(at)


def test_a_landscape_file_is_opened_and_a_bad_one_refused_in_a_sentence():
    held = io.BytesIO()
    np.savez(
        held, format="lossviz-landscape/1", a=[0, 1, 2], b=[0, 1], values=[[3, 1, 2], [4, 5, 6]]
    )
    at = run("neural_networks", **TINY, net__panel="file")
    before = len(pictures(at))
    at.file_uploader[0].set_value(("mine.npz", held.getvalue(), "application/octet-stream"))
    settled(at)
    assert len(pictures(at)) == before + 2
    at.file_uploader[0].set_value(("mine.npz", b"nothing", "application/octet-stream"))
    settled(at)
    assert "This is not a landscape file" in at.error[0].value


def test_the_shelf_holds_so_many_numbers_and_lets_the_oldest_go(monkeypatch):
    monkeypatch.setattr(training, "SHELF", 25)
    shelf = training._Shelf()
    for key in "abc":
        shelf.put(key, Training(np.arange(2), np.zeros((2, 5)), np.zeros(2), 1))
    assert shelf.get("a") is None
    assert shelf.get("b") is not None
    assert shelf.get("c") is not None


def test_a_loss_the_targets_do_not_fit_keeps_a_picture_of_networks():
    at = run("neural_networks", **TINY, task="regression", data="sine_wave",
             loss="poisson_deviance", net__panel="file")  # fmt: skip
    assert "last problem that worked" in at.error[0].value
    assert len(pictures(at)) == 4


@pytest.mark.parametrize("penalty", list(PENALTIES))
def test_every_penalty(penalty):
    assert not run("neural_networks", **TINY, penalty=penalty, net__panel="file").error
