"""The loss surface lens without its work: the same three figures from arrays made beforehand.

``benchmarks.pages`` races the real page against this one.
"""

import streamlit as st

from lossviz.ui.stage import assets

if __name__ == "__main__":
    from lossviz.datasets import DATASETS
    from lossviz.figures import data, landscapes
    from lossviz.landscapes.critical_points import minimum_marks
    from lossviz.landscapes.fitted import fit
    from lossviz.landscapes.height_scale import SCALES
    from lossviz.landscapes.planes import axes
    from lossviz.landscapes.window import good_window
    from lossviz.losses import LOSSES
    from lossviz.models import MODELS
    from lossviz.problem.problem import Problem
    from lossviz.ui import cache, stage
    from lossviz.ui.data import fitted
    from lossviz.ui.sidebar import controls

    @st.cache_resource(show_spinner=False)
    def prepared(loss: str, n: int = 101) -> tuple:
        """Everything the page shows for one loss, ready to be sent."""
        problem = Problem(DATASETS["diabetes"](), MODELS["line"](), LOSSES[loss]())
        risk, best = problem.risk(), cache.minimum(problem)
        plane = axes(2, names=risk.names)
        a, b = controls.grid(good_window(risk, plane, best.theta), n)
        land = cache.landscape(problem, plane, a, b)
        height_axis, marks = (
            SCALES["linear"]().height_axis(land.values),
            minimum_marks(risk, best, plane, (a, b)),
        )
        view = fit(risk)
        return (
            (landscapes.surface(land, height_axis, marks), "surface", "ab", "large", []),
            (landscapes.contour(land, height_axis, marks), "map", "ab", "half", []),
            (data.fitted(view, view.heights(best.theta)), "fit", None, "half",
             fitted.moves(view, plane, (a, b))),
        )  # fmt: skip

    st.set_page_config(layout="wide")
    for warm in ("squared", "absolute"):
        prepared(warm)
    with st.sidebar:
        labels = {"squared": "Squared error", "absolute": "Absolute error"}
        loss = st.selectbox("Loss", list(labels), format_func=labels.get, key="loss")
    for figure, key, cursor, height, moves in prepared(loss):
        stage.show(figure, key=key, group="g", cursor=cursor, height=height, moves=moves)
else:
    app = st.App(__file__, routes=assets.routes())
