"""Synapses from matrices and as matrices: scipy's, torch's and NumPy's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sparse
import torch

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, Synapses, ms, mV, nS
from spikeq.errors import (
    ConnectionError,
    DimensionError,
    KindError,
    NetworkError,
    ShapeError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.units import siemens

pytestmark = pytest.mark.filterwarnings("ignore:Sparse (CSR|CSC|invariant):UserWarning")  # torch calls its formats new
N_PRE, N_POST = 3, 5
DENSE = np.array([[0, 1.5, 0, -2, 0], [0, 0, 0, 0, 0], [3, 0, 0, 0, 0.25]])
PAIRS, VALUES = [(0, 1), (0, 3), (2, 0), (2, 4)], [1.5, -2, 3, 0.25]


def synapses(model: str = "w : 1", source: Any = None, target: Any = None, **more: Any) -> Synapses:
    source = NeuronGroup(N_PRE, "v : 1", threshold="v > 1", name="P") if source is None else source
    target = NeuronGroup(N_POST, "u : 1", name="G") if target is None else target
    return Synapses(source, target, model, name="S", **more)


def pairs(S: Synapses) -> list[tuple[int, int]]:
    return list(zip(S.i[:].tolist(), S.j[:].tolist(), strict=True))


def of_scipy(kind: str) -> Callable[[], Any]:
    return lambda: getattr(sparse, kind)(DENSE)


def of_torch(layout: torch.layout) -> Callable[[], torch.Tensor]:
    return lambda: torch.from_numpy(DENSE).to_sparse(layout=layout)


MATRICES: dict[str, Callable[[], Any]] = {
    **{f"scipy {kind}_array": of_scipy(f"{kind}_array") for kind in ("csr", "csc", "coo", "lil", "dok")},
    **{f"scipy {kind}_matrix": of_scipy(f"{kind}_matrix") for kind in ("csr", "csc", "coo")},
    "torch coo": of_torch(torch.sparse_coo),
    "torch csr": of_torch(torch.sparse_csr),
    "torch csc": of_torch(torch.sparse_csc),
    "torch dense": lambda: torch.from_numpy(DENSE).requires_grad_(),
    "numpy": lambda: DENSE,
    "list": lambda: DENSE.tolist(),
    "NaN for no synapse": lambda: np.where(DENSE == 0, np.nan, DENSE),
    "masked": lambda: np.ma.masked_array(DENSE + 7 * (DENSE == 0), DENSE == 0),
}


@pytest.mark.parametrize("name", MATRICES)
def test_synapses_from_each_kind_of_matrix(name: str) -> None:
    S = synapses()
    S.connect_from(MATRICES[name](), "w")
    assert (pairs(S), S.w[:].tolist()) == (PAIRS, VALUES)
    T = synapses()
    T.connect(MATRICES[name]())
    assert (pairs(T), T.w[:].tolist()) == (PAIRS, [0, 0, 0, 0])


@pytest.mark.parametrize("format", ["csr", "csc", "coo", "lil", "bsr"])
def test_to_scipy_and_back(format: str) -> None:
    S = synapses()
    S.connect_from(DENSE, "w")
    made = S.to_scipy("w", format)
    assert (made.format, made.shape, made.dtype) == (format, (N_PRE, N_POST), np.float64)
    np.testing.assert_array_equal(made.toarray(), DENSE)
    T = synapses()
    T.connect_from(made, "w")
    if format != "bsr":  # whose blocks hold zeros, which are entries
        assert (pairs(T), T.w[:].tolist()) == (PAIRS, VALUES)


@pytest.mark.parametrize("layout", ["coo", "csr", "dense"])
def test_to_torch_and_back(layout: str) -> None:
    S = synapses()
    S.connect_from(DENSE, "w")
    made = S.to_torch("w", layout)
    expected = {"coo": torch.sparse_coo, "csr": torch.sparse_csr, "dense": torch.strided}[layout]
    assert (made.layout, made.dtype, tuple(made.shape)) == (expected, torch.float64, (N_PRE, N_POST))
    np.testing.assert_array_equal(made.to_dense().numpy(), DENSE)
    T = synapses()
    T.connect_from(made, "w")
    assert (pairs(T), T.w[:].tolist()) == (PAIRS, VALUES)


def test_tensors_have_the_number_type_of_the_network_and_are_copies() -> None:
    S = synapses()
    S.connect()
    S.w = 1
    Network(S.source, S.target, S, dtype="float32").run(1 * ms)
    made = S.to_torch("w", "dense")
    assert made.dtype == torch.float32
    made.fill_(7)
    S.to_scipy("w").data[:] = 7
    S.get("w", as_matrix=True)[:] = 7
    assert (S.w[:] == 1).all()


def test_as_a_matrix() -> None:
    S = synapses("w : siemens\nk : integer\non : boolean")
    S.connect(i=[2, 0], j=[4, 1])
    S.w, S.k, S.on = [1, 0] * nS, [0, 7], [True, False]
    found = S.get("w", as_matrix=True)
    assert found.dimensions == siemens.dimensions if hasattr(found, "dimensions") else found.dim == siemens.dim
    assert found[2, 4] == 1 * nS and found[0, 1] == 0 * nS
    assert np.isnan(np.asarray(found / siemens)).sum() == N_PRE * N_POST - 2
    raw = S.get("w_", as_matrix=True, fill=-1)
    assert raw[2, 4] == 1e-9 and raw[0, 0] == -1
    whole = S.get("k", as_matrix=True, fill=0)
    assert whole.dtype == np.int32 and whole[0, 1] == 7 and whole.sum() == 7
    assert S.get("k", as_matrix=True).dtype == np.float64
    truth = S.get("on", as_matrix=True, fill=0)
    assert truth.dtype == np.bool_ and truth.sum() == 1
    assert S.get("w").tolist() == S.w[:].tolist()


def test_dense_and_one_to_one_synapses_as_matrices() -> None:
    S = synapses()
    S.connect()
    S.w = "i + 10*j"
    expected = np.arange(N_PRE)[:, None] + 10 * np.arange(N_POST)
    np.testing.assert_array_equal(S.get("w", as_matrix=True), expected)
    np.testing.assert_array_equal(S.to_scipy("w").toarray(), expected)
    assert S.to_scipy("w").nnz == N_PRE * N_POST  # w[0, 0] is a stored zero
    G = NeuronGroup(3, "u : 1")
    T = synapses(source=G, target=G)
    T.connect(j="i")
    T.w = [1, 2, 3]
    np.testing.assert_array_equal(T.get("w", as_matrix=True, fill=0), np.diag([1, 2, 3]))
    np.testing.assert_array_equal(T.to_torch("w", "dense").numpy(), np.diag([1, 2, 3]))


def test_full_matrices_make_dense_synapses_and_diagonals_one_to_one() -> None:
    S = synapses()
    S.connect_from(np.arange(1, 16).reshape(3, 5), "w")
    assert (S.layout.form, S.w[:].tolist()) == ("dense", list(range(1, 16)))
    G = NeuronGroup(4, "u : 1")
    T = synapses(source=G, target=G)
    T.connect(sparse.eye_array(4))
    assert T.layout.form == "one_to_one"


def test_zeros_that_a_sparse_matrix_stores_are_synapses() -> None:
    stored = sparse.csr_array((np.array([0.0, 2.0]), (np.array([0, 1]), np.array([1, 2]))), shape=(3, 5))
    S = synapses()
    S.connect_from(stored, "w")
    assert (pairs(S), S.w[:].tolist()) == ([(0, 1), (1, 2)], [0, 2])
    assert S.to_scipy("w").nnz == 2
    T = synapses()
    T.connect_from(torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 2]]), torch.tensor([0.0, 2.0]), (3, 5)), "w")
    assert (pairs(T), T.w[:].tolist()) == ([(0, 1), (1, 2)], [0, 2])


def test_entries_of_one_pair_are_added_up_and_unsorted_ones_sorted() -> None:
    i, j, values = np.array([2, 0, 2, 0]), np.array([4, 3, 4, 1]), np.array([1.0, 2.0, 4.0, 8.0])
    for matrix in (
        sparse.coo_array((values, (i, j)), shape=(3, 5)),
        torch.sparse_coo_tensor(torch.from_numpy(np.stack([i, j])), torch.from_numpy(values), (3, 5)),
    ):
        S = synapses()
        S.connect_from(matrix, "w")
        assert (pairs(S), S.w[:].tolist()) == ([(0, 1), (0, 3), (2, 4)], [8, 2, 5])
    unsorted = sparse.csr_array((np.array([1.0, 2.0]), np.array([3, 0]), np.array([0, 2, 2, 2])), shape=(3, 5))
    S = synapses()
    S.connect_from(unsorted, "w")
    assert (pairs(S), S.w[:].tolist()) == ([(0, 0), (0, 3)], [2, 1])
    short = sparse.coo_array((np.array([100, 100], np.int8), ([1, 1], [1, 1])), shape=(3, 5))
    S = synapses()
    S.connect_from(short, "w")
    assert S.w[:].tolist() == [200]


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "float32", "bool"])
def test_number_types(dtype: str) -> None:
    matrix = (np.abs(DENSE) > 1).astype(dtype)
    for made in (matrix, sparse.csr_array(matrix), torch.from_numpy(matrix)):
        S = synapses("w : 1\nk : integer")
        S.connect_from(made, "k")
        assert S.k[:].tolist() == [1, 1, 1]
        T = synapses()
        T.connect_from(made, "w")
        assert T.w[:].tolist() == [1, 1, 1]


def test_half_precision_of_torch() -> None:
    S = synapses()
    S.connect_from(torch.from_numpy(DENSE).to(torch.bfloat16), "w")
    assert S.w[:].tolist() == VALUES


def test_units() -> None:
    S = synapses("w : siemens")
    S.connect_from(sparse.csr_array(DENSE), "w", unit=nS)
    np.testing.assert_allclose(S.w_[:], np.array(VALUES) * 1e-9)
    T = synapses("w : siemens")
    T.connect_from(DENSE * nS, "w")
    np.testing.assert_allclose(T.w_[:], np.array(VALUES) * 1e-9)
    U = synapses("w : siemens")
    U.connect_from(DENSE, "w_")
    assert U.w_[:].tolist() == VALUES
    V = synapses("w : siemens")
    V.connect_from(S.to_scipy("w"), "w_")
    assert V.w_[:].tolist() == S.w_[:].tolist()
    W = synapses()
    W.connect_from(DENSE, "w", unit=2)
    assert W.w[:].tolist() == [2 * value for value in VALUES]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (dict(matrix=DENSE, name="w"), DimensionError, "S.w is in siemens, but the value is a plain number"),
        (dict(matrix=DENSE, name="w", unit=mV), DimensionError, "S.w is in siemens"),
        (dict(matrix=DENSE * nS, name="w", unit=nS), DimensionError, "has a unit already"),
        (dict(matrix=DENSE, name="w", unit="nS"), KindError, "unit must be"),
        (dict(matrix=DENSE.T, name="w_"), ShapeError, r"the shape \[5, 3\], but there are 3 presynaptic"),
        (dict(matrix=sparse.csr_array(DENSE.T), name="w_"), ShapeError, r"give matrix.T"),
        (dict(matrix=DENSE[:2], name="w_"), ShapeError, r"Give a matrix \[3, 5\]"),
        (dict(matrix=DENSE[0], name="w_"), ShapeError, r"the shape \[5\]"),
        (dict(matrix=[[1, 2], [3]], name="w_"), KindError, "not a number or an array"),
        (dict(matrix=3, name="w_"), ShapeError, r"the shape \[\]"),
        (dict(matrix=torch.zeros(2, 3, 5), name="w_"), ShapeError, r"the shape \[2, 3, 5\]"),
        (dict(matrix=DENSE * 1j, name="w_"), KindError, "real numbers, not complex"),
        (dict(matrix=sparse.csr_array(DENSE * 1j), name="w_"), KindError, "real numbers, not complex"),
        (dict(matrix=[["a"] * 5] * 3, name="w_"), KindError, "not a number"),
        (dict(matrix="i != j", name="w_"), KindError, "not a number"),
        (dict(matrix=DENSE, name="x"), UnknownNameError, "no variable 'x'"),
        (dict(matrix=DENSE, name=3), UnknownNameError, "no variable 3"),
        (dict(matrix=DENSE, name="i"), NetworkError, "cannot be assigned"),
        (dict(matrix=sparse.csr_array(np.where(DENSE == 3, np.nan, DENSE)), name="w_"), ValueRangeError, "NaN"),
    ],
)
def test_a_matrix_that_does_not_fit_connects_nothing(arguments: dict[str, Any], kind: type, message: str) -> None:
    S = synapses("w : siemens")
    with pytest.raises(kind, match=message):
        S.connect_from(**arguments)
    assert len(S) == 0
    S.connect(i=0, j=0)
    S.w = 5 * nS
    with pytest.raises(kind):
        S.connect_from(**arguments)
    assert S.w_[:].tolist() == [5 * 1e-9] or np.allclose(S.w_[:], 5e-9)


def test_connect_with_a_matrix_and_other_arguments() -> None:
    S = synapses()
    with pytest.raises(ConnectionError, match="cannot be combined with i or j"):
        S.connect(DENSE, i=[0], j=[0])
    with pytest.raises(ConnectionError, match="first argument is a condition, or a matrix"):
        S.connect(np.array([0, 1]))
    with pytest.raises(ShapeError, match=r"\[5, 3\]"):
        S.connect(DENSE.T)
    S.connect(DENSE, n=2)
    assert pairs(S) == [pair for pair in PAIRS for _ in range(2)]
    T = synapses()
    T.connect(np.ones((3, 5)), p=0)
    assert len(T) == 0


def test_empty_matrices() -> None:
    for empty in (np.zeros((3, 5)), sparse.csr_array((3, 5)), torch.zeros(3, 5).to_sparse()):
        S = synapses()
        S.connect_from(empty, "w")
        assert len(S) == 0
        assert S.to_scipy("w").nnz == 0
        assert S.to_torch("w", "csr")._nnz() == 0
        assert np.isnan(S.get("w", as_matrix=True)).all()


def test_several_synapses_of_a_pair() -> None:
    S = synapses("w : 1\non : boolean")
    S.connect(i=[0, 0, 2], j=[1, 1, 4])
    S.w, S.on = [1, 2, 4], True
    for read in (lambda **how: S.get("w", as_matrix=True, fill=0, **how), lambda **how: S.to_scipy("w", **how)):
        with pytest.raises(ConnectionError, match="several synapses") as error:
            read()
        assert "several='sum'" in str(error.value)
    with pytest.raises(ConnectionError, match="several synapses"):
        S.to_torch("w")
    with pytest.raises(KindError, match="several must be"):
        S.get("w", as_matrix=True, several="last")
    expected = np.zeros((3, 5))
    expected[0, 1], expected[2, 4] = 3, 4
    np.testing.assert_array_equal(S.get("w", as_matrix=True, several="sum", fill=0), expected)
    for format in ("coo", "csr"):
        made = S.to_scipy("w", format, several="sum")
        assert made.nnz == 2
        np.testing.assert_array_equal(made.toarray(), expected)
        np.testing.assert_array_equal(S.to_torch("w", format, several="sum").to_dense().numpy(), expected)
    assert S.to_torch("on", "dense", several="sum").tolist() == (expected > 0).tolist()


def test_connecting_more_from_a_matrix_keeps_what_was() -> None:
    S = synapses()
    S.connect_from(DENSE, "w")
    S.connect_from(np.eye(3, 5), "w")
    assert pairs(S) == [*PAIRS, (0, 0), (1, 1), (2, 2)]
    assert S.w[:].tolist() == [*VALUES, 1, 1, 1]


def test_parts_of_groups() -> None:
    P, G = NeuronGroup(9, "v : 1", name="P"), NeuronGroup(9, "u : 1", name="G")
    S = synapses(source=P[4:7], target=G[2:7])
    S.connect_from(DENSE, "w")
    assert (pairs(S), S.w[:].tolist()) == (PAIRS, VALUES)
    np.testing.assert_array_equal(S.get("w", as_matrix=True, fill=0), DENSE)
    np.testing.assert_array_equal(S.to_scipy("w").toarray(), DENSE)
    given = SpikeGeneratorGroup(9, [4, 6], [0, 0] * ms, name="given")
    S = Synapses(given[4:7], G[2:7], "w : 1", on_pre="u_post += w", name="S")
    S.connect_from(sparse.csc_array(DENSE), "w")
    Network(given, G, S, dtype="float64").run(1 * ms)
    assert G.u[:].tolist() == [0, 0, *(DENSE[0] + DENSE[2]).tolist(), 0, 0]


def test_rows_of_a_batch() -> None:
    S = synapses("w : 1\nown : 1 (per row)")
    net = Network(S.source, S.target, S, batch=2, dtype="float64")
    S.connect_from(DENSE, "w")
    S.own = [[1, 2, 3, 4], [5, 6, 7, 8]]
    net.run(1 * ms)
    matrix = S.get("own", as_matrix=True, fill=0)
    assert matrix.shape == (2, N_PRE, N_POST)
    assert matrix[0][DENSE != 0].tolist() == [1, 2, 3, 4] and matrix[1][DENSE != 0].tolist() == [5, 6, 7, 8]
    np.testing.assert_array_equal(S.to_scipy("own", row=1).toarray(), matrix[1])
    np.testing.assert_array_equal(S.to_torch("own", "dense", row=-2).numpy(), matrix[0])
    np.testing.assert_array_equal(S.to_scipy("w", row=0).toarray(), DENSE)
    for row in (None, 2, -3, 0.5, True):
        with pytest.raises(ShapeError, match="2 rows, each with values of its own"):
            S.to_scipy("own", row=row)


def test_delays_and_values_that_all_synapses_share() -> None:
    S = synapses("w : 1\nall : 1 (shared)", on_pre="u_post += w", delay=2 * ms)
    S.connect(DENSE)
    S.all = 4
    np.testing.assert_array_equal(S.to_scipy("all").toarray(), 4.0 * (DENSE != 0))
    assert S.to_scipy("delay").data.tolist() == [2e-3] * 4
    S.connect_from(np.eye(3, 5) * ms, "delay")
    assert S.get("delay").shape == (7,)
    np.testing.assert_allclose(S.to_scipy("delay").toarray()[[0, 0, 1], [0, 1, 1]], [1e-3, 2e-3, 1e-3])


def test_matrices_in_a_unit() -> None:
    G = NeuronGroup(3, "v : 1")
    S = Synapses(G, G, "w : siemens\nk : integer")
    S.connect(condition="i != j")
    S.w, S.k = "(i + 0.5*j)*nS", "i"
    expected = [[0, 0.5, 1], [1, 0, 2], [2, 2.5, 0]]
    np.testing.assert_allclose(S.to_scipy("w", unit=nS).toarray(), expected, rtol=1e-15)
    np.testing.assert_allclose(S.to_torch("w", "dense", unit=nS), expected, rtol=1e-15)
    np.testing.assert_array_equal(S.to_scipy("k", unit=2).toarray(), [[0, 0, 0], [0.5, 0, 0.5], [1, 1, 0]])
    with pytest.raises(DimensionError, match="w is in siemens, but the unit is in volt"):
        S.to_scipy("w", unit=mV)
    with pytest.raises(KindError, match="unit must be one unit"):
        S.to_torch("w", unit="nS")


def test_mistakes_in_reading() -> None:
    S = synapses()
    S.connect(DENSE)
    with pytest.raises(KindError, match="no sparse format 'cso'"):
        S.to_scipy("w", "cso")
    with pytest.raises(KindError, match="no layout 'csc'"):
        S.to_torch("w", "csc")
    with pytest.raises(UnknownNameError, match="no variable 'x'"):
        S.get("x", as_matrix=True)
    with pytest.raises(KindError, match="fill must be a number"):
        S.get("w", as_matrix=True, fill="none")


def test_scipy_is_imported_on_use_and_its_absence_is_told() -> None:
    script = """
import sys
sys.modules["scipy"] = sys.modules["scipy.sparse"] = None
import numpy as np
from spikeq import NeuronGroup, Synapses
from spikeq.errors import DataError
G = NeuronGroup(2, "v : 1")
S = Synapses(G, G, "w : 1")
S.connect_from(np.eye(2), "w")
try:
    S.to_scipy("w")
except DataError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "to_scipy needs scipy" in told and "pip install scipy" in told


def test_sparse_matrices_are_no_arrays_of_values() -> None:
    group = NeuronGroup(3, "v : 1")
    synapses = Synapses(group, group, "w : 1")
    synapses.connect()
    for matrix in (torch.eye(3).to_sparse(), torch.eye(3).to_sparse_csr(), sparse.eye_array(3)):
        with pytest.raises(KindError, match="connect_from"):
            synapses.w = matrix
        with pytest.raises(KindError, match="connect_from"):
            group.v = matrix
