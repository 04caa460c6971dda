"""How Triton spells the operators and functions of the language, by torch's spelling: a new function is one row here.

``BINDING`` says how tightly each sign binds, so that no more parentheses are printed than are needed.
"""

from __future__ import annotations

from spikeq.language.expression import Kind

SIGNS = {
    "torch.add": "+",
    "torch.sub": "-",
    "torch.mul": "*",
    "torch.true_divide": "/",
    "torch.lt": "<",
    "torch.le": "<=",
    "torch.gt": ">",
    "torch.ge": ">=",
    "torch.eq": "==",
    "torch.ne": "!=",
    "torch.logical_and": "&",
    "torch.logical_or": "|",
}
BINDING = {"|": 2, "^": 3, "&": 4, "+": 6, "-": 6, "*": 7, "/": 7, "~": 8}
COMPARING, ATOM = 1, 9
BINDING |= {sign: COMPARING for sign in ("<", "<=", ">", ">=", "==", "!=")}
FUNCTIONS = {
    "torch.abs": "special.abs",
    "torch.acos": "special.arccos",
    "torch.asin": "special.arcsin",
    "torch.atan": "special.arctan",
    "torch.cos": "special.cos",
    "torch.exp": "special.exp",
    "torch.expm1": "special.expm1",
    "torch.log": "special.log",
    "torch.log10": "special.log10",
    "torch.log1p": "special.log1p",
    "torch.pow": "special.power",
    "torch.sin": "special.sin",
    "torch.sqrt": "special.sqrt",
    "torch.tan": "special.tan",
    "torch.tanh": "special.tanh",
}
# The names of types: in kernels, of pointers in the host's half, and what a load of nothing gives.
TYPES: dict[Kind, str] = {"integer": "tl.int32", "boolean": "tl.int1"}
