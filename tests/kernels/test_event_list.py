"""Choosing from and writing at lists of events, against plain Python."""

from __future__ import annotations

import torch

from spikeq_kernels import event_list


def _tensor(values: list[int]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.int64)


def test_within_keeps_the_order_and_renumbers_by_row() -> None:
    n, rows = 7, 3
    events = [row * n + i for row in range(rows) for i in (0, 2, 3, 6)]
    start, stop = 2, 6
    chosen = event_list.within(_tensor(events), n, start, stop)
    expected = [(e // n) * (stop - start) + e % n - start for e in events if start <= e % n < stop]
    assert chosen.tolist() == expected
    assert event_list.within(_tensor(events), n, start, stop, shift=False).tolist() == [
        e for e in events if start <= e % n < stop
    ]


def test_within_of_no_events_is_empty() -> None:
    assert event_list.within(_tensor([]), 5, 1, 3).tolist() == []


def test_of_equal_indices_the_last_value_counts() -> None:
    out = torch.arange(6, dtype=torch.float64)
    index, values = [4, 1, 4, 1, 0], [10.0, 11.0, 12.0, 13.0, 14.0]
    expected = out.tolist()
    for place, value in zip(index, values, strict=True):
        expected[place] = value
    event_list.assign(out, _tensor(index), torch.tensor(values, dtype=torch.float64))
    assert out.tolist() == expected


def test_values_that_are_not_allowed_do_not_count_even_as_the_last() -> None:
    out = torch.zeros(3)
    allowed = torch.tensor([True, True, False, False])
    event_list.assign(out, _tensor([1, 2, 2, 0]), torch.tensor([5.0, 6.0, 7.0, 8.0]), allowed)
    assert out.tolist() == [0.0, 5.0, 6.0]


def test_many_writes_to_few_places() -> None:
    generator = torch.Generator().manual_seed(0)
    index = torch.randint(0, 17, (5001,), generator=generator)
    values = torch.rand(5001, generator=generator, dtype=torch.float64)
    expected = [0.0] * 17
    for place, value in zip(index.tolist(), values.tolist(), strict=True):
        expected[place] = value
    assert event_list.assign(torch.zeros(17, dtype=torch.float64), index, values).tolist() == expected
