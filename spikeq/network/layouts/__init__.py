"""Where synapses are: one file a layout."""
