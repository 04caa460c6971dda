"""Slices of a group as source, as target, as subject of monitors, and as the thing that is assigned to."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    12,
    """dv/dt = (push - v)/(1.5*ms) : 1
       push : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
first, middle, last = cells[:4], cells[3:8], cells[7:]
first.push = "1.3 + 0.1*i"
last.push = [1.2, 0.5, 1.1, 1.6, 0.2]
middle.v = "0.1*(i + 1)"
forward = Synapses(first, last, "w : 1", on_pre="v += w", name="forward")
forward.connect(condition="i != j")
forward.w = "0.02*(i + 1) + 0.01*j"
backward = Synapses(last, middle, on_pre="v_post += 0.05*v_pre", on_post="v_pre -= 0.02", name="backward")
backward.connect(j="i")
spikes = SpikeMonitor(cells)
late_spikes = SpikeMonitor(last)
middle_trace = StateMonitor(middle, "v", record=[0, 4])
last_rate = PopulationRateMonitor(first)
run(5 * ms)
final_source, final_target = array(forward.i), array(forward.j)
