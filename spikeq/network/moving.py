"""Moving a network's values to another device or number type: ``net.to("cuda")``, ``net.double()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import torch

from spikeq.errors import NetworkError, OutOfMemoryError, UnsupportedError
from spikeq.network.group import Group
from spikeq.network.needs import as_text, is_out_of_memory
from spikeq.network.options import checked_device

Change = Callable[[torch.Tensor], torch.Tensor]


class Movable(torch.nn.Module):
    """The part of a network that goes to another device."""

    objects: list[Any]
    device: torch.device
    real_type: torch.dtype
    _running: bool

    @property
    def groups(self) -> list[Group]:
        """The objects with variables."""
        return [one for one in self.objects if isinstance(one, Group)]

    def _require_rest(self, what: str) -> None:
        if self._running:
            raise NetworkError(f"{what} cannot be called during a run.", "Call it between two runs.")

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Compute on another device, in another number type: ``net.to("cuda")``, ``net.to(torch.float64)``.

        Raises UnsupportedError for a device that is not there, OutOfMemoryError where the values do not fit.
        """
        given = kwargs.get("device", args[0] if args else None)
        if isinstance(given, str | int | torch.device):
            checked_device(given)
        return super().to(*args, **kwargs)

    def cuda(self, device: Any = None) -> Self:
        """Compute on a GPU: the present one, or that with a number."""
        chosen = checked_device("cuda" if device is None else f"cuda:{device}" if isinstance(device, int) else device)
        return super().cuda(chosen)

    def _apply(self, fn: Change, recurse: bool = True) -> Self:
        """What ``to``, ``cpu``, ``cuda``, ``float`` and ``double`` come down to."""
        self._require_rest("to")
        device, real_type = self._destination(fn)
        try:
            values = [(group, {n: fn(v) for n, v in _tensors(group).items()}) for group in self.groups]
            queues = [(queue, _moved(queue.waiting, fn)) for queue in self._queues()]
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise self._too_large(device) from error
        for group, moved in values:
            group._values |= moved
        for queue, waiting in queues:
            queue.waiting = waiting
        self.device, self.real_type = device, real_type
        return self

    def _destination(self, fn: Change) -> tuple[torch.device, torch.dtype]:
        """Where values go, and in which type."""
        try:
            probe = fn(torch.zeros(1, dtype=self.real_type, device=self.device))
        except (RuntimeError, AssertionError) as error:
            raise UnsupportedError(f"The network cannot go there: {error}.", "Choose 'cpu' or 'cuda'.") from error
        if probe.dtype not in (torch.float32, torch.float64):
            raise UnsupportedError(f"A network cannot compute in {probe.dtype}.", "Choose torch.float32 or float64.")
        return checked_device(probe.device), probe.dtype

    def _queues(self) -> list[Any]:
        return [path.queue for group in self.groups for path in getattr(group, "pathways", ())]

    def _too_large(self, device: torch.device) -> OutOfMemoryError:
        sizes = {group.name: sum(v.nbytes for v in _tensors(group).values()) for group in self.groups}
        listed = [f"  {name}: {as_text(size)}" for name, size in sorted(sizes.items(), key=lambda one: -one[1])]
        return OutOfMemoryError(
            "\n".join([f"The variables of the network do not fit on {device}:", *listed]),
            "The network stays where it was. A smaller batch or dtype='float32' needs less.",
        )


def _tensors(group: Group) -> dict[str, torch.Tensor]:
    return {name: values for name, values in group._values.items() if isinstance(values, torch.Tensor)}


def _moved(waiting: dict[int, list[torch.Tensor]], fn: Change) -> dict[int, list[torch.Tensor]]:
    return {step: [fn(spikes) for spikes in parts] for step, parts in waiting.items()}
