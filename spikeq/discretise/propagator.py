"""The solution of a linear system over one step: the closed form where there is one, else a matrix exponential."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from spikeq.discretise import response
from spikeq.discretise.arithmetic import DT, add, multiply, plus, product
from spikeq.discretise.flow import Facts, Locals
from spikeq.discretise.linear_system import LinearSystem
from spikeq.discretise.response import Rate
from spikeq.discretise.updates import MatrixExponential
from spikeq.errors import MethodError, Span
from spikeq.language.expression import Expression, Literal, Name, to_text

# Beyond these sizes one matrix exponential is the shorter form, and beyond the last there is none.
_CLOSED_VARIABLES, _CLOSED_PATHS, _LARGEST_MATRIX = 6, 64, 32
_Path = tuple[Expression | None, tuple[str, ...]]  # the product of couplings; the variables from the end to the source
_Matrix = tuple[tuple[Expression, ...], ...]


class Propagator:
    """Solves systems that share locals and exponentials; equal parts are made once.

    ``spans`` says where each variable's equation stands, for messages.
    """

    def __init__(self, facts: Facts, local: Locals, spans: Mapping[str, Span | None]) -> None:
        self.exponentials: list[MatrixExponential] = []
        self._facts = facts
        self._local = local
        self._spans = spans
        self._matrices: dict[_Matrix, tuple[tuple[str, ...], ...]] = {}
        self._responses: dict[tuple[str, ...], Expression] = {}
        self._pairs: dict[tuple[Rate, ...], tuple[tuple[Rate, Rate], tuple[Rate, Rate]]] = {}

    def solve(self, system: LinearSystem) -> dict[str, Expression]:
        """Each variable after one step. Raises ``MethodError`` where a matrix would change during a run."""
        solution: dict[str, Expression] = {}
        for name in system.variables:
            if _is_lone_pair(system, name):
                solution[name] = self._from_pair(system, name)
            elif _is_closed(system, name):
                solution[name] = self._from_paths(system, name)
            else:
                solution[name] = self._from_matrix(system, name)
        return solution

    def _from_paths(self, system: LinearSystem, name: str) -> Expression:
        """Sum over all chains of variables that end here: source * couplings * response of the chain's rates."""
        terms: dict[tuple[Expression | None, tuple[str, ...]], Expression | None] = {}
        chains: dict[tuple[str, ...], tuple[Rate, ...]] = {}
        for couplings, chain in _paths(system, name):
            rates = tuple(system.rate(member) for member in chain)
            ends: list[tuple[Expression | None, tuple[Rate, ...], Expression | None]] = [
                (Name(chain[-1]), rates, couplings)
            ]
            if chain[-1] in system.inputs:
                ends.append((None, (*rates, None), _times(couplings, system.inputs[chain[-1]])))
            for source, chained, weight in ends:
                key = (source, _key(chained))
                chains[key[1]] = chained
                terms[key] = weight if key not in terms else add(terms[key], weight)
        parts = (
            _times(source, _times(weight, self._response(chains[rates], name)))
            for (source, rates), weight in terms.items()
        )
        first, *others = (part for part in parts if part is not None)
        return plus(first, *others)

    def _response(self, rates: tuple[Rate, ...], name: str) -> Expression:
        key = _key(rates)
        if key not in self._responses:
            self._responses[key] = self._new_response(rates, name)
        return self._responses[key]

    def _new_response(self, rates: tuple[Rate, ...], name: str) -> Expression:
        step = self._facts.step
        if len(rates) == 1:
            return response.one(rates[0], step)
        if len(set(rates)) == 1:
            return response.equal(rates[0], len(rates), step)
        if len(rates) == 2:
            return response.two(rates[0], rates[1], step, self._local, "response", name)
        if len(rates) == 3 and self._obstacles(rates):
            return response.three((rates[0], rates[1], rates[2]), step, self._local, "response", name)
        return Name(self._exponential(_chain_matrix(rates), name)[0][-1])

    def _from_pair(self, system: LinearSystem, name: str) -> Expression:
        first, second = system.loop(name)
        rates = tuple(system.factors[row].get(column) for row in (first, second) for column in (first, second))
        if rates not in self._pairs:
            matrix = ((rates[0], rates[1]), (rates[2], rates[3]))
            self._pairs[rates] = response.pair(matrix, self._facts.step, self._local, first, second)
        row = self._pairs[rates][0 if name == first else 1]
        left, right = (multiply(Name(variable), entry) for variable, entry in zip((first, second), row, strict=True))
        return plus(left or Literal(0.0), right)

    def _from_matrix(self, system: LinearSystem, name: str) -> Expression:
        """One exponential for all variables that need one and hang together, driven by unit inputs."""
        members = _group(system, name)
        drives = {member: _drive(system, member) for member in members}
        driven = [member for member in members if drives[member] is not None]
        matrix = _driven_matrix(system, members, driven)
        row = self._exponential(matrix, name)[members.index(name)]
        states = [product(Name(member), Name(entry)) for member, entry in zip(members, row, strict=False)]
        inputs = [
            multiply(drives[member], Name(entry)) for member, entry in zip(driven, row[len(members) :], strict=True)
        ]
        return plus(states[0], *states[1:], *inputs)

    def _exponential(self, matrix: _Matrix, name: str) -> tuple[tuple[str, ...], ...]:
        if matrix in self._matrices:
            return self._matrices[matrix]
        obstacles = self._obstacles([entry for row in matrix for entry in row])
        if obstacles or len(matrix) > _LARGEST_MATRIX:
            raise self._no_closed_form(name, obstacles)
        number, size = str(len(self.exponentials)), range(len(matrix))
        entries = tuple(tuple(self._local.name("exp", number, str(r), str(c)) for c in size) for r in size)
        self.exponentials.append(MatrixExponential(entries, matrix))
        self._matrices[matrix] = entries
        return entries

    def _obstacles(self, entries: Sequence[Rate]) -> list[str]:
        """What keeps coefficients from being exponentiated on the host before a run."""
        if self._facts.step != DT:
            return ["the elapsed time"]
        return sorted({name for entry in entries if entry is not None for name in self._facts.thawed(entry)})

    def _no_closed_form(self, name: str, obstacles: Sequence[str]) -> MethodError:
        if obstacles:
            reason = f"there is no closed form, and {' and '.join(obstacles)} may change during a run"
        else:
            reason = f"it hangs together with more than {_LARGEST_MATRIX} variables and inputs"
        return MethodError(
            f"exact cannot integrate d{name}/dt: {reason}.",
            "Use method='exponential_euler'.",
            self._spans.get(name),
        )


def _times(left: Expression | None, right: Expression) -> Expression:
    return right if left is None else product(left, right)


def _key(rates: Sequence[Rate]) -> tuple[str, ...]:
    """Responses do not depend on the order of the rates."""
    return tuple(sorted("" if rate is None else to_text(rate) for rate in rates))


def _is_lone_pair(system: LinearSystem, name: str) -> bool:
    loop = system.loop(name)
    undriven = not any(member in system.inputs for member in loop)
    return len(loop) == 2 and undriven and tuple(system.ancestors(name)) == loop


def _is_closed(system: LinearSystem, name: str) -> bool:
    ancestors = system.ancestors(name)
    if len(ancestors) > _CLOSED_VARIABLES or any(len(system.loop(other)) > 1 for other in ancestors):
        return False
    counts: Counter[str] = Counter({name: 1})
    for other in reversed(_by_dependence(system, ancestors)):
        for source in system.sources(other):
            counts[source] += counts[other]
    return counts.total() <= _CLOSED_PATHS


def _by_dependence(system: LinearSystem, members: Sequence[str]) -> list[str]:
    """Members without loops, sources first: each has more ancestors than any of its sources."""
    return sorted(members, key=lambda member: len(system.ancestors(member)))


def _paths(system: LinearSystem, name: str) -> list[_Path]:
    found: list[_Path] = []
    todo: list[_Path] = [(None, (name,))]
    while todo:
        couplings, chain = todo.pop(0)
        found.append((couplings, chain))
        last = chain[-1]
        todo.extend((_times(couplings, system.factors[last][s]), (*chain, s)) for s in system.sources(last))
    return found


def _is_still(system: LinearSystem, name: str) -> bool:
    return not system.factors[name] and name not in system.inputs


def _group(system: LinearSystem, name: str) -> list[str]:
    """The moving ancestors of all variables that need a matrix and share an ancestor with this one, in order."""
    group = set(system.ancestors(name))
    needing = [
        set(system.ancestors(v)) for v in system.variables if not (_is_closed(system, v) or _is_lone_pair(system, v))
    ]
    grown = True
    while grown:
        near = [other for other in needing if other & group and not other <= group]
        group.update(*near)
        grown = bool(near)
    return [member for member in system.variables if member in group and not _is_still(system, member)]


def _drive(system: LinearSystem, name: str) -> Expression | None:
    """What pushes a variable at a constant rate: its input and the variables that stand still."""
    still = [other for other in system.sources(name) if _is_still(system, other)]
    total = system.inputs.get(name)
    for other in still:
        total = add(total, product(system.factors[name][other], Name(other)))
    return total


def _driven_matrix(system: LinearSystem, members: Sequence[str], driven: Sequence[str]) -> _Matrix:
    zero, unit = Literal(0.0), Literal(1.0)
    rows = [
        (
            *(system.factors[row].get(column, zero) for column in members),
            *(unit if row == column else zero for column in driven),
        )
        for row in members
    ]
    rows += [(zero,) * (len(members) + len(driven)) for _ in driven]
    return tuple(rows)


def _chain_matrix(rates: Sequence[Rate]) -> _Matrix:
    """Rates on the diagonal, ones above it: the last entry of the first row is the chain's response."""
    zero, unit = Literal(0.0), Literal(1.0)
    size = range(len(rates))
    diagonal = [zero if rate is None else rate for rate in rates]
    return tuple(tuple(diagonal[r] if r == c else unit if c == r + 1 else zero for c in size) for r in size)
