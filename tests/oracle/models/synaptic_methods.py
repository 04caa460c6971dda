"""Equations of synapses by every method, and by the one that is chosen where none is asked for."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1], [0.2, 0.2, 0.9, 1.7, 2.8] * ms, name="source")
cells = NeuronGroup(2, "dv/dt = (1.3 - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0.1*i", name="cells")
linear = """dx/dt = -x/(0.7*ms) : 1
            dy/dt = (x - y)/tau : 1
            tau : second"""
bent = """dx/dt = (y - x**3)/(0.7*ms) : 1
          dy/dt = (-x - y)/tau : 1
          tau : second"""
made = []
for number, (model, options) in enumerate(
    [
        (linear, {}),
        (linear, {"method": "exact"}),
        (linear, {"method": "exponential_euler"}),
        (bent, {}),
        (bent, {"method": "euler"}),
        (bent, {"method": "rk2"}),
        (bent, {"method": "rk4"}),
        (bent, {"method": "heun"}),
    ]
):
    synapses = Synapses(
        source, cells, model, on_pre="x += 1; v_post += 0.01*y", on_post="y += 0.2", name=f"s{number}", **options
    )
    synapses.connect()
    synapses.tau = "(0.45 + 0.2*i)*ms"
    made.append(synapses)
spikes = SpikeMonitor(cells)
m0, m1, m2, m3, m4, m5, m6, m7 = [StateMonitor(s, ["x", "y"], record=[0, 4], dt=0.2 * ms) for s in made]
network = Network(collect(), made)
network.run(4 * ms)
