"""The network: what it is made of, its time, and running it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from time import perf_counter
from typing import Any

import torch

from spikeq.codegen.tasks import SCHEDULE, Task, in_order, on_own_clock
from spikeq.compiler import Compiled, compile_tasks
from spikeq.dimension import SECOND
from spikeq.errors import (
    KindError,
    NetworkError,
    NotFiniteError,
    ValueRangeError,
)
from spikeq.language.binding import caller_namespace
from spikeq.network.assembly import Assembly
from spikeq.network.clock import Clock, common_step, seconds, steps_in
from spikeq.network.composed import Composed
from spikeq.network.draws import Draws
from spikeq.network.earlier_runs import kept_apart
from spikeq.network.fixed_sums import require_limits
from spikeq.network.flows import kept_names
from spikeq.network.group import Group
from spikeq.network.launching import launch_choice
from spikeq.network.link import origin
from spikeq.network.member import checked_name
from spikeq.network.memory import bytes_by_array
from spikeq.network.moments import checked_schedule
from spikeq.network.needs import explained
from spikeq.network.normalise import check_rows, finish
from spikeq.network.options import (
    Checked,
    checked_batch,
    checked_device,
    checked_interval,
    checked_launch,
    checked_seed,
    checked_truth,
    checked_word,
    real_type,
)
from spikeq.network.progress import Progress
from spikeq.network.runner import Runner
from spikeq.network.running import runner_of
from spikeq.network.triton_here import obstacle
from spikeq.units import with_dimension


class Network(Composed):
    """Objects that run together: ``Network(G, S, M)``, then ``net.run(100*ms)``.

    dt: the time step of objects without their own (1 ms). method: the integration method of groups without their
    own (``"euler"``; None chooses as Brian2 does). batch: that many independent copies run at once and share
    parameters and weights; values become ``[batch, n]``. Code that changes shared weights merges the copies' changes
    (``Synapses(reduction=...)``); weights declared "(per row)" are each copy's own. seed: fixes every random number;
    None takes one number from torch's default generator. dtype: ``"float32"`` or ``"float64"``. backend:
    ``"torch"``, ``"triton"`` (fused kernels, on a GPU) or ``"auto"``, the fastest that runs the network. device:
    ``"cpu"``, ``"cuda"``. check_finite: look for NaN and infinite values every so many steps (at least once a run);
    None does not look. hoist: hold synaptic variables that are the same at all synapses of a
    neuron once a neuron (``net.show("extents")`` tells which); results are the same to rounding. launch: how Triton's
    kernels are launched: ``"steps"``, few kernels a step, ``"persistent"``, one program for each row that runs many
    steps, or ``"auto"``, what is thought to be faster (``net.show("launch")`` tells why); results are the same.
    deterministic: on a GPU too the same run gives the same bits: what synapses add in any order is summed in fixed
    point (64 bits), where a value must not exceed 1,000 times what the start of the run lets expect (else LimitError).
    """

    hoist = Checked(partial(checked_truth, what="hoist"))
    launch = Checked(checked_launch)
    deterministic = Checked(partial(checked_truth, what="deterministic"))

    def __init__(
        self,
        *objects: Any,
        dt: Any = None,
        method: str | None = "euler",
        batch: int | None = None,
        seed: int | None = None,
        dtype: Any = "float32",
        backend: str = "auto",
        device: str | torch.device = "cpu",
        check_finite: int | None = 1000,
        hoist: bool = True,
        launch: str = "auto",
        deterministic: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__()
        self.name = checked_name(name) or "network"
        self.clock = Clock(with_dimension(1e-3, SECOND) if dt is None else dt, name="network_clock")
        self.method = None if method is None else checked_word(method, "method")
        self.backend = checked_word(backend, "backend")
        self.batch = checked_batch(batch)
        self.real_type = real_type(dtype)
        self.device = checked_device(device)
        self.check_finite = checked_interval(check_finite)
        self.hoist, self.launch, self.deterministic = hoist, launch, deterministic
        self._schedule: tuple[str, ...] = SCHEDULE
        self.draws = Draws(checked_seed(seed), self.batch)
        self.objects: list[Any] = []
        self.steps, self.draw = 0, 0
        self._base: float | None = None
        self._end = 0.0
        self._stopped = self._touched = self._running = False
        self._runner: Runner | None = None
        self.timings: dict[str, float] = {"build": 0.0, "compile": 0.0, "run": 0.0}
        self.add(*objects)

    @property
    def schedule(self) -> tuple[str, ...]:
        """The slots of a step in their order; assign a list of the same ones to change it."""
        return self._schedule

    @schedule.setter
    def schedule(self, given: Any) -> None:
        self._schedule = checked_schedule(given)
        self._runner = None

    @property
    def is_single(self) -> bool:
        """Whether real numbers are float32."""
        return self.real_type == torch.float32

    @property
    def t(self) -> Any:
        """The time that has been simulated."""
        return with_dimension(self.t_, SECOND)

    @property
    def t_(self) -> float:
        """The time that has been simulated, in seconds."""
        passed = self.steps * (self._base or 0.0)
        return self._end if not self._running and abs(self._end - passed) <= (self._base or 0.0) else passed

    @property
    def form(self) -> str:
        """The form of the backend: on a GPU one that never waits for the device inside a step."""
        if self.backend == "triton" or self.device.type == "cpu":
            return self.backend
        return "auto cuda" if self.backend == "auto" else "torch static"

    def touched(self, group: Group, name: str) -> None:
        """A value was assigned from outside: constants that were computed from it are stale."""
        runner = self._runner if self._running else None
        if runner is None or runner.is_constant(group, name):
            self._touched = True

    def renew(self) -> None:
        """What was prepared for the steps to come is stale."""
        self._touched = True

    def take_changes(self) -> bool:
        """Make what a network operation assigned hold from here on; whether anything computed before has changed."""
        for group in self.groups:
            group.settle()
        changed, self._touched = self._touched, False
        if changed and self._runner is not None:
            self._runner.rebind()
        return changed

    def seed(self, seed: int | None = None) -> None:
        """Fix all random numbers from here on; None takes a new number from torch's default generator."""
        self.draws = Draws(checked_seed(seed), self.batch)

    def stop(self) -> None:
        """End the run after this step; for network operations."""
        self._stopped = True

    # -- compiling ----------------------------------------------------------------------------------------------------

    def assemble(self, namespace: Mapping[str, Any]) -> Assembly:
        """The tasks of one step. Raises the errors of the models."""
        assembly, groups = Assembly(self, namespace), {one.name: one for one in self.groups}
        for one in self.objects:
            self._require_neighbours(one)
            if getattr(one, "active", True):
                assembly.changed |= origin(groups, one.changes() if hasattr(one, "changes") else ())
                assembly.stored |= {(one.name, name) for name in kept_names(one)}
        for group in self.groups:
            group.settle()
        active = [one for one in self.objects if getattr(one, "active", True)]
        for one in active:
            if hasattr(one, "prepare"):
                one.prepare(assembly)
        for one in active:
            one.contribute(assembly)
        self._require_members(assembly)
        assembly.tasks = [on_own_clock(task) for task in assembly.tasks]
        assembly.ending = [
            on_own_clock(task) for task in sorted(assembly.ending, key=lambda t: (t.slot.order, t.slot.name))
        ]
        return assembly

    def _require_neighbours(self, one: Any) -> None:
        for side in ("source", "target"):
            group = getattr(one, side, None)
            whole = getattr(group, "whole", group)
            if isinstance(whole, Group) and all(whole is not known for known in self.objects):
                raise NetworkError(
                    f"{one.title} needs {whole.title}, which is not part of the network.", "Add it: net.add(...)."
                )

    def _require_members(self, assembly: Assembly) -> None:
        for group, _ in assembly.variables.values():
            if all(group is not known for known in self.objects):
                raise NetworkError(f"{group.name} is used by the network but not part of it.", "Add it: net.add(...).")

    def compiled(self, namespace: Mapping[str, Any] | None = None, level: int = 0) -> tuple[Assembly, Compiled]:
        """The assembled and compiled step."""
        assembly = self.assemble(caller_namespace(level + 1) if namespace is None else namespace)
        if not assembly.clocks:
            assembly.clock(self.clock)
        arrays, clocks = assembly.arrays(), tuple(assembly.clocks)
        if (self.batch or 1) > 1:
            check_rows((*assembly.tasks, *assembly.ending), arrays)
        batched = (self.batch or 1) > 1
        base, every = self._common_step(assembly)
        if every[0] > 1:  # a clock that became coarser does not run in every base step, even where it is alone
            clocks = (*clocks, "base step")
        compiled = compile_tasks(
            self._tasks(assembly, base, every),
            arrays,
            clocks,
            batched,
            self.is_single,
            self.form,
            self.schedule,
            obstacle(self.device),
            self.deterministic,
        )
        return assembly, compiled

    def _tasks(self, assembly: Assembly, base: float, every: tuple[int, ...]) -> list[Task]:
        """The tasks; for Triton those pathways are marked in which other delays than this run's are under way."""
        if self.form not in ("triton", "auto cuda"):
            return assembly.tasks
        steps = self.steps if self._base is None else self.steps * round(self._base / base)
        now = {clock: -(-steps // number) for clock, number in zip(assembly.clocks, every, strict=False)}
        return kept_apart(in_order(assembly.tasks, tuple(self.schedule)), assembly, now)

    def compile(self, namespace: Mapping[str, Any] | None = None, level: int = 0) -> None:
        """Build and compile without running; ``timings`` says how long that took. Raises the errors of the models."""
        self._runner = self._prepare(namespace, level + 1)

    def _prepare(self, namespace: Mapping[str, Any] | None, level: int) -> Runner:
        started = perf_counter()
        assembly, compiled = self.compiled(namespace, level + 1)
        every = self._take_base(assembly)
        runner, self._runner = self._runner, None
        if runner is None or not runner.renew(assembly, compiled, every):
            launch_choice(assembly, compiled)
            runner = None  # what it holds beside the variables is freed before the same is made again
            runner = runner_of(compiled.backend)(assembly, compiled, every, self.batch or 1)
        self.timings["compile"] = compiled.seconds
        self.timings["build"] = perf_counter() - started - compiled.seconds
        return runner

    def _take_base(self, assembly: Assembly) -> dict[str, int]:
        """The base step of which every clock is a multiple; it only ever becomes finer."""
        base, every = self._common_step(assembly)
        if self._base is not None and self.steps and base != self._base:
            self.steps *= round(self._base / base)
        self._base = base
        return dict(zip(assembly.clocks, every, strict=False))

    def _common_step(self, assembly: Assembly) -> tuple[float, tuple[int, ...]]:
        steps = [clock.dt_ for clock in assembly.clocks.values()]
        return common_step(steps + ([self._base] if self._base is not None and self.steps else []))

    # -- running ------------------------------------------------------------------------------------------------------

    def run(
        self,
        duration: Any,
        report: Any = None,
        report_period: Any = None,
        namespace: Mapping[str, Any] | None = None,
        profile: Any = None,
        level: int = 0,
    ) -> None:
        """Simulate for a time. Names that strings do not define are looked up in ``namespace`` or at the caller.

        report: True or ``"tqdm"`` shows a progress bar, ``"text"`` lines as Brian2 does, a function is called with
        (elapsed seconds, completed fraction, start, duration). Raises the errors of the models, NotFiniteError.
        """
        if self._running:
            raise NetworkError("The network is running already.", "Call net.stop() to end the run, then run again.")
        length = seconds(duration, "The duration of a run")
        if namespace is not None and not isinstance(namespace, Mapping):
            raise KindError(f"namespace must be a dictionary, not {type(namespace).__name__}.", "Write {'tau': 10*ms}.")
        if not length >= 0 or length == float("inf"):
            raise ValueRangeError(f"A run cannot last {duration}.", "Give a time of at least 0 s, such as 100*ms.")
        runner = self._prepare(namespace, level + 1)
        self._runner = runner
        self._stopped = False
        started = perf_counter()
        begin = self._end if abs(self._end - self.t_) <= (self._base or 0.0) else self.t_
        self._end = begin + length
        target = steps_in(self._end, self._base or 1.0)
        self._check_start(runner)
        progress = Progress(report, report_period, begin, length, started)
        self._running, self._touched = True, False
        try:
            with explained(runner):
                self._advance(runner, target, progress)
            for task in runner.assembly.ending:
                finish(task, runner, self.steps)
        finally:
            self._running = False
            runner.settle(self.steps)
            progress.close()
            self._set_clocks(runner.assembly)
            self.timings["run"] = perf_counter() - started

    def _advance(self, runner: Runner, target: int, progress: Progress) -> None:
        first_step, since = self.steps, 0
        total = max(1, target - first_step)
        while self.steps < target and not self._stopped:
            self._set_clocks(runner.assembly)
            self.take_changes()
            count = min(target - self.steps, runner.longest_call(), progress.steps_per_call(total))
            count = min(count, 2**32 - self.draw % 2**32)  # the higher bits of a draw belong to the key of its words
            wait = runner.steps_to_host(self.steps)
            if wait == 0:
                count = 1
                runner.step(self.steps, self.draw)
            else:
                count = count if wait is None else min(count, wait)
                runner.advance(self.steps, count, self.draw)
            require_limits(runner)
            self.steps += count
            self.draw += count
            since += count
            if self.check_finite is not None and (since >= self.check_finite or self.steps >= target):
                since = 0
                self._check_finite(runner)
            progress.update((self.steps - first_step) / total)
        if self._stopped:
            self._end = self.t_

    def _set_clocks(self, assembly: Assembly) -> None:
        for clock in {id(c): c for c in (*(o.clock for o in self.objects if hasattr(o, "clock")), self.clock)}.values():
            every = round(clock.dt_ / (self._base or clock.dt_)) or 1
            clock.steps = -(-self.steps // every)

    def _check_start(self, runner: Runner) -> None:
        if (bad := runner.not_finite()) is not None:
            group, name, element, row = bad
            raise ValueRangeError(
                f"{group.name}.{name} of element {element} is not finite at the start of the run.",
                "Give every integrated variable a finite initial value.",
            )

    def _check_finite(self, runner: Runner) -> None:
        bad = runner.not_finite()
        if bad is None:
            return
        group, name, element, row = bad
        where = f" in row {row}" if self.batch is not None else ""
        raise NotFiniteError(
            f"{group.name}.{name} of element {element}{where} became NaN or infinite before t = {self.t_:.6g} s.",
            "Try a smaller dt or another method=; Network(check_finite=None) turns this check off.",
        )

    # -- looking ------------------------------------------------------------------------------------------------------

    def show(self, stage: str = "updates", namespace: Mapping[str, Any] | None = None, level: int = 0) -> str:
        """What a stage of the compiler made of the network, as text; see ``spikeq.show``."""
        from spikeq.network.stages import show_network

        found = namespace if namespace is not None else caller_namespace(level + 1)
        return show_network(self, stage, found)

    def memory(self) -> dict[str, int]:
        """The bytes of every array of the last run: variables, connections, buffers, spikes on their way.

        ``sum(net.memory().values())`` is all that a run works with, what monitors recorded not counted. Keys are those
        of the compiler: ``synapses.w``, ``synapses._post``. Raises NetworkError before ``compile`` or ``run``.
        """
        if self._runner is None:
            raise NetworkError("A network has its arrays once it is compiled.", "Call compile() or run() first.")
        return bytes_by_array(self._runner)

    def explain(self, namespace: Mapping[str, Any] | None = None, level: int = 0) -> str:
        """Everything that happens in one step of this network, in words: ``print(net.explain())``.

        In order: who does what, by which formula, through which synapses and after what delay; which values are read
        before and which after they change; where variables are stored; what random numbers depend on. It draws and
        changes nothing. Names in strings are looked up in ``namespace`` or at the caller. Raises the errors of the
        models.
        """
        return self.show("explain", namespace, level + 1)

    def __repr__(self) -> str:
        return f"Network({', '.join(one.name for one in self.objects)})"
