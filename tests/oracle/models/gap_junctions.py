"""Electrical synapses: a current by the difference of two voltages, summed in every step, beside chemical ones."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (v0 - v + Igap)/(3*ms) : 1
       v0 : 1 (constant)
       Igap : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v0 = "1.05 + 0.06*i"
cells.v = "0.16*i"
gap = Synapses(
    cells,
    cells,
    """w : 1
       Igap_post = w*(v_pre - v_post) : 1 (summed)""",
    name="gap",
)
gap.connect(condition="abs(i - j) == 1")
gap.w = "0.3 + 0.05*i"
kick = Synapses(cells, cells, on_pre="v_post -= 0.05", name="kick")
kick.connect(j="(i + 3) % N_post")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "Igap"], record=True, dt=0.3 * ms)
run(5 * ms if SHORT else 30 * ms)
