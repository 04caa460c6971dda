"""spikeq: spiking networks from equation strings, compiled for torch."""
