"""A library of models, written in the language."""
