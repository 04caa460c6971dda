"""Kernels written by hand, one file each in plain torch: the meaning that faster twins must reproduce."""
