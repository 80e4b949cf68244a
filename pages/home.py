"""See the ground a loss makes, and walk on it"""

from lossviz.ui import frame, state

state.arrive()
frame.heading(__doc__, "Pick a dataset, a model and a loss.")
frame.close()
