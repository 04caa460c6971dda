"""Between expression nodes and SymPy: the only file that knows SymPy, which it imports on first use.

No text crosses. Names, floats, functions and whatever SymPy must not touch become numbered real symbols, equal nodes
the same symbol, so that no name can clash, no float is rounded and nothing is evaluated behind the user's back.
"""

from __future__ import annotations

from typing import Any

from spikeq.discretise.arithmetic import ONE, negate, product
from spikeq.language.expression import Binary, Expression, Literal, Unary, fold, walk

# Beyond these bounds expanding takes long, and no equation in use needs it.
_NODES, _DEPTH, _EXPONENT, _DEGREE, _TERMS = 600, 40, 16, 64, 300
_LARGEST_INTEGER = 2**31 - 1


def expand(expression: Expression) -> Expression | None:
    """The expression as a sum of products with like terms collected.

    None where that is beyond bounds (size, powers) or does not exist (division by zero). The order of terms depends
    only on the order in which names first appear.
    """
    if sum(1 for _ in walk(expression)) > _NODES or fold(expression, _depth) > _DEPTH:
        return None
    if fold(expression, _terms) > _TERMS or fold(expression, _degree) > _DEGREE:
        return None
    atoms = _Atoms()
    expanded = atoms.to_sympy(expression).expand()
    if sum(1 for _ in _subtrees(expanded)) > _NODES * 10 or not _is_plain(expanded):
        return None
    return atoms.to_nodes(expanded)


def is_zero(expression: Expression) -> bool:
    """True where expanding shows that the value is always zero; False says nothing."""
    expanded = expand(expression)
    return isinstance(expanded, Literal) and expanded.value == 0


def _depth(node: Expression, operands: tuple[int, ...]) -> int:
    return 1 + max(operands, default=0)


def _terms(node: Expression, operands: tuple[int, ...]) -> int:
    """How many terms the expanded expression has at most."""
    match node:
        case Binary(op="+" | "-"):
            return min(operands[0] + operands[1], _TERMS + 1)
        case Binary(op="*"):
            return min(operands[0] * operands[1], _TERMS + 1)
        case Binary(op="**"):
            exponent = _exponent(node)
            return 1 if exponent is None else min(operands[0] ** max(abs(exponent), 1), _TERMS + 1)
        case Binary(op="/"):
            return max(operands)
        case Unary(op="-" | "+"):
            return operands[0]
        case _:
            return 1


def _degree(node: Expression, operands: tuple[int, ...]) -> int:
    """The highest power that expanding may form, of numbers too."""
    match node:
        case Binary(op="*"):
            return min(operands[0] + operands[1], _DEGREE + 1)
        case Binary(op="**"):
            return min(operands[0] * max(abs(_exponent(node) or 1), 1), _DEGREE + 1)
        case Binary() | Unary():
            return max(operands)
        case _:
            return 1


def _exponent(node: Binary) -> int | None:
    """The exponent as a small whole number, None if it is not one."""
    sign, exponent = 1, node.right
    if isinstance(exponent, Unary) and exponent.op in ("-", "+"):
        sign, exponent = (-1 if exponent.op == "-" else 1), exponent.operand
    if not isinstance(exponent, Literal) or isinstance(exponent.value, bool):
        return None
    value = exponent.value
    return sign * int(value) if abs(value) <= _EXPONENT and value == int(value) else None


class _Atoms:
    """The symbols that stand for nodes during one conversion, and the way back."""

    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.symbols: dict[Expression, Any] = {}
        self.nodes: dict[Any, Expression] = {}

    def symbol(self, node: Expression) -> Any:
        if node not in self.symbols:
            symbol = self.sympy.Symbol(f"x{len(self.symbols):05d}", real=True)
            self.symbols[node] = symbol
            self.nodes[symbol] = node
        return self.symbols[node]

    def to_sympy(self, expression: Expression) -> Any:
        def combine(node: Expression, operands: tuple[Any, ...]) -> Any:
            match node:
                case Literal(value=int(value)) if not isinstance(value, bool) and abs(value) <= _LARGEST_INTEGER:
                    return self.sympy.Integer(value)
                case Unary(op="-"):
                    return -operands[0]
                case Unary(op="+"):
                    return operands[0]
                case Binary(op="+"):
                    return operands[0] + operands[1]
                case Binary(op="-"):
                    return operands[0] - operands[1]
                case Binary(op="*"):
                    return operands[0] * operands[1]
                case Binary(op="/"):
                    return operands[0] / operands[1]
                case Binary(op="**") if (exponent := _exponent(node)) is not None:
                    return operands[0] ** exponent
                case _:
                    return self.symbol(node)

        return fold(expression, combine)

    def to_nodes(self, value: Any) -> Expression:
        """Back to nodes, by recursion: an expanded sum of products is flat."""
        sympy = self.sympy
        if value in self.nodes:
            return self.nodes[value]
        if isinstance(value, sympy.Integer):
            return _integer(int(value))
        if isinstance(value, sympy.Rational):
            return Binary("/", _integer(int(value.p)), _integer(int(value.q)))
        if isinstance(value, sympy.Add):
            return self._sum(sorted(value.args, key=sympy.default_sort_key))
        factors = sorted(sympy.Mul.make_args(value), key=lambda f: (not f.is_number, sympy.default_sort_key(f)))
        over = [self._power(*factor.as_base_exp()) for factor in factors if not _is_divisor(sympy, factor)]
        under = [self._power(factor.base, -factor.exp) for factor in factors if _is_divisor(sympy, factor)]
        shares = [factor for factor in factors if isinstance(factor, sympy.Rational) and factor.q != 1]
        under += [_integer(int(share.q)) for share in shares]
        numerator = product(ONE, *over)
        return Binary("/", numerator, product(ONE, *under)) if under else numerator

    def _sum(self, terms: list[Any]) -> Expression:
        result = self.to_nodes(terms[0])
        for term in terms[1:]:
            negative = term.could_extract_minus_sign()
            node = self.to_nodes(-term if negative else term)
            result = Binary("-" if negative else "+", result, node)
        return result

    def _power(self, value: Any, exponent: Any) -> Expression:
        if isinstance(value, self.sympy.Rational):
            return _integer(int((value**exponent).p))
        node = self.to_nodes(value)
        return node if exponent == 1 else Binary("**", node, _integer(int(exponent)))


def _is_divisor(sympy: Any, factor: Any) -> bool:
    return isinstance(factor, sympy.Pow) and bool(factor.exp.is_negative)


def _integer(value: int) -> Expression:
    node = Literal(abs(value))
    return node if value >= 0 else negate(node) or node


def _subtrees(value: Any) -> Any:
    import sympy

    return sympy.preorder_traversal(value)


def _is_plain(value: Any) -> bool:
    """True for sums, products and whole powers of symbols and small fractions: nothing infinite, nothing complex."""
    import sympy

    return all(
        isinstance(part, (sympy.Symbol, sympy.Add, sympy.Mul))
        or (isinstance(part, sympy.Rational) and max(abs(part.p), part.q) <= _LARGEST_INTEGER)
        or (isinstance(part, sympy.Pow) and isinstance(part.exp, sympy.Integer))
        for part in _subtrees(value)
    )
