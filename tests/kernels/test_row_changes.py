"""Changes that several rows make to shared values, against plain Python."""

from __future__ import annotations

import pytest
import torch

from spikeq_kernels.row_changes import merge_events, merge_rows


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("divisor", [1, 7])
@pytest.mark.parametrize(("n", "events"), [(1, 5), (11, 40), (3001, 60), (3001, 0), (5000, 9000)])
def test_events_are_summed_in_order(n: int, events: int, divisor: int, dtype: torch.dtype) -> None:
    torch.manual_seed(n + events)
    out, slots = torch.rand(n, dtype=dtype), torch.randint(0, min(n, 37), (events,))
    values = torch.randn(events, dtype=dtype) * 1e3
    old, totals = out.clone(), {}
    for slot, value in zip(slots.tolist(), values, strict=True):
        totals[slot] = totals.get(slot, torch.zeros((), dtype=dtype)) + (value - old[slot])
    expected = old.clone()
    for slot, total in totals.items():
        expected[slot] = old[slot] + total / divisor
    assert merge_events(out, slots, values, divisor) is out
    assert torch.equal(out, expected)


@pytest.mark.parametrize("divisor", [1, 3])
def test_whole_rows_are_the_same_as_their_events(divisor: int) -> None:
    torch.manual_seed(1)
    out, values = torch.rand(1003), torch.randn(3, 1003)
    active = torch.rand(3, 1003) < 0.003
    row, slot = active.nonzero(as_tuple=True)
    by_events = merge_events(out.clone(), slot, values[row, slot], divisor)
    assert 0 < len(slot) < 1003 / 64
    assert torch.equal(merge_rows(out.clone(), torch.where(active, values, out), divisor), by_events)
    assert not torch.equal(by_events, out)
