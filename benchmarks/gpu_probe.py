"""What a machine can do at most: copying, reading out of the cache, adding at random places, launching kernels.

Every probe first shows that it did its work. Without a GPU, ``--device cpu --short`` tries the program out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from types import ModuleType

import torch
from gpu_floors import Ceilings

NO_GPU = 3  # exit status
BLOCK = 1024
NODES = 1000  # of a graph


class Probe:
    """The measurements on one device; ``short`` makes them small. On a CPU operations of torch stand for kernels."""

    def __init__(self, device: str, short: bool = False) -> None:
        self.device, self.short = device, short
        self.on_gpu = device != "cpu"
        self.repetitions = 3 if short else 11

    @property
    def kernels(self) -> ModuleType:
        """The Triton kernels; Triton is imported where there is a GPU."""
        import gpu_kernels

        return gpu_kernels

    @property
    def programs(self) -> int:
        """As many programs as there are multiprocessors."""
        return torch.cuda.get_device_properties(self.device).multi_processor_count

    def ceilings(self) -> Ceilings:
        """Everything that ``gpu.py`` computes floors from."""
        cache = self.cache_bytes()
        return Ceilings(
            device=name(self.device),
            copy=self.copy(),
            cache_bytes=cache,
            reads={size: self.read(size) for size in self.footprints(cache)},
            adds={
                kind: {targets: self.scatter(kind, targets) for targets in self.target_counts()}
                for kind in ("float32", "int32")
            },
            node=self.node(),
            launch=self.launch(),
            product=self.product(),
        )

    def cache_bytes(self) -> int:
        """The size of the last cache."""
        if self.on_gpu:
            return int(torch.cuda.get_device_properties(self.device).L2_cache_size)
        return max(1 << 20, os.sysconf("SC_LEVEL3_CACHE_SIZE") if "SC_LEVEL3_CACHE_SIZE" in os.sysconf_names else 0)

    def footprints(self, cache: int) -> list[int]:
        """Sizes from a small part of the cache to several times as much."""
        shares = (0.25, 2.0) if self.short else (0.05, 0.25, 0.5, 0.75, 1.0, 2.0, 4.0)
        largest = 1 << 22 if self.short else cache * 4
        return sorted({max(4 * BLOCK, min(int(share * cache), largest)) // (4 * BLOCK) * 4 * BLOCK for share in shares})

    def target_counts(self) -> list[int]:
        """To how many places is added."""
        return [1 << 10, 1 << 14] if self.short else [1 << power for power in (8, 10, 12, 14, 17, 20, 22, 25)]

    # -- probes -------------------------------------------------------------------------------------------------------

    def copy(self) -> float:
        """Bytes a second, read and written together."""
        n = 1 << 20 if self.short else 1 << 30
        source, target = torch.ones(n, device=self.device), torch.zeros(n, device=self.device)
        grid = (-(-n // 4096),)
        seconds = self.time(
            lambda: self.kernels.copy[grid](source, target, n, BLOCK=4096) if self.on_gpu else target.copy_(source)
        )
        self.require(float(target.sum(dtype=torch.float64)) == n, "copy")
        return 8 * n / seconds

    def read(self, size: int) -> float:
        """Bytes a second where an array of this many bytes is read again and again."""
        n = size // 4
        x = torch.ones(n, device=self.device)
        if not self.on_gpu:
            return size / self.time(x.sum)
        programs, times = 8 * self.programs, 100 if self.short else 2000
        sums = torch.zeros(programs * BLOCK, device=self.device)
        kernel = self.kernels.read_often[(programs,)]
        seconds = self.time(lambda: kernel(x, sums, n // BLOCK, times, BLOCK=BLOCK))
        self.require(bool((sums == times).all()), "read")
        return 4.0 * programs * times * BLOCK / seconds

    def scatter(self, kind: str, targets: int) -> float:
        """Additions a second at random places."""
        n = 1 << 16 if self.short else 1 << 24
        places = torch.randint(0, targets, (n,), device=self.device, dtype=torch.int32)
        sums = torch.zeros(targets, dtype=getattr(torch, kind), device=self.device)
        ones = torch.ones(1, dtype=sums.dtype, device=self.device).expand(n)

        def once() -> None:
            if self.on_gpu:
                self.kernels.scatter_add[(n // BLOCK,)](places, sums, n, BLOCK=BLOCK)
            else:
                sums.index_add_(0, places, ones)

        once()
        expected = torch.bincount(places, minlength=targets)
        self.require(bool((sums.to(torch.int64) == expected).all()), f"scatter of {kind}")
        return n / self.time(once)

    def node(self) -> float:
        """Seconds from one kernel of a graph to the next that waits for it; on a CPU, of an operation of torch."""
        x = torch.zeros(self.programs if self.on_gpu else 1, dtype=torch.int32, device=self.device)
        if not self.on_gpu:
            return self.time(lambda: [x.add_(1) for _ in range(100)]) / 100
        graph = captured(self.kernels.count_up[(self.programs,)], x, NODES)
        x.zero_()
        graph.replay()
        self.require(bool((x == NODES).all()), "graph")
        return self.time(graph.replay) / NODES

    def launch(self) -> float:
        """Seconds that Python takes to launch a kernel, whenever it may run."""
        x = torch.zeros(1, dtype=torch.int32, device=self.device)
        launches = 100 if self.short else 1000
        found = []
        for _ in range(self.repetitions):
            self.wait()
            started = perf_counter()
            for _ in range(launches):
                self.kernels.count_up[(1,)](x, num_warps=1) if self.on_gpu else x.add_(1)
            found.append((perf_counter() - started) / launches)
        self.require(int(x) == launches * self.repetitions, "launch")
        return statistics.median(found)

    def product(self) -> float:
        """Floating point operations a second of a matrix product in half precision."""
        rows, n = (32, 128) if self.short else (1024, 8192)
        kind = torch.float16 if self.on_gpu else torch.float32
        left, right = (torch.ones(size, n, dtype=kind, device=self.device) for size in (rows, n))
        self.require(bool(((left @ right) == n).all()), "matrix product")
        return 2.0 * rows * n * n / self.time(lambda: left @ right)

    # -- time ---------------------------------------------------------------------------------------------------------

    def time(self, work: Callable[[], object]) -> float:
        """Median seconds of a few runs, after two that do not count."""
        found = []
        for repetition in range(self.repetitions + 2):
            seconds = self._on_gpu(work) if self.on_gpu else _on_cpu(work)
            if repetition > 1:
                found.append(seconds)
        return statistics.median(found)

    def _on_gpu(self, work: Callable[[], object]) -> float:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) * 1e-3

    def wait(self) -> None:
        """Until the device has nothing left to do."""
        if self.on_gpu:
            torch.cuda.synchronize(self.device)

    def require(self, holds: bool, what: str) -> None:
        """Raise SystemExit where a probe did not do what it was timed for."""
        if not holds:
            raise SystemExit(f"The probe {what!r} computed something else; no ceilings are reported.")


def _on_cpu(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def captured(kernel: Callable[..., object], x: torch.Tensor, nodes: int) -> torch.cuda.CUDAGraph:
    """A graph of that many launches of a kernel."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):  # compiled before the capture
        kernel(x, num_warps=1)
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(nodes):
            kernel(x, num_warps=1)
    return graph


def name(device: str) -> str:
    """What the device is called."""
    return torch.cuda.get_device_name(device) if device != "cpu" else "CPU"


def measure(device: str = "cuda", short: bool = False) -> Ceilings:
    """The ceilings of a device: about half a minute; ``short`` for a trial that says little."""
    found = Probe(device, short).ceilings()
    if device != "cpu":
        torch.cuda.empty_cache()  # other processes need the memory
    return found


def table(found: Ceilings) -> str:
    """The ceilings for people."""
    lines = [
        f"{found.device}, torch {torch.__version__}",
        f"  copy                          {found.copy / 1e12:9.3f} TB/s read and written",
        *(f"  read {size / 2**20:9.2f} MB repeatedly  {rate / 1e12:9.3f} TB/s" for size, rate in found.reads.items()),
        f"  cache                         {found.cache_bytes / 2**20:9.1f} MB",
    ]
    for kind, rates in found.adds.items():
        lines += [f"  add {kind:7} to {n:9} places {rate / 1e9:9.3f} G/s" for n, rate in rates.items()]
    node = "an operation of torch after another" if found.device == "CPU" else "a kernel after another in a graph"
    return "\n".join(
        [
            *lines,
            f"  matrix product                {found.product / 1e12:9.3f} TFLOP/s",
            f"  launch from Python            {found.launch * 1e6:9.3f} us",
            f"  node                          {found.node * 1e6:9.3f} us, {node}",
        ]
    )


def require_device(device: str) -> None:
    """End with one line and status 3 where there is no GPU."""
    if device != "cpu" and not torch.cuda.is_available():
        print("There is no CUDA device here. Try the program out with --device cpu --short.", file=sys.stderr)
        raise SystemExit(NO_GPU)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="(default: %(default)s)")
    parser.add_argument("--short", action="store_true", help="small sizes, to try the program out")
    arguments = parser.parse_args()
    require_device(arguments.device)
    print(table(measure(arguments.device, arguments.short)))


if __name__ == "__main__":
    main()
