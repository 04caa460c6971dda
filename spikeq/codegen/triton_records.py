"""Lines of kernels that record: they write into room for a call, which the host empties after it."""

from __future__ import annotations

from spikeq.codegen.tasks import RecordEvents, RecordRate, RecordState
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.triton_fuse import Part
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_neurons import NeuronLines


class RecordLines(NeuronLines):
    """The part of the Triton emitter that writes what monitors keep."""

    def _write(self, kernel: Kernel, part: Part) -> None:
        match part.task:
            case RecordState():
                self._record_state(kernel, part.task, is_gathered=bool(part.grid))
            case RecordEvents():
                self._record_events(kernel, part.task)
            case RecordRate():
                self._record_rate(kernel, part.task)
            case _:
                super()._write(kernel, part)

    def _room(self, kernel: Kernel, key: str, shape: str) -> str:
        return kernel.take(self.host.describe(key, f"{shape} room for a record"))

    def _in_rows(self, kernel: Kernel, width: str = "") -> str:
        """Where the values of this step and row begin in room ``[steps, batch, width]``."""
        k = kernel.here_in_call()
        at = f"{k} * {kernel.size('the batch')} + {kernel.row()}" if self.plan.batched else k
        return at if not width else f"({at}) * {width}" if self.plan.batched else f"{at} * {width}"

    # -- state --------------------------------------------------------------------------------------------------------

    def _record_state(self, kernel: Kernel, task: RecordState, is_gathered: bool) -> None:
        """The values of all elements, or of some: found by their bits, or gathered by a kernel for them alone."""
        where, element, width = None, "i", kernel.grid
        if task.indices is not None:
            width = task.monitor.removesuffix(":record")
            if is_gathered:
                pointer = kernel.take(self.host.pointers[task.indices])
                kernel.own = kernel.known("i_recorded", f"tl.load({pointer} + i, mask=here, other=0)")
            else:
                where, element = self._chosen(kernel, task.indices)
        for name, expression in task.variables:
            printer = self._printer(kernel, task, task.space)
            value = printer.value(expression)
            wide = value.wide or self._is_wide_record(task, name)
            room = self._room(kernel, f"{task.monitor}.{name}", "[steps, batch, n]" if wide else "[steps, batch]")
            offset = f"{self._in_rows(kernel, kernel.size(width))} + {element}" if wide else self._in_rows(kernel)
            one = "block == 0"  # what is one for all elements, one program stores
            kernel.store(room, offset, value.text, value.kind, wide or kernel.space is not None, where if wide else one)
            printer.close()

    def _chosen(self, kernel: Kernel, indices: str) -> tuple[str, str]:
        """Which elements are recorded, and their places in the record."""
        bits, ranks = (kernel.take(self.host.pointers[f"{indices} {table}"]) for table in ("bits", "ranks"))
        chosen, place = f"recorded{kernel.count}", f"place{kernel.count}"
        kernel.count += 1
        kernel.uses.add("packed_bits")
        kernel.lines.append(f"{chosen}, {place} = packed_bits.rank_of({bits}, {ranks}, i, here)")
        return chosen, place

    def _is_wide_record(self, task: RecordState, name: str) -> bool:
        array = self.plan.arrays.get(f"{task.space.name}.{name}")
        return array is None or array.space is not None

    # -- events -------------------------------------------------------------------------------------------------------

    def _record_events(self, kernel: Kernel, task: RecordEvents) -> None:
        fired = self._mask(kernel, task, task.event, task.space)
        kernel.uses.add("packed_bits")
        words = self._room(kernel, f"{task.monitor}:bits", "[steps, batch, words]")
        place = f"{words} + {self._in_rows(kernel, kernel.size(f'{task.monitor} words'))}"
        element, inside = "i", fired
        if is_all(task.source_range):
            kernel.lines.append(f"packed_bits.store_bits({place}, block, {fired}, {kernel.size(kernel.grid)}, BLOCK)")
        else:
            start, stop = self._range(kernel, task)
            words = kernel.named(place)
            kernel.lines.append(f"packed_bits.store_part({words}, block, {fired}, {start}, {stop}, BLOCK)")
            element, inside = f"i - {start}", fired
            if task.variables:
                inside = kernel.named(f"{fired} & (i >= {start}) & (i < {stop})")
        for name, expression in task.variables:
            printer = self._printer(kernel, task, task.space)
            value = printer.value(expression)
            room = self._room(kernel, f"{task.monitor}.{name}", "[steps, batch, n], filled at events,")
            offset = f"{self._in_rows(kernel, kernel.size(f'{task.monitor} width'))} + {element}"
            kernel.store(room, offset, value.text, value.kind, True, inside)
            printer.close()

    def _range(self, kernel: Kernel, task: RecordEvents | RecordRate) -> tuple[str, str]:
        return kernel.size(f"{task.monitor} start"), kernel.size(f"{task.monitor} stop")

    def _record_rate(self, kernel: Kernel, task: RecordRate) -> None:
        counted = self._mask(kernel, task, task.event, task.space)
        if not is_all(task.source_range):
            start, stop = self._range(kernel, task)
            counted = kernel.named(f"{counted} & (i >= {start}) & (i < {stop})")
        room = self._room(kernel, f"{task.monitor}:count", "[steps, batch]")
        count = f"tl.sum({counted}.to(tl.int32), 0)"
        kernel.lines.append(f'tl.atomic_add({room} + {self._in_rows(kernel)}, {count}, sem="relaxed")')
