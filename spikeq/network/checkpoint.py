"""What a network can go back to: snapshots by name, torch's ``state_dict`` and files.

A *learned* value (parameters, synaptic weights) has the key ``cells.tau``. What a run changes by itself (variables with
a differential equation, spikes on their way, time, the counter of random numbers) is *running* and has keys that begin
with ``running.``, for example ``running.cells.v``. What monitors recorded is in ``store``, not in ``state_dict``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import torch

from spikeq.errors import KindError, NetworkError, ShapeError, UnknownNameError, ValueRangeError
from spikeq.network.fingerprint import fingerprints, require_same
from spikeq.network.forms import (
    RUNNING,
    coefficients_in,
    coefficients_of,
    forms,
    is_optional,
    logical,
    take_form,
    wrong_coefficients,
)
from spikeq.network.group import Group
from spikeq.network.member import cannot_be_copied
from spikeq.network.moving import Movable
from spikeq.network.per_neuron import PerNeuron
from spikeq.network.queue import listed
from spikeq.network.snapshots import read_arrays, read_snapshots, write_arrays, write_snapshots

if TYPE_CHECKING:
    from spikeq.network.clock import Clock
    from spikeq.network.draws import Draws

_NEVER = np.iinfo(np.int64).min // 4  # stored steps at or below stand for no spike so far


class Checkpointed(Movable):
    """The part of a network that keeps its state, gives it away and takes it back."""

    name: str
    clock: Clock
    draws: Draws
    batch: int | None
    steps: int
    draw: int
    _base: float | None
    _end: float
    _touched: bool

    def __init__(self) -> None:
        super().__init__()
        self._snapshots: dict[str, Any] = {}

    # -- snapshots ----------------------------------------------------------------------------------------------------

    def store(self, name: str = "default", filename: str | Path | None = None) -> None:
        """Keep everything: variables, time, spikes on their way, what monitors recorded; in memory or in a file.

        A file may hold several snapshots. Raises DataError for a file that cannot be written.
        """
        snapshot = self._snapshot()
        if filename is None:
            self._snapshots[name] = snapshot
            return
        path = Path(filename)
        known = read_snapshots(path) if path.exists() else {}
        write_snapshots(path, {**known, name: snapshot})

    def restore(
        self, name: str = "default", filename: str | Path | None = None, restore_random_state: bool = False
    ) -> None:
        """Go back to what ``store`` kept. Random numbers go on, unless ``restore_random_state`` takes them back too.

        Raises UnknownNameError for a name that was not stored, NetworkError if the network has other objects now.
        """
        self._require_rest("restore")
        known = self._snapshots if filename is None else read_snapshots(Path(filename))
        if name not in known:
            there = ", ".join(known) or "none"
            raise UnknownNameError(f"Nothing was stored as {name!r}.", f"Stored are: {there}. Call store() first.")
        self._return_to(known[name], restore_random_state)

    def _snapshot(self) -> dict[str, Any]:
        time = {"steps": self.steps, "base": self._base, "end": self._end, "clock": [self.clock.dt_, self.clock.steps]}
        objects = {one.name: _kept(one) for one in self.objects}
        return {"time": time, "random": {"draw": self.draw, "seed": self.draws.seed}, "objects": objects}

    def _return_to(self, snapshot: Mapping[str, Any], random: bool) -> None:
        kept, here = snapshot["objects"], {one.name: one for one in self.objects}
        other = sorted(kept.keys() ^ here.keys())
        if other:
            where = "the network but not in" if other[0] in here else "the snapshot but not in"
            raise NetworkError(
                f"{other[0]!r} is in {where} the {'snapshot' if other[0] in here else 'network'}.",
                "Restore into the same objects, under the names that they had.",
            )
        time = snapshot["time"]
        self.steps, self._base, self._end = time["steps"], time["base"], time["end"]
        self.clock.dt_, self.clock.steps = time["clock"]
        for name, one in here.items():
            _return(one, kept[name], self.device)
        if random:
            self.draw = snapshot["random"]["draw"]
            self.draws = type(self.draws)(snapshot["random"]["seed"], self.batch)
        self._touched = True

    # -- torch's state ------------------------------------------------------------------------------------------------

    def _arrays(self) -> Iterator[tuple[str, torch.Tensor]]:
        """Every array under its key, as tensors of their own ``[n]`` or ``[batch, n]``."""
        for group in self.groups:
            group.settle()
            for name in _held(group):
                yield _key(group, name), self._shown(_tensor(group._values[name]))
            yield from coefficients_of(group)
            for path in getattr(group, "pathways", ()):
                for name, tensor in _packed(path.queue).items():
                    yield f"{RUNNING}{group.name}.{path.objname}.{name}", tensor
        yield f"{RUNNING}_steps", torch.tensor([self.steps, self.draw, self.draws.seed])
        yield f"{RUNNING}_time", torch.tensor([self._base or 0.0, self._end, self.clock.dt_], dtype=torch.float64)

    def _shown(self, tensor: torch.Tensor) -> torch.Tensor:
        return tensor[0] if self.batch is None and tensor.ndim == 2 else tensor

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, torch.Tensor]]:
        """Every array of the network under its key."""
        for key, tensor in self._arrays():
            yield f"{prefix}.{key}" if prefix else key, tensor

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        for key, tensor in (*self._arrays(), *fingerprints(self.groups)):
            destination[prefix + key] = tensor.detach().clone()

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Any,
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        given = {key.removeprefix(prefix): value for key, value in state_dict.items() if key.startswith(prefix)}
        missing, unexpected = self._other_keys(given)
        missing_keys += [prefix + key for key in missing]
        unexpected_keys += [prefix + key for key in unexpected]
        require_same(self.groups, given)
        wrong = self._wrong_shapes(given)
        error_msgs += [f"{message} {help}" for message, help in wrong]
        if not wrong:
            self._take(given)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """Take the values of another ``state_dict``: everything, or learned values alone.

        Without any key that begins with ``running.`` only learned values are replaced. ``strict`` asks that all keys
        fit. Values of synapses go by their numbers; random connections are the same only under the same
        ``Network(seed=...)``. Raises NetworkError for other connections and keys, ShapeError for other sizes.
        """
        self._require_rest("load_state_dict")
        if not isinstance(state_dict, Mapping):
            raise KindError(f"A state_dict is a dictionary, not {type(state_dict).__name__}.", "Give net.state_dict().")
        state_dict = {key: _checked_value(key, value) for key, value in state_dict.items()}
        missing, unexpected = self._other_keys(state_dict)
        if strict and (missing or unexpected):
            parts = [f"it lacks {', '.join(missing[:5])}"] if missing else []
            parts += [f"the network has no {', '.join(unexpected[:5])}"] if unexpected else []
            raise NetworkError(
                f"The state does not fit the network: {'; '.join(parts)}.",
                "Names of objects and variables must be the same; strict=False takes what fits.",
            )
        require_same(self.groups, state_dict)
        for group in self.groups:
            group.settle()
            for path in getattr(group, "pathways", ()):
                delays = state_dict.get(_key(group, path.variable))
                if delays is not None and delays.ndim:
                    path.fit_delays(delays.shape[-1])
        for message, help in self._wrong_shapes(state_dict):
            raise ShapeError(message, help)
        for group in self.groups:
            prefix = f"{RUNNING}{group.name}."
            running = {key.removeprefix(prefix) for key in state_dict if key.startswith(prefix)}
            take_form(group, running)
        return super().load_state_dict(state_dict, strict=False, assign=assign)

    def _other_keys(self, given: Collection[str]) -> tuple[list[str], list[str]]:
        own = [logical(key, self.groups) for key, _ in self._arrays() if not is_optional(key, self.groups)]
        given = {logical(key, self.groups) for key in given if not is_optional(key, self.groups)}
        wanted = own if any(key.startswith(RUNNING) for key in given) else [k for k in own if not k.startswith(RUNNING)]
        return [key for key in wanted if key not in given], [key for key in given if key not in own]

    def _variables(self) -> Iterator[tuple[str, Group, str]]:
        for group in self.groups:
            for name in _held(group):
                yield _key(group, name), group, name

    def _sizes(self) -> Iterator[tuple[str, int]]:
        """How many values belong under each key that a state may have."""
        for key, group, name in self._variables():
            yield key, group.size_of(name)
        for group in self.groups:
            for name, hidden, size in forms(group):
                yield f"{RUNNING}{group.name}.{hidden}", size
                yield f"{RUNNING}{group.name}.{name}", len(group)

    def _wrong_shapes(self, given: Mapping[str, Any]) -> list[tuple[str, str]]:
        found = []
        for key, size in dict(self._sizes()).items():
            allowed = [[size], [self.batch, size], [self.batch, 1]] if self.batch is not None else [[size]]
            if key in given and list(given[key].shape) not in allowed:
                shapes = " or ".join(map(str, allowed))
                found.append(
                    (f"{key} has the shape {list(given[key].shape)}, not {shapes}.", "Build the same network.")
                )
        for key in (key for group in self.groups for key in wrong_coefficients(given, group, self.batch)):
            found.append((f"{key} has the shape {list(given[key].shape)}.", "Build the same network."))
        return found

    def _take(self, given: Mapping[str, Any]) -> None:
        for key, group, name in list(self._variables()):
            if key in given:
                _put(group, name, given[key].detach().cpu().numpy())
        if any(key.startswith(RUNNING) for key in given):
            for group in (one for one in self.groups if isinstance(one, PerNeuron)):
                group._take_coefficients(coefficients_in(given, group))
        for group in self.groups:
            for path in getattr(group, "pathways", ()):
                prefix = f"{RUNNING}{group.name}.{path.objname}."
                if all(f"{prefix}{name}" in given for name in _packed(path.queue)):
                    packed = {k.removeprefix(prefix): v for k, v in given.items() if k.startswith(prefix)}
                    _unpack(path.queue, packed, self.device)
        if f"{RUNNING}_steps" in given:
            self.steps, self.draw, seed = (int(one) for one in given[f"{RUNNING}_steps"])
            self.draws = type(self.draws)(seed, self.batch)
        if f"{RUNNING}_time" in given:
            self._take_time(*(float(one) for one in given[f"{RUNNING}_time"]))
        self._touched = True

    def _take_time(self, base: float, end: float, dt: float) -> None:
        """Go to a time; steps that were stored count in the ``dt`` that the network had then."""
        self._base, self._end = base or None, end
        self.clock.steps = round(self.steps * base / self.clock.dt_)
        for group in self.groups:
            group._step_dt = group.clock.dt_ if group.clock is not self.clock else dt

    def save(self, path: str | Path) -> None:
        """Write the ``state_dict``, without connections, as safetensors. Raises DataError if that cannot be done."""
        write_arrays(Path(path), self.state_dict(), {})

    def load(self, path: str | Path) -> None:
        """Take the state from a file that ``save`` wrote. Raises DataError for anything else."""
        self.load_state_dict(read_arrays(Path(path))[0])

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse copies and pickles: the compiled step and functions of the user fit into neither."""
        raise cannot_be_copied(f"Network {self.name!r}")


def _checked_value(key: str, value: Any) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise KindError(f"{key} of the state is no tensor, but {type(value).__name__}.", "Use torch.as_tensor(...).")
    if value.is_complex() or value.is_meta:
        raise KindError(f"{key} of the state has no real values: {value.dtype} on {value.device}.")
    if value.is_floating_point() and value.isnan().any():
        raise ValueRangeError(f"{key} of the state contains NaN.", "Keep states of networks whose values are finite.")
    return value


def _key(group: Group, name: str) -> str:
    return f"{group.name}.{name}" if _is_learned(group, name) else f"{RUNNING}{group.name}.{name}"


def _held(group: Group) -> list[str]:
    """The variables that make the state of a group; what is constant over a step follows from them."""
    return [name for name in group._values if group._variables[name].expression is None]


def _is_learned(group: Group, name: str) -> bool:
    """Whether a variable is a parameter of the model."""
    equations = getattr(group, "equations", {})
    return name in equations and equations[name].type == "parameter"


def _tensor(values: Any) -> torch.Tensor:
    return values.detach() if isinstance(values, torch.Tensor) else torch.from_numpy(np.array(values))


def _put(group: Group, name: str, values: Any) -> None:
    """Store an array ``[n]`` or ``[batch, n]``; the next run places it in its memory."""
    if group._variables[name].step and not (values <= _NEVER).any():
        group._values[name] = torch.from_numpy(values.copy())  # a tensor's steps count in group._step_dt
    else:
        group._values[name] = values.astype(np.float64) if values.dtype == np.float32 else values.copy()


def _kept(one: Any) -> dict[str, Any]:
    """Everything that an object of a network holds, as arrays of its own."""
    found: dict[str, Any] = {}
    if isinstance(one, Group):
        one.settle()
        found["step_dt"] = one._step_dt
        found["values"] = {name: _tensor(values).cpu().numpy().copy() for name, values in one._values.items()}
        if isinstance(one, PerNeuron):
            found["connections"] = one._connections()
            found["coefficients"] = one._coefficients()
        paths = getattr(one, "pathways", ())
        found["queues"] = {p.objname: {k: v.numpy() for k, v in _packed(p.queue).items()} for p in paths}
    if hasattr(one, "_kept"):
        found["own"] = one._kept()
    clock = getattr(one, "clock", None)
    if clock is not None:
        found["clock"] = [clock.dt_, clock.steps]
    return found


def _return(one: Any, kept: Mapping[str, Any], device: torch.device) -> None:
    if isinstance(one, PerNeuron):
        one._reconnect(kept["connections"])
        for path in getattr(one, "pathways", ()):
            path.fit_delays(np.shape(kept["values"][path.variable])[-1])
    if isinstance(one, Group) and len(one):
        sizes = {hidden: size for _, hidden, size in forms(one)}
        known = {name: sizes[name] if name in sizes else one.size_of(name) for name in kept["values"]}
        shapes = {name: np.shape(values) for name, values in kept["values"].items()}
        if any(shape[-1] != known[name] and shape[1:] != (1,) for name, shape in shapes.items()):
            raise ShapeError(f"{one.name} has another size than when it was stored.", "Restore into the same objects.")
    if "clock" in kept:
        one.clock.dt_, one.clock.steps = kept["clock"]
    if isinstance(one, Group):
        one.settle()
        take_form(one, kept["values"].keys())
        if isinstance(one, PerNeuron):
            one._take_coefficients(kept["coefficients"])
        for name, values in kept["values"].items():
            _put(one, name, values)
        one._step_dt = kept["step_dt"]
        for path in getattr(one, "pathways", ()):
            _unpack(path.queue, {k: torch.from_numpy(v) for k, v in kept["queues"][path.objname].items()}, device)
    if hasattr(one, "_return_to"):
        one._return_to(kept["own"])


def _packed(queue: Any) -> dict[str, torch.Tensor]:
    """The spikes on their way in a queue: steps ``[groups]``, how many in each, and the spikes one after the other."""
    steps = [step for step, parts in queue.waiting.items() for _ in parts]
    parts = [listed(part) for parts in queue.waiting.values() for part in parts]
    return {
        "queue_dt": torch.tensor([queue._dt], dtype=torch.float64),
        "queue_edges": torch.tensor([queue.holds_edges]),
        "queue_steps": torch.tensor(steps, dtype=torch.int64),
        "queue_counts": torch.tensor([len(part) for part in parts], dtype=torch.int64),
        "queue_spikes": torch.cat(parts).cpu() if parts else torch.empty(0, dtype=torch.int64),
    }


def _unpack(queue: Any, packed: Mapping[str, torch.Tensor], device: torch.device) -> None:
    queue.waiting, queue._dt = {}, float(packed["queue_dt"][0])
    queue.holds_edges = bool(packed["queue_edges"][0])
    parts = torch.split(packed["queue_spikes"].to(device, copy=True), packed["queue_counts"].tolist())
    for step, part in zip(packed["queue_steps"].tolist(), parts, strict=True):
        queue.waiting.setdefault(step, []).append(part)
