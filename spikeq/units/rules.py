"""What NumPy's functions do to dimensions: which arguments must agree, and what the result is measured in."""

from __future__ import annotations

from fractions import Fraction

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Element by element. A ufunc in none of these tables wants plain numbers: exp, sin, arctan2, bitwise_and ...
UFUNC_KEEP = _words("absolute fabs rint negative positive conjugate floor ceil trunc spacing")
UFUNC_MATCH = _words("add subtract maximum minimum fmax fmin remainder fmod hypot nextafter")
UFUNC_COMPARE = _words("less less_equal greater greater_equal equal not_equal")
UFUNC_PLAIN = _words("isfinite isinf isnan sign signbit logical_and logical_or logical_xor logical_not")
UFUNC_PRODUCT = _words("multiply matmul vecdot matvec vecmat")
UFUNC_QUOTIENT = _words("divide floor_divide")
UFUNC_POWER: dict[str, Fraction] = {
    "sqrt": HALF, "cbrt": THIRD, "square": Fraction(2), "reciprocal": Fraction(-1),
}  # fmt: skip
# Ufuncs whose reduce and accumulate have the dimension of the elements, or none.
REDUCE_KEEP = _words("add maximum minimum fmax fmin")
REDUCE_PLAIN = _words("logical_and logical_or logical_xor")

# Whole arrays: the positions of the arguments that hold values. All quantities among the arguments must agree.
_FIRST = (0,)
KEEP: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        _words(
            "mean median sum std ptp max min amax amin nanmean nanmedian nansum nanstd nanmax nanmin cumsum"
            " nancumsum cumulative_sum percentile quantile nanpercentile nanquantile sort sort_complex partition"
            " reshape ravel transpose permute_dims matrix_transpose squeeze expand_dims swapaxes moveaxis rollaxis"
            " roll flip fliplr flipud rot90 repeat tile resize take take_along_axis diag diagonal diagflat trace tril"
            " triu diff ediff1d round around fix real imag conj copy broadcast_to atleast_1d atleast_2d atleast_3d"
            " split array_split hsplit vsplit dsplit unstack unique unique_values trim_zeros delete nan_to_num"
            " real_if_close concatenate stack vstack hstack dstack column_stack block norm histogram_bin_edges"
            " pad empty_like fft ifft rfft irfft broadcast_arrays astype"
        ),
        _FIRST,
    ),
    **dict.fromkeys(_words("append union1d intersect1d setdiff1d setxor1d linspace geomspace"), (0, 1)),
    **dict.fromkeys(_words("where compress extract"), (1, 2)),
    "clip": (0, 1, 2),
    "insert": (0, 2),
    "select": (1,),
}
PLAIN: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        _words(
            "argmax argmin nanargmax nanargmin argsort argpartition nonzero count_nonzero flatnonzero argwhere any all"
            " shape size ndim isreal iscomplex isrealobj iscomplexobj isposinf isneginf lexsort ones_like zeros_like"
            " result_type can_cast min_scalar_type common_type shares_memory may_share_memory corrcoef"
            " array_str array_repr array2string"
        ),
        _FIRST,
    ),
    **dict.fromkeys(_words("save savetxt"), (1,)),
    **dict.fromkeys(_words("searchsorted digitize isin in1d isclose allclose array_equal array_equiv"), (0, 1)),
}
# The result is measured in the product of the first two arguments.
PRODUCT = _words("dot vdot inner outer cross tensordot kron convolve correlate")
# The result is measured in a power of the argument's dimension.
POWER: dict[str, int] = {"var": 2, "nanvar": 2, "cov": 2}

# Keyword arguments that hold values, in whatever function they occur.
VALUE_KEYWORDS = _words(
    "a_min a_max min max prepend append to_begin to_end initial start stop values fill_value v test_elements"
)
