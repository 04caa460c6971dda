"""How torch spells the operators and functions of the language: a new function is one row here."""

from __future__ import annotations

from spikeq.language.expression import Kind

BINARY = {
    "+": "torch.add",
    "-": "torch.sub",
    "*": "torch.mul",
    "/": "torch.true_divide",
    "//": "special.floor_divide",
    "%": "special.modulo",
    "**": "special.power",
    "integer **": "special.power",
}
COMPARISON = {
    "<": "torch.lt",
    "<=": "torch.le",
    ">": "torch.gt",
    ">=": "torch.ge",
    "==": "torch.eq",
    "!=": "torch.ne",
}
MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
LOGICAL = {"and": "torch.logical_and", "or": "torch.logical_or"}
# What a stream of random numbers yields.
RANDOM: dict[str, Kind] = {
    "rand": "real",
    "randn": "real",
    "below": "boolean",
    "poisson": "integer",
    "binomial": "integer",
}
FUNCTIONS = {
    "abs": "torch.abs",
    "arccos": "torch.acos",
    "arcsin": "torch.asin",
    "arctan": "torch.atan",
    "ceil": "special.ceil_int",
    "clip": "special.clip",
    "cos": "torch.cos",
    "cosh": "special.cosh",
    "exp": "torch.exp",
    "expm1": "torch.expm1",
    "exprel": "special.exprel",
    "floor": "special.floor_int",
    "int": "special.int_",
    "log": "torch.log",
    "log10": "torch.log10",
    "log1p": "torch.log1p",
    "sign": "special.sign",
    "sin": "torch.sin",
    "sinh": "special.sinh",
    "sqrt": "torch.sqrt",
    "tan": "torch.tan",
    "tanh": "torch.tanh",
    "timestep": "special.timestep",
}
# Spellings that return a new tensor instead of writing into one.
WITHOUT_OUT = frozenset({"special.floor_divide", "special.modulo", "special.timestep"})
# Exponents for which torch.pow gives the same bits wherever in a tensor an element lies; for others special.power does.
UNIFORM_POWERS = frozenset({-2.0, -1.0, -0.5, 0.5, 2.0, 3.0})
