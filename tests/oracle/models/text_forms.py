"""Ways of writing: comments, empty lines, expressions over several lines, Equations objects added and filled in."""

from brian2 import *

defaultclock.dt = 0.1 * ms
membrane = Equations(
    """
    # the membrane
    dX/dt = (push      # a drive
             + extra   # and another
             - X)/tau : 1 (unless refractory)

    push : 1   # each its own
    """,
    X="v",
    tau=1.2 * ms,
)
extra = Equations("extra = 0.1*i + 0.05 * sin( 2*pi*1e2 * Hz * t ) : 1")
cells = NeuronGroup(
    5,
    membrane + extra,
    threshold="(v>1)and not(v  >  5)  ",
    reset="""v = 0   # back

             push += 1e-2; push -= .5e-2""",
    refractory=".2*ms",
    method="euler",
    name="cells",
)
cells.push = "1.2 + .1 * i"
cells.v = "i * 2e-1"
links = Synapses(
    cells,
    cells,
    """w : 1  # strength
    """,
    on_pre="""v_post += w  # excite
              w *= 0.95; w += 1.0e-3""",
    name="links",
)
links.connect(condition="i!=j  and  (i+j)%2==0")
links.w = "0.03*(i+1)"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ("v", "push"), record=True)
run(5 * ms)
