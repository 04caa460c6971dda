"""What surrounds a network: data sets and plots.

``from spikeq.experiment import plotting``, then ``plotting.raster(spikes).savefig("raster.png")``; ``plotting`` also
has ``traces`` and ``rate``, ``datasets`` has ``mnist``, ``networks`` builds those of the literature.
"""
