"""Spikes of both sides in one step: the pre pathway acts first, and the traces do not decay between the two."""

from brian2 import *

defaultclock.dt = 0.1 * ms
steps = [0, 0, 0, 3, 3, 7, 7, 7, 12, 20, 20, 31, 31, 31, 40]
who = [0, 1, 2, 0, 2, 0, 1, 2, 1, 1, 2, 0, 1, 2, 0]
source = SpikeGeneratorGroup(3, who, array(steps) * 0.1 * ms, name="source")
links = Synapses(
    source,
    source,
    """w : 1
       log_value : 1
       dx/dt = -x/(0.7*ms) : 1 (event-driven)
       dy/dt = -y/(1.1*ms) : 1 (event-driven)""",
    on_pre="x += 1; w -= 0.1*y; log_value = 0.5*log_value + x",
    on_post="y += 1; w += 0.2*x; log_value = 0.25*log_value + y",
    name="links",
)
links.connect()
late = Synapses(
    source,
    source,
    """w : 1
       dx/dt = -x/(0.7*ms) : 1 (event-driven)
       dy/dt = -y/(1.1*ms) : 1 (event-driven)""",
    on_pre="x += 1; w -= 0.1*y",
    on_post="y += 1; w += 0.2*x",
    delay=0.4 * ms,
    name="late",
)
late.connect(condition="i != j")
late.post.delay = 0.4 * ms
first = Synapses(source, source, "w : 1", on_pre="w = 2*w + 1", on_post="w = 3*w", name="first")
first.connect(j="i")
first.post.order = -2
spikes = SpikeMonitor(source)
synaptic = StateMonitor(links, ["w", "x", "y", "log_value"], record=True)
delayed = StateMonitor(late, ["w", "x", "y"], record=True)
weights = StateMonitor(first, "w", record=True)
run(4.5 * ms)
