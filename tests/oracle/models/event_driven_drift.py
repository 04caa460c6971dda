"""Event-driven variables that go back to a value of their own; code changes where to and how fast."""

from brian2 import *

defaultclock.dt = 0.1 * ms
scale = 1.4
source = SpikeGeneratorGroup(4, [0, 1, 2, 3, 0, 1, 3, 0], [0.3, 0.3, 0.6, 1.0, 1.2, 2.9, 3.5, 4.2] * ms)
cells = NeuronGroup(
    2, "dv/dt = (1.5 - v)/ms : 1\ngoal : 1", threshold="v > 1", reset="v = 0.1*i", method="euler", name="cells"
)
cells.goal = "0.3 + 0.4*i"
links = Synapses(
    source,
    cells,
    """aim : 1
       tau : second
       twice = 2*aim : 1
       dx/dt = (scale*aim - x)/tau : 1 (event-driven)
       dy/dt = (goal_post - y)/(2*ms) : 1 (event-driven)
       dz/dt = (twice + 1 - z)/(0.9*ms) : 1 (event-driven)""",
    on_pre="v_post += 0.05*x; aim += 0.2; tau *= 1.25; x -= 0.5",
    on_post="aim -= 0.1; y += z; goal_post += 0.01",
    name="links",
)
links.connect()
links.aim = "0.4 + 0.1*i"
links.tau = "(0.5 + 0.2*j)*ms"
links.x = "0.1*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "goal"], record=True)
synaptic = StateMonitor(links, ["aim", "tau", "x", "y", "z"], record=[0, 3, 6], when="end")
run(5 * ms)
