"""A refractory time computed from variables, evaluated anew in every step and not frozen at the spike."""

from brian2 import *

defaultclock.dt = 0.1 * ms
base = 0.3 * ms
cells = NeuronGroup(
    9,
    """dv/dt = (30*mV - v)/(2*ms) : volt (unless refractory)
       dfatigue/dt = -fatigue/(3*ms) : 1
       index : integer (constant)""",
    threshold="v > 20*mV",
    reset="v = 10*mV; fatigue += 1",
    refractory="base + fatigue*0.4*ms + (index % 3)*0.1*ms",
    method="euler",
)
cells.index = "i"
cells.v = "19*mV - i*1.7*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "fatigue", "not_refractory"], record=[0, 1, 8])
run(5 * ms)
