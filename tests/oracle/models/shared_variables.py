"""Values that a whole group shares: parameters of one value, subexpressions of them, and code that writes them."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (level*(1 + wave) - v + offset)/(2*ms) : 1
       level : 1 (shared)
       phase : 1 (shared)
       rounds : integer (shared)
       wave = 0.5*sin(phase) : 1 (shared)
       offset : 1""",
    threshold="v > 1",
    reset="v = 0.1*wave",
    method="euler",
    name="a_cells",
)
cells.level = 1.4
cells.phase = 0.3
cells.offset = "0.1*i"
cells.v = "i*0.15"
cells.run_regularly("phase += 0.25; rounds += 1", dt=0.2 * ms, name="b_phase")
cells.run_regularly("v += 0.02*level", dt=0.7 * ms, name="c_kick")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[0, 5], name="z_traces")
common = StateMonitor(cells, ["phase", "wave", "rounds"], record=[0], name="z_common")
run(4 * ms)
cells.level = 2.5
run(1 * ms)
final_phase = cells.phase[:]
