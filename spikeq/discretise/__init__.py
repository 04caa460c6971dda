"""Differential equations become difference equations: flows of a group in, ``Updates`` out.

One file per integration method, one row per method in ``methods.py``. SymPy is met in ``symbolic.py`` only, and
only for right-hand sides whose linear form is not visible as they are written.
"""
