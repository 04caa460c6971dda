"""Division, remainder, power and rounding of integers and floats, negative ones too."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    13,
    """dx/dt = (-1.0)**n*(0.5 + 0.1*i)/ms : 1
       n : integer
       true_share = n/3 : 1
       floor_share = n//3 : 1
       float_share = x//0.3 : 1
       remainder = n % 4 : 1
       other_remainder = n % -4 : 1
       float_remainder = x % 0.7 : 1
       signed_remainder = x % -0.7 : 1
       power = -2**2 + 2**3**2 + n**2 - x**2 : 1
       truncated = int(x) + int(n/2.0) + int(x > 0) : 1
       rounded = floor(x) + 100*ceil(x) + 10*floor(n/2.0) : 1
       magnitude = abs(n) + sign(x) + sign(n) - abs(-x) : 1
       stored : integer""",
    threshold="(n + t_in_timesteps) % 9 == 2",
    reset="n = 1 - n; stored = 2.9*x; x = x + 0.5",
    method="euler",
)
cells.n = "i - 6"
cells.x = "0.45*i - 2.7"
spikes = SpikeMonitor(cells)
names = ["true_share", "floor_share", "float_share", "remainder", "other_remainder", "float_remainder"]
names += ["signed_remainder", "power", "truncated", "rounded", "magnitude", "stored", "n", "x"]
traces = StateMonitor(cells, names, record=[0, 2, 5, 6, 7, 11, 12], dt=0.3 * ms)
run(5 * ms)
