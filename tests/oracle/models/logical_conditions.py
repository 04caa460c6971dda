"""Conditions of and, or, not with their precedence, boolean variables, and comparisons as numbers through int."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    16,
    """dv/dt = (1.03 + 0.51*int(a and not b) + 0.27*int(a or b and c) - v*int(not a == b))/ms : 1
       a : boolean (constant)
       b : boolean
       c : boolean
       both = a and b : boolean
       which = int(not a or b)*4 + int(c)*2 + int(v >= 0.5) : integer""",
    threshold="v > 1 or not (b or c) and v > 0.75 or both and v != v*1",
    reset="v = 0; c = not c; b = b and v < 0 or c",
    method="euler",
)
cells.a = "i % 2 == 0"
cells.b = "(i//2) % 2 == 0"
cells.c = "(i//4) % 2 == 0"
cells.v = "i/20.3"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "b", "c", "both", "which"], record=[0, 1, 2, 3, 9, 15])
run(5 * ms)
