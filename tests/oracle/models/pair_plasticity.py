"""Pair-based spike-timing plasticity (Song, Miller and Abbott 2000) with traces decayed by hand at each event."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_pre = 5 * ms
tau_post = 8 * ms
source = NeuronGroup(
    6,
    """dv/dt = 1/period : 1
       period : second""",
    threshold="v >= 1",
    reset="v -= 1",
    method="euler",
    name="source",
)
source.period = "1.357*ms + 0.4231*ms*i"
source.v = "0.13*i"
cells = NeuronGroup(
    2, "dv/dt = (1.08 - v)/(2*ms) : 1", threshold="v > 1", reset="v = 0", refractory=0.5 * ms, method="euler"
)
links = Synapses(
    source,
    cells,
    """w : 1
       trace_of_source : 1
       trace_of_target : 1
       source_time : second
       target_time : second""",
    on_pre="""v_post += w
              trace_of_source = trace_of_source*exp((source_time - t)/tau_pre) + 0.01
              source_time = t
              w = clip(w + trace_of_target*exp((target_time - t)/tau_post), 0, 0.4)""",
    on_post="""trace_of_target = trace_of_target*exp((target_time - t)/tau_post) - 0.0105
               target_time = t
               w = clip(w + trace_of_source*exp((source_time - t)/tau_pre), 0, 0.4)""",
    name="links",
)
links.connect()
links.w = "0.08 + 0.02*i"
spikes = SpikeMonitor(cells)
inputs = SpikeMonitor(source)
weights = StateMonitor(links, ["w", "trace_of_source", "trace_of_target"], record=[0, 5, 10], dt=0.5 * ms)
run(5 * ms if SHORT else 60 * ms)
final_w = links.w[:]
