"""The equation language: text of the user -> checked model, without a time step, sizes or arrays."""
