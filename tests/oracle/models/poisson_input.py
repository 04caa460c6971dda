"""Many Poisson inputs at once whose chance is nought or certain, in the presence of refractoriness."""

from brian2 import *

defaultclock.dt = 0.5 * ms
cells = NeuronGroup(
    5,
    """dv/dt = -v/(4*ms) : volt (unless refractory)
       g : volt""",
    threshold="v > 4*mV",
    reset="v = -1*mV*i",
    refractory=1.5 * ms,
    method="euler",
    name="cells",
)
cells.v = "i*0.9*mV"
drive = PoissonInput(cells, "v", N=10, rate=2 * kHz, weight=0.12 * mV)
unused = PoissonInput(cells, "v", N=100, rate=0 * Hz, weight=50 * mV)
partial = PoissonInput(cells[1:3], "g", N=3, rate=2 * kHz, weight="0.1*mV*(1 + t/ms)")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g"], record=True)
run(12 * ms)
