"""A state that is kept and gone back to: variables, time, pending spikes and the contents of monitors."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    4,
    """dv/dt = (push - v)/(1*ms) : 1 (unless refractory)
       push : 1""",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.3 * ms,
    method="euler",
)
cells.push = "1.2 + 0.2*i"
cells.v = "0.25*i"
chain = Synapses(cells, cells, on_pre="v_post += 0.35", delay=0.7 * ms)
chain.connect(condition="j == i + 1 or i == N_pre - 1 and j == 0")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
run(1 * ms)
store()
run(1 * ms)
final_first_end = array(cells.v)
store("later")
restore()
cells.push = "push*1.5"
run(2 * ms)
final_second_end = array(cells.v)
restore("later")
run(1.2 * ms)
