"""Values with units in Python: pint's quantity, in SI inside, with Brian2's behaviour outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from pint.facets.numpy.quantity import NumpyQuantity

from spikeq.dimension import Dimension
from spikeq.errors import KindError
from spikeq.units.algebra import NO_UNITS, dimension_from, units_of
from spikeq.units.display import Label, best_label, text
from spikeq.units.elementwise import agreed, ufunc_units
from spikeq.units.functions import apply_function
from spikeq.units.mismatch import not_plain
from spikeq.units.reading import Measured, dimension_of, magnitude, own_dimension, resolved

_PintQuantity: Any = NumpyQuantity
_NUMBERS = (int, float, complex, np.generic, np.ndarray)
# Methods of arrays that give values of the same dimension, and plain results.
_KEEPING = frozenset(
    "reshape ravel flatten squeeze transpose swapaxes repeat take diagonal copy astype round cumsum mean sum std min"
    " max trace conj conjugate view".split()
)
_PLAIN = frozenset("argmin argmax argsort all any nonzero tobytes".split())


def wrapped(value: Any, units: Any) -> Any:
    """SI numbers with pint's base units as a quantity; without units a Python number or the array itself."""
    if not units:
        return value.item() if isinstance(value, np.generic) or getattr(value, "ndim", 1) == 0 else value
    result = object.__new__(Quantity)
    result._magnitude = value if isinstance(value, np.generic | np.ndarray) else np.asarray(value)[()]
    result._units = units
    return result


def measured(result: Any) -> Any:
    """Quantities for every ``Measured`` in the result of a function."""
    if isinstance(result, Measured):
        return wrapped(result.value, units_of(result.dim))
    if isinstance(result, tuple | list):
        items = [measured(item) for item in result]
        return tuple(items) if isinstance(result, tuple) else items
    return result


def parts(value: Any) -> tuple[Any, Any]:
    """The SI numbers of a value and pint's base units."""
    if isinstance(value, Quantity):
        return value._magnitude, value._units
    if isinstance(value, _NUMBERS) and not hasattr(value, "dim"):
        return value, NO_UNITS
    value = resolved(value)
    if isinstance(value, Quantity):
        return value._magnitude, value._units
    return np.asarray(magnitude(value))[()], units_of(dimension_of(value))


def joins(value: Any) -> bool:
    """True for what arithmetic with a quantity takes; anything else is asked for its own operators."""
    if isinstance(value, (*_NUMBERS, Quantity, list, tuple)):
        return True
    return own_dimension(resolved(value)) is not None or hasattr(value, "__array__")


def apply_ufunc(ufunc: np.ufunc, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A ufunc on values of which at least one has units."""
    values, units = zip(*map(parts, inputs), strict=True)
    into = kwargs.get("out", ())
    options = {name: parts(v)[0] if isinstance(v, Quantity) else v for name, v in kwargs.items() if name != "out"}
    result_units = ufunc_units(ufunc, method, values, units)
    if any(isinstance(out, Quantity) and out._units != result_units for out in into):
        into = ()
    if into:
        options["out"] = tuple(out._magnitude if isinstance(out, Quantity) else out for out in into)
    result = getattr(ufunc, method)(*values, **options)
    if result_units is None:
        return result
    if isinstance(result_units, list):
        return tuple(map(wrapped, result, result_units))
    return wrapped(result, result_units)


def _binary(ufunc: np.ufunc) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    def forward(self: Any, other: Any) -> Any:
        return apply_ufunc(ufunc, "__call__", (self, other), {}) if joins(other) else NotImplemented

    def backward(self: Any, other: Any) -> Any:
        return apply_ufunc(ufunc, "__call__", (other, self), {}) if joins(other) else NotImplemented

    return forward, backward


def _in_place(ufunc: np.ufunc) -> Callable[[Any, Any], Any]:
    def change(self: Any, other: Any) -> Any:
        if not joins(other):
            return NotImplemented
        out = {"out": (self,)} if isinstance(self._magnitude, np.ndarray) else {}
        result = apply_ufunc(ufunc, "__call__", (self, other), out)
        return self if isinstance(result, Quantity) and result._magnitude is self._magnitude else result

    return change


def _unary(ufunc: np.ufunc) -> Callable[[Any], Any]:
    return lambda self: apply_ufunc(ufunc, "__call__", (self,), {})


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return function(self, *args, **kwargs)

    method.__doc__ = f"``numpy.{function.__name__}`` of the values, with their unit."
    return method


class Quantity(_PintQuantity):  # type: ignore[misc]
    """A number or an array with a unit, such as ``10*mV`` or ``Quantity([1, 2], dim=volt.dim)``.

    The numbers are in SI; ``np.asarray(q)`` and ``float(q)`` give them, ``q/mV`` gives plain numbers in a unit.
    Raises ``DimensionError`` where units do not fit together.
    """

    _magnitude: Any
    _units: Any
    _unit_shown: Any = None

    def __new__(cls, value: Any, units: Any = None, *, dim: Any = None, dtype: Any = None, copy: bool = False) -> Any:
        """SI numbers with a dimension, or numbers in the given unit (a quantity, or a text that pint reads)."""
        given = dim if units is None else units
        if isinstance(value, str):
            raise KindError(f"{value!r} is not a number.", "Give a number, an array or a quantity such as 10*mV.")
        numbers = np.asarray(magnitude(value), dtype=dtype)
        if given is None:
            dimension = dimension_of(value)
        elif isinstance(given, Dimension):
            dimension = given
        else:
            factor, dimension = cls._REGISTRY.factor_and_dimension(given)
            numbers = numbers * factor if factor != 1 else numbers
        if numbers.dtype.kind not in "fc" and not dimension.is_dimensionless:
            numbers = numbers.astype(np.float64)
        return wrapped((numbers.copy() if copy else numbers)[()], units_of(dimension))

    @staticmethod
    def with_dimensions(value: Any, dimension: Dimension) -> Any:
        """SI numbers with a dimension; plain where that is 1."""
        return Quantity(value, dim=dimension)

    # what it is measured in

    @property
    def dim(self) -> Dimension:
        """The dimension."""
        return dimension_from(self._units)

    dimensions = dim

    @property
    def is_dimensionless(self) -> bool:
        """True for plain numbers."""
        return not self._units

    def has_same_dimensions(self, other: Any) -> bool:
        """True if the other value could be added."""
        return self.dim == dimension_of(other)

    @property
    def magnitude(self) -> Any:
        """The numbers in ``units``: SI, unless ``to`` chose another unit."""
        return self._magnitude if self._unit_shown is None else self._magnitude / self._unit_shown[0]

    m = magnitude

    @property
    def units(self) -> Any:
        """pint's unit of ``magnitude``."""
        return self._REGISTRY.Unit(self._units if self._unit_shown is None else self._unit_shown[1])

    u = units

    def to(self, other: Any, *contexts: Any, **options: Any) -> Any:
        """The same value, shown in another unit: ``(10*mV).to("uvolt").magnitude`` is 10000."""
        factor, dimension = self._REGISTRY.factor_and_dimension(other)
        agreed("convert", (self, wrapped(1.0, units_of(dimension))), (self._units, units_of(dimension)))
        result = wrapped(self._magnitude, self._units)
        result._unit_shown = factor, self._REGISTRY.pint_units(other)
        return result

    def ito(self, other: Any = None, *contexts: Any, **options: Any) -> None:
        """Show this value in another unit from now on."""
        self._unit_shown = self.to(other)._unit_shown

    def to_base_units(self) -> Any:
        """The same value, shown in SI base units."""
        return wrapped(self._magnitude, self._units)

    to_root_units = to_reduced_units = to_base_units

    # text

    def get_best_unit(self) -> Any:
        """The unit that ``str`` and ``repr`` use."""
        label = best_label(self._magnitude, self.dim)
        return wrapped(np.float64(label.factor), self._units)

    def in_unit(self, unit: Any, precision: int | None = None, python_code: bool = False) -> str:
        """The value written in a unit: ``(10*mV).in_unit(volt)`` is ``0.01 V``."""
        agreed("convert", (self, unit), (self._units, parts(unit)[1]))
        name, symbol = getattr(unit, "name", None), getattr(unit, "symbol", None)
        si = best_label(0.0, self.dim)
        label = Label(name or f"({unit!r})", symbol or f"({unit})", float(unit)) if float(unit) != 1 or name else si
        return text(self._magnitude, label, precision, python_code)

    def in_best_unit(self, precision: int | None = None, python_code: bool = False) -> str:
        """The value in the unit that suits its size."""
        return text(self._magnitude, best_label(self._magnitude, self.dim), precision, python_code)

    def __str__(self) -> str:
        return self.in_best_unit()

    def __repr__(self) -> str:
        return self.in_best_unit(python_code=True)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> None:
        return None

    _repr_latex_ = _repr_html_

    def __format__(self, spec: str) -> str:
        if not spec or self._magnitude.ndim:
            return str(self)
        return super().__format__(spec) if "~" in spec else format(self._magnitude.item(), spec)

    # NumPy

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self._magnitude, dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return apply_ufunc(ufunc, method, inputs, kwargs) if all(map(joins, inputs)) else NotImplemented

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return measured(apply_function(func, args, kwargs))

    def __getattr__(self, name: str) -> Any:
        if name in _KEEPING:
            method = getattr(np.asarray(self._magnitude), name)
            return lambda *args, **kwargs: wrapped(method(*args, **kwargs), self._units)
        if name in _PLAIN:
            return getattr(self._magnitude, name)
        if name in ("dtype", "size", "itemsize", "nbytes", "strides", "flags"):
            return getattr(self._magnitude, name)
        raise AttributeError(f"A quantity has no attribute {name!r}.")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array; ``()`` for one number."""
        return self._magnitude.shape  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._magnitude.ndim  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return len(self._magnitude)

    def __iter__(self) -> Iterator[Any]:
        return (wrapped(value, self._units) for value in iter(self._magnitude))

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self == value))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            raise KindError(f"Numbers with a unit have no index {key!r}.", "Compare first: M.t[M.i == 1].")
        return wrapped(self._magnitude[key], self._units)

    def __setitem__(self, key: Any, value: Any) -> None:
        numbers, units = parts(value)
        agreed("assign", (self, value), (self._units, units))
        self._magnitude[key] = numbers

    def item(self, *args: Any) -> Any:
        """One element, with its unit."""
        return wrapped(np.asarray(self._magnitude).item(*args), self._units)

    def tolist(self) -> Any:
        """A (nested) list of quantities."""
        return [value.tolist() for value in self] if self.ndim else self

    clip, dot, searchsorted = _method(np.clip), _method(np.dot), _method(np.searchsorted)
    prod, cumprod, var, ptp = _method(np.prod), _method(np.cumprod), _method(np.var), _method(np.ptp)

    def fill(self, value: Any) -> None:
        """Set every element."""
        self[...] = value

    def put(self, indices: Any, values: Any, mode: Any = "raise") -> None:
        """Set elements by flat index."""
        np.put(self, indices, values, mode=mode)

    def sort(self, axis: int = -1) -> None:
        """Sort in place."""
        self._magnitude.sort(axis)

    # Python

    __add__, __radd__ = _binary(np.add)
    __sub__, __rsub__ = _binary(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide)
    __mod__, __rmod__ = _binary(np.remainder)
    __divmod__, __rdivmod__ = _binary(np.divmod)
    __matmul__, __rmatmul__ = _binary(np.matmul)
    __lt__, _ = _binary(np.less)
    __le__, _ = _binary(np.less_equal)
    __gt__, _ = _binary(np.greater)
    __ge__, _ = _binary(np.greater_equal)
    __eq__, _ = _binary(np.equal)
    __ne__, _ = _binary(np.not_equal)
    del _
    __iadd__, __isub__, __imul__ = _in_place(np.add), _in_place(np.subtract), _in_place(np.multiply)
    __itruediv__, __ifloordiv__, __imod__ = map(_in_place, (np.divide, np.floor_divide, np.remainder))
    __neg__, __pos__, __abs__ = _unary(np.negative), _unary(np.positive), _unary(np.absolute)
    __floor__, __ceil__, __trunc__ = _unary(np.floor), _unary(np.ceil), _unary(np.trunc)

    def __pow__(self, exponent: Any) -> Any:
        if not joins(exponent):
            return NotImplemented
        numbers, units = parts(exponent)
        result = ufunc_units(np.power, "__call__", (self._magnitude, numbers), (self._units, units))
        return wrapped(np.asarray(self._magnitude) ** numbers, result)

    __ipow__ = __pow__

    def __rpow__(self, other: Any) -> Any:
        raise not_plain("A power", self)

    def __round__(self, digits: int | None = None) -> Any:
        return wrapped(np.round(self._magnitude, digits or 0), self._units)

    def __bool__(self) -> bool:
        return bool(self._magnitude)

    def _single(self) -> Any:
        if self.size != 1:
            raise TypeError(f"{self.size} values are not one number")
        return self._magnitude.item()

    def __float__(self) -> float:
        return float(self._single())

    def __int__(self) -> int:
        return int(self._single())

    def __complex__(self) -> complex:
        return complex(self._single())

    def __hash__(self) -> int:
        if self.ndim:
            raise TypeError("unhashable type: an array with a unit")
        return hash((self._magnitude.item(), self._units))

    def __copy__(self) -> Any:
        return wrapped(self._magnitude.copy(), self._units)

    def __deepcopy__(self, memo: Any) -> Any:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return Quantity.with_dimensions, (self._magnitude, self.dim)
