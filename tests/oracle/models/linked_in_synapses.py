"""Linked variables where synapses meet them: their own, shared, by a variable's index, and those of the neurons."""

from brian2 import *

defaultclock.dt = 0.1 * ms
drivers = NeuronGroup(
    3,
    """dx/dt = (0.6 + 0.2*i - x)/(2*ms) : 1
       phase : 1 (shared)
       half = x/2 : 1""",
    method="euler",
    name="drivers",
)
drivers.x = "0.4*i"
drivers.run_regularly("phase += 0.1")
level = NeuronGroup(1, "dg/dt = (1 - g)/(3*ms) : 1", method="euler", name="level")
cells = NeuronGroup(
    3,
    """dv/dt = (1.1 + drive - v)/(2*ms) : 1
       drive : 1 (linked)
       count : 1 (linked)""",
    threshold="v > 1",
    reset="v = 0; count += 1",
    method="euler",
    name="cells",
)
counters = NeuronGroup(3, "dn/dt = -n/(5*ms) : 1", method="exact", name="counters")
cells.drive = linked_var(drivers, "x")
cells.count = linked_var(counters, "n")
cells.v = "0.3*i"
links = Synapses(
    cells,
    cells,
    """w : 1
       slot : integer
       phase : 1 (linked)
       g : 1 (linked)
       x : 1 (linked)
       half : 1 (linked)
       dy/dt = (x + drive_pre - y)/ms : 1 (clock-driven)""",
    on_pre="""w += 0.01*g*x + 0.001*phase
              v_post += 0.05*w*drive_pre + 0.01*half
              count_post += 0.125""",
    method="euler",
    name="links",
)
links.phase = linked_var(drivers, "phase")
links.g = linked_var(level.g)
links.x = linked_var(drivers, "x", index="slot")
links.half = linked_var(drivers.half, index="j")
links.connect("i != j")
links.w = "0.1*(i + 1)"
links.slot = "(i + 2*j) % 3"
spikes = SpikeMonitor(cells)
traces = StateMonitor(links, ["w", "x", "half", "y"], record=True)
neurons = StateMonitor(cells, ["v", "drive"], record=True)
counts = StateMonitor(counters, "n", record=True)
run(3 * ms)
links.slot = "j"
run(2 * ms)
final_half = array(links.half[:])
