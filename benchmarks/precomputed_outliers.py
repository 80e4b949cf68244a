"""The outliers lens without its work: the dragged point is drawn, all else was made beforehand.

``benchmarks.drags`` races the real page against this one.  Lines, minima, trails and the three
61 x 61 surfaces are those of two places the point was prepared for, in turn.
"""

from dataclasses import replace

import streamlit as st

from lossviz.ui.stage import assets

ROW = 30

if __name__ == "__main__":
    from lossviz.datasets import DATASETS, Edits
    from lossviz.landscapes.height_scale import SCALES
    from lossviz.landscapes.planes import axes
    from lossviz.losses import LOSSES
    from lossviz.models import MODELS
    from lossviz.problem.problem import Problem
    from lossviz.ui.lenses.outliers import parts
    from lossviz.ui.sidebar import controls, state

    problem = Problem(DATASETS["line"](), MODELS["line"](), LOSSES["huber"]())
    clean = problem.draw()

    @st.cache_resource(show_spinner=False)
    def prepared(turn: int) -> tuple:
        """Everything the page shows for one place of the point."""
        place = float(clean.X[ROW, 0]), float(clean.y[ROW]) + (25, -25)[turn]
        these = parts.problems(replace(problem, edits=Edits().move(len(clean), ROW, *place)))
        sides = [parts.side(each) for each in these]
        plane = axes(2, names=sides[0].risk.names)
        return these, sides, plane, controls.grid(parts.window(sides, plane), 61)

    st.set_page_config(layout="wide")
    for warm in (0, 1):
        prepared(warm)
    now = replace(problem, edits=Edits.parse(state.get("points") or ""))
    height, was = float(now.draw().y[ROW]), st.session_state.get("height", float(clean.y[ROW]))
    if abs(height - was) > 0.3:  # not where it was heard of a moment ago, on its way
        st.session_state.height, st.session_state.turn = height, int(height < was)
    these, sides, plane, grid = prepared(st.session_state.get("turn", 1))
    shown = [s._replace(risk=replace(s.risk, data=now.draw())) for s in sides]
    parts.show_data(now, shown, ROW, plane, height="third")
    parts.show_shares(sides, height="third")
    parts.show_surfaces(
        these, sides, ROW, plane, grid, SCALES["linear"](), common=False, solid=True, third=True
    )
    parts.show_influence(sides, height="panel")
else:
    app = st.App(__file__, routes=assets.routes())
