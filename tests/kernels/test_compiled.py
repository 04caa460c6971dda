"""The Triton twins compiled for sm_90 without a GPU: no spills, no double precision in float32, vector loads."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.kernels.compiled import Compiled, compile_kernel
from tests.kernels.interpreter import why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

ONE, TWO = ("growth", "logarithms", "circles", "waves", "rounding"), ("division", "power")


def elementwise(name: str, dtype: str, architecture: int = 90) -> Compiled:
    """A group of functions over arrays of one type."""
    from spikeq_kernels import elementwise_triton, special_triton
    from tests.kernels import compile_cases

    kernel: Any = elementwise_triton.of_two if name in TWO else elementwise_triton.of_one
    function = getattr(compile_cases, name, None) or getattr(special_triton, name)
    pointers = {argument: f"*{dtype}" for argument in kernel.arg_names if argument.endswith("_ptr")}
    return compile_kernel(kernel, pointers | {"n": "i32"}, {"FUNCTION": function, "BLOCK": 512}, ("n",), architecture)


@pytest.mark.parametrize("name", (*ONE, *TWO))
def test_float32_needs_no_double_precision_and_does_not_spill(name: str) -> None:
    made = elementwise(name, "fp32")
    assert (made.float64, made.spills, made.stack, made.local) == (0, 0, 0, 0)
    assert made.registers <= 96
    assert made.count("LDG.E.128") == (2 if name in TWO else 1)
    # Nothing is approximate, fused or flushed: what the interpreter computes is what a GPU computes.
    assert re.findall(r"\S*(?:approx|ftz|fma)\S*", made.ptx) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", (*ONE, *TWO))
def test_older_gpus(name: str) -> None:
    made = elementwise(name, "fp32", architecture=80)
    assert (made.float64, made.spills, made.stack) == (0, 0, 0)


@pytest.mark.parametrize("name", ("growth", "power"))
def test_float64_is_compiled_too(name: str) -> None:
    made = elementwise(name, "fp64")
    assert made.float64 > 500
    assert (made.spills, made.local) == (0, 0)


def test_functions_take_single_numbers_and_literals() -> None:
    from tests.kernels.compile_cases import shapes

    pointers = {"x_ptr": "*fp32", "i_ptr": "*i32", "out_ptr": "*fp32", "whole_ptr": "*i32"}
    made = compile_kernel(shapes, pointers, {"FORM": "single", "BLOCK": 16}, num_warps=1)
    assert (made.float64, made.spills) == (0, 0)


def test_every_function_of_the_language_has_its_twin() -> None:
    from spikeq.codegen.spelling import BINARY, FUNCTIONS
    from spikeq_kernels import special_triton

    spellings = {name: spelling for name, spelling in FUNCTIONS.items() if spelling.startswith("torch.")}
    ours = {spelling for spelling in (*FUNCTIONS.values(), *BINARY.values()) if spelling.startswith("special.")}
    names = set(spellings) | {spelling.removeprefix("special.") for spelling in ours}
    assert len(names) > 20
    assert names - set(special_triton.__all__) == set()


def compiled(kernel: Any, constants: dict[str, int], **types: str) -> Compiled:
    """A kernel whose int32 arguments are multiples of 16."""
    made = compile_kernel(kernel, types, constants, divisible=tuple(name for name in types if types[name] == "i32"))
    assert (made.float64, made.spills, made.stack, made.local) == (0, 0, 0, 0)
    return made


def test_random_words_share_their_generator() -> None:
    from tests.kernels.compile_cases import poisson_neurons

    keys = {"key0": "i32", "key1": "i32", "draw": "i32", "n": "i32"}
    made = compiled(poisson_neurons, {"BLOCK": 512}, p_ptr="*fp32", out_ptr="*fp32", **keys)
    # Four neurons a thread: one call of the generator is 10 rounds of 2 wide products.
    assert 18 <= made.count("IMAD.WIDE.U32", "IMAD.HI.U32") <= 22
    assert made.count("LDG.E.128") == made.count("STG.E.128") == 1
    assert made.shared == 0


@pytest.mark.parametrize(("kind", "out"), [("normals", "*fp32"), ("poisson", "*i64"), ("binomial", "*i64")])
def test_random_numbers(kind: str, out: str) -> None:
    from spikeq_kernels.random_blocks_triton import block_kernel

    pointers = {"out_ptr": out, "first_ptr": "*fp32", "second_ptr": "*fp32", "numbers_ptr": "*i64"}
    block = 256 if kind == "binomial" else 512  # with four elements a thread binomial numbers spill
    made = compile_kernel(block_kernel, pointers | {"n": "i32", "trial": "i32"}, {"KIND": kind, "BLOCK": block}, ("n",))
    assert (made.spills, made.local) == (0, 0)
    assert (made.float64 == 0) == (kind == "normals")


def test_spike_lists_need_no_atomics() -> None:
    from spikeq_kernels import spike_list_triton

    lists = {"members_ptr": "*i32", "counts_ptr": "*i32"}
    made = compiled(spike_list_triton.store_kernel, {"BLOCK": 512}, spiking_ptr="*i8", n="i32", **lists)
    assert made.count("ATOM", "RED.", "REDG") == 0
    sizes = {"BLOCK": 64, "RANKS": 16}
    made = compiled(spike_list_triton.ordered_kernel, sizes, out_ptr="*i32", n_segments="i32", **lists)
    assert made.registers <= 64


def test_bits_and_fixed_point() -> None:
    from spikeq_kernels import fixed_point_triton, packed_bits_triton

    sizes = {"n": "i32", "n_words": "i32"}
    made = compiled(packed_bits_triton.pack_kernel, {"BLOCK": 512}, values_ptr="*i8", words_ptr="*i32", **sizes)
    assert made.count("ATOM", "REDG") == 0
    arrays = {
        "values_ptr": "*fp32",
        "targets_ptr": "*i32",
        "out_ptr": "*i64",
        "limits_ptr": "*fp32",
        "lost_ptr": "*i32",
    }
    made = compiled(fixed_point_triton.accumulate_kernel, {"BLOCK": 512}, n="i32", **arrays)
    assert made.count("REDG.E.ADD.64.STRONG.GPU") == 4  # integers: nothing flushed, any order


@pytest.mark.parametrize(("by_post", "block", "lanes"), [(True, 64, 16), (False, 4, 256)])
def test_normalisation(by_post: bool, block: int, lanes: int) -> None:
    from spikeq_kernels.normalise_triton import matrix_kernel

    types = {"values_ptr": "*fp32", "total_ptr": "*fp64", "n_pre": "i32", "n_post": "i32"}
    constants = {"BY_POST": by_post, "BLOCK": block, "LANES": lanes}
    made = compile_kernel(matrix_kernel, types, constants, divisible=("n_post",))
    assert (made.spills, made.local, made.count("ATOM", "REDG")) == (0, 0, 0)
    assert not by_post or made.count("STG.E.128") == made.count("STG")


@pytest.mark.parametrize(("block", "warps"), [(32, 4), (128, 16)])
def test_sums_of_rows_stay_in_registers(block: int, warps: int) -> None:
    from tests.kernels.compile_cases import dense_sum

    lists = {"p_list": "*i32", "p_counts": "*i32", "segments": "i32", "block": "i32", "n_pre": "i32", "n_post": "i32"}
    types, constants = {"p_weights": "*fp32", "p_out": "*fp32"} | lists, {"START": 0, "BLOCK": block}
    made = compile_kernel(dense_sum, types, constants, divisible=("block", "n_post"), num_warps=warps)
    assert (made.spills, made.local, made.float64, made.count("ATOM", "RED.", "REDG")) == (0, 0, 0, 0)
    assert made.registers <= 128
    assert made.count("LDG.E.128") == 1 + 64 * block // (4 * 32 * warps)  # the old values, and the weights
