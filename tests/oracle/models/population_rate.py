"""The rate of a population and of parts of it, with a step of the group's own."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    10, "dv/dt = (1.1 + 0.07*i - v)/ms : 1", threshold="v > 1", reset="v = 0", method="euler", dt=0.2 * ms
)
cells.v = "0.1*i"
whole = PopulationRateMonitor(cells)
part = PopulationRateMonitor(cells[3:7])
spikes = SpikeMonitor(cells)
part_spikes = SpikeMonitor(cells[3:7])
run(6 * ms)
run(2 * ms)
final_counts = array(spikes.count)
final_total = array([spikes.num_spikes, part_spikes.num_spikes])
final_smooth = whole.smooth_rate(window="flat", width=0.6 * ms)
