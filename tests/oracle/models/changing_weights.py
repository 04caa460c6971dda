"""Weights that events change: steps up and down, kept within bounds, and seen by the next event."""

from brian2 import *

defaultclock.dt = 0.1 * ms
w_max = 6 * mV
cells = NeuronGroup(
    6,
    "dv/dt = (11*mV + 1*mV*i - v)/(1*ms) : volt",
    threshold="v > 10*mV",
    reset="v = 0*mV",
    method="euler",
    name="cells",
)
cells.v = "i*1.7*mV"
links = Synapses(
    cells,
    cells,
    """w : volt
       uses : integer""",
    on_pre="v_post += 0.1*w; w = clip(w + 0.7*mV, 0*mV, w_max); uses += 1",
    on_post="w = clip(w - 0.9*mV, 0*mV, w_max)",
    delay=0.3 * ms,
    name="links",
)
links.connect(condition="abs(i - j) <= 2 and i != j")
links.w = "(i + 2*j)*0.4*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[0, 5])
weights = StateMonitor(links, ["w", "uses"], record=True, dt=0.5 * ms)
run(5 * ms)
