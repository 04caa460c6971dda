"""What surrounds a network: data sets and plots."""
