"""Several pathways of one object with delays of their own: one time, one for each synapse, none."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2], [0.1, 0.1, 0.6, 1.3, 1.9, 2.2] * ms, name="source")
cells = NeuronGroup(
    3, "dv/dt = (1.25 - v)/(1.1*ms) : 1", threshold="v > 1", reset="v = 0.1*i", method="euler", name="cells"
)
cells.v = "0.2*i"
links = Synapses(
    source,
    cells,
    """log_value : 1
       dx/dt = -x/(0.8*ms) : 1 (event-driven)""",
    on_pre={
        "now": "log_value = 2*log_value % 31 + x",
        "one": "x += 1; v_post += 0.05*x",
        "own": "v_post += 0.02*i; log_value += 3 + x",
    },
    on_post={"back": "log_value -= x", "slow_back": "x *= 0.5"},
    delay={"one": 0.5 * ms, "slow_back": 0.9 * ms},
    name="links",
)
links.connect()
links.own.delay = "0.2*ms*(i + j)"
links.back.delay = arange(9) * 0.11 * ms
links.now.order = 3
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, ["log_value", "x"], record=True)
run(5 * ms)
final_delays = array([links.own.delay[:], links.back.delay[:]])
