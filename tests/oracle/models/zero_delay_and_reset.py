"""Input that arrives in the step of the target's own spike: ``v = 0`` wipes it out, ``v -= 1`` keeps it."""

from brian2 import *

defaultclock.dt = 0.5 * second
source = SpikeGeneratorGroup(2, [0, 0, 1, 1, 0], [1, 3, 3.5, 6, 8] * second, name="source")
wiping = NeuronGroup(3, "dv/dt = 0.25*Hz : 1", threshold="v >= 1", reset="v = 0", method="euler", name="wiping")
keeping = NeuronGroup(
    3,
    """dv/dt = 0.25*Hz : 1
       seen : 1""",
    threshold="v >= 1",
    reset="v -= 1",
    method="euler",
    name="keeping",
)
wiping.v = keeping.v = "0.125*i"
to_wiping = Synapses(source, wiping, on_pre="v_post += 0.5", name="to_wiping")
to_wiping.connect()
to_keeping = Synapses(source, keeping, on_pre="v_post += 0.5", name="to_keeping")
to_keeping.connect()
among = Synapses(wiping, keeping, on_pre="seen_post += v_pre", on_post="seen_post += 10*v_post", name="among")
among.connect(j="i")
wiping_spikes = SpikeMonitor(wiping, variables="v")
keeping_spikes = SpikeMonitor(keeping, variables="v")
wiping_trace = StateMonitor(wiping, "v", record=True)
keeping_trace = StateMonitor(keeping, ["v", "seen"], record=True)
run(12 * second)
