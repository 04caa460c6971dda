"""A threshold that jumps at every spike and relaxes: two variables in the condition."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
floor_level = 8 * mV
cells = NeuronGroup(
    10,
    """dv/dt = (push - v)/(5*ms) : volt
       dlevel/dt = (floor_level - level)/(12*ms) : volt
       push : volt""",
    threshold="v > level and push > 9*mV",
    reset="""v = 0*mV
             level += 2.5*mV  # tired""",
    refractory=0.5 * ms,
    method="euler",
)
cells.level = floor_level
cells.push = "8*mV + i*2*mV"
cells.v = "7.9*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "level"], record=[2, 9])
run(5 * ms if SHORT else 60 * ms)
