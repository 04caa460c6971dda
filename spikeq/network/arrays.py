"""Objects that hold no array but take part in arithmetic and NumPy functions as if they were one."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikeq.errors import KindError
from spikeq.units import magnitude

EVERYTHING = slice(None)

# A level counts Python frames: 0 is the caller itself. Comprehensions are avoided where a level is handed on, because
# whether they have a frame of their own depends on Python's version.


def plain(value: Any, level: int) -> Any:
    """Return the values of an array-like object of ours, and anything else as it is."""
    return value.get_item(EVERYTHING, level + 1) if isinstance(value, ActsAsArray) else value


def _plain_inside(value: Any, level: int) -> Any:
    if isinstance(value, dict):
        return dict(zip(value, _plain_inside(list(value.values()), level + 1), strict=True))
    if not isinstance(value, list | tuple):
        return plain(value, level + 1)
    items = []
    for one in value:
        items.append(_plain_inside(one, level + 1))
    return items if isinstance(value, list) else tuple(items)


def _comparison(apply: Callable[[Any, Any], Any]) -> Any:
    def method(self: ActsAsArray, other: Any) -> Any:
        return apply(self.get_item(EVERYTHING, 1), plain(other, 1))

    return method


def _arithmetic(apply: Callable[[Any, Any], Any], symbol: str) -> tuple[Any, Any, Any]:
    """The three methods of an operator: ``x + y``, ``y + x`` for a foreign y, and ``x += y``."""

    def reflected(self: ActsAsArray, other: Any) -> Any:
        return apply(plain(other, 1), self.get_item(EVERYTHING, 1))

    def in_place(self: ActsAsArray, other: Any) -> ActsAsArray:
        if isinstance(other, str):
            raise KindError(
                f"{symbol}= takes no string.",
                f"Assign a string that holds the whole expression, for example G.v = 'v {symbol} ...'.",
            )
        self.set_item(EVERYTHING, apply(self.get_item(EVERYTHING, 1), plain(other, 1)), 1)
        return self

    return _comparison(apply), reflected, in_place


class ActsAsArray(ABC):
    """Arithmetic, comparisons, NumPy's functions and conversions in terms of ``get_item`` and ``set_item``."""

    __array_priority__ = 1000.0

    @abstractmethod
    def get_item(self, item: Any, level: int = 0) -> Any:
        """Return the values of an item: an array, a quantity or a number."""

    @abstractmethod
    def set_item(self, item: Any, value: Any, level: int = 0) -> None:
        """Assign to an item."""

    def __getitem__(self, item: Any) -> Any:
        return self.get_item(item, 1)

    def __setitem__(self, item: Any, value: Any) -> None:
        self.set_item(item, value, 1)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.get_item(EVERYTHING, 1))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("The values live in the network and can only be copied")
        return np.array(magnitude(self.get_item(EVERYTHING, 1)), dtype=dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return getattr(ufunc, method)(*_plain_inside(inputs, 1), **options)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, options: Any) -> Any:
        return function(*_plain_inside(args, 1), **_plain_inside(options, 1))

    def __quantity__(self) -> Any:
        """The values with their unit: what the units module asks for."""
        return self.get_item(EVERYTHING, 1)

    def __float__(self) -> float:
        return float(np.asarray(self))

    def __int__(self) -> int:
        return int(np.asarray(self))

    def __bool__(self) -> bool:
        return bool(np.asarray(self))

    def __neg__(self) -> Any:
        return -self.get_item(EVERYTHING, 1)

    def __pos__(self) -> Any:
        return +self.get_item(EVERYTHING, 1)

    def __abs__(self) -> Any:
        return abs(self.get_item(EVERYTHING, 1))

    def __invert__(self) -> Any:
        return ~self.get_item(EVERYTHING, 1)

    __add__, __radd__, __iadd__ = _arithmetic(operator.add, "+")
    __sub__, __rsub__, __isub__ = _arithmetic(operator.sub, "-")
    __mul__, __rmul__, __imul__ = _arithmetic(operator.mul, "*")
    __truediv__, __rtruediv__, __itruediv__ = _arithmetic(operator.truediv, "/")
    __floordiv__, __rfloordiv__, __ifloordiv__ = _arithmetic(operator.floordiv, "//")
    __mod__, __rmod__, __imod__ = _arithmetic(operator.mod, "%")
    __pow__, __rpow__, __ipow__ = _arithmetic(operator.pow, "**")
    __matmul__, __rmatmul__, __imatmul__ = _arithmetic(operator.matmul, "@")
    __and__, __rand__, __iand__ = _arithmetic(operator.and_, "&")
    __or__, __ror__, __ior__ = _arithmetic(operator.or_, "|")
    __xor__, __rxor__, __ixor__ = _arithmetic(operator.xor, "^")
    __eq__ = _comparison(operator.eq)
    __ne__ = _comparison(operator.ne)
    __lt__ = _comparison(operator.lt)
    __le__ = _comparison(operator.le)
    __gt__ = _comparison(operator.gt)
    __ge__ = _comparison(operator.ge)
    __hash__ = object.__hash__
