"""Variables that live in another group: one to one, through an index, one value for all, and a subexpression."""

from brian2 import *

defaultclock.dt = 0.1 * ms
drivers = NeuronGroup(
    3,
    """dx/dt = (0.8 + 0.3*i - x)/(2*ms) : 1
       phase : 1 (shared)
       square = x**2 : 1""",
    method="euler",
    name="b_drivers",
)
drivers.x = "0.5*i"
drivers.run_regularly("phase += 0.2")
cells = NeuronGroup(
    6,
    """dv/dt = (1 + input + 0.2*sin(phase) - v)/(1.5*ms) : 1
       input : 1 (linked)
       phase : 1 (linked)""",
    threshold="v > 1",
    reset="v = 0.1*input",
    method="euler",
    name="a_cells",
)
cells.input = linked_var(drivers, "x", index=[2, 0, 1, 1, 0, 2])
cells.phase = linked_var(drivers, "phase")
cells.v = "0.15*i"
readers = NeuronGroup(
    3,
    """dy/dt = (partner - y)/ms : 1
       partner : 1 (linked)""",
    method="euler",
    name="c_readers",
)
readers.partner = linked_var(drivers, "square")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "input", "phase"], record=True)
read = StateMonitor(readers, ["y", "partner"], record=True)
run(5 * ms)
