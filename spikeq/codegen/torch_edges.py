"""How the ends of synapses are spelled in torch, by the layout of the synapses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spikeq.codegen.ends import Ends, all_ends
from spikeq.codegen.tasks import Deliver, Space


@dataclass(frozen=True, slots=True)
class EdgeLines:
    """Writes the lines that find the synapses of spikes, and the neurons of synapses."""

    space: Space
    names: Mapping[str, str]
    sizes: Mapping[str, str]
    batched: bool

    @property
    def ends(self) -> Ends:
        """The form of the synapses."""
        assert self.space.ends is not None
        return self.space.ends

    def size(self, side: str) -> str:
        """The number of neurons of one side."""
        return self.sizes[f"{self.space.name} {'sources' if side == 'pre' else 'targets'}"]

    def at(self, side: str, edge: str) -> str:
        """The neurons on one side of the synapses ``edge``, counted in their whole group."""
        ends = self.ends
        if ends.form == "dense":
            found = f"{edge} {'//' if side == 'pre' else '%'} {self.size('post')}"
        elif ends.form == "one_to_one":
            found = edge
        else:
            found = f"{self.names[f'{self.space.name}._{side}']}.index_select(0, {edge}).long()"
            found += ".bitwise_and_(0xFFFF)" if ends.unsigned(side) else ""
        return _added(found, ends.first(side))

    def reached(self, task: Deliver) -> list[str]:
        """The synapses of the spikes and, in a batch, their rows: spike by spike, each neuron's in order."""
        side = task.trigger
        if self.ends.form == "sparse":
            return self._listed(task, side)
        count, lines, row, source = self.size(side), [], "row", "spikes"
        if self.batched:
            row = "row" if self.ends.form == "one_to_one" else "row_of_spike"
            lines, source = [f"{row}, source = spikes // {count}, spikes % {count}"], "source"
        if self.ends.form == "one_to_one":
            return [*lines, f"edge = {source}"]
        n_post, of = self.size("post"), f"{source}, " + (f"{self.size('pre')}, " if side == "post" else "")
        if self.batched:
            lines.append(f"row = dense_edges.held({row}, {self.size(_other(side))})")
        return [*lines, f"edge = dense_edges.of_{side}({of}{n_post})"]

    def _listed(self, task: Deliver, side: str) -> list[str]:
        offsets = self.names[f"{self.space.name}._{side}_offsets"]
        call = f"edge, row = expand(spikes, {offsets})" if self.batched else f"edge = expand_row(spikes, {offsets})"
        if task.sorted:
            return [call]
        order = self.names[f"{self.space.name}._{side}_order"]
        return [call, f"edge = {order}.index_select(0, edge).long()"]

    def neurons(self, task: Deliver, side: str) -> str:
        """The neurons on one side of all synapses that ``reached`` has found."""
        if self.ends.form != "dense":
            return self.at(side, "edge")
        count = self.size(_other(task.trigger))
        if side != task.trigger:
            return f"dense_edges.cycled({self.ends.first(side)}, {count}, spikes)"
        return _added(f"dense_edges.held({'source' if self.batched else 'spikes'}, {count})", self.ends.first(side))

    def summed(self, side: str) -> str:
        """Add ``values``, one a synapse, to the neurons ``summed`` of one side in the order of the synapses."""
        first, count = self.ends.first(side), self.size(side)
        if self.ends.form == "sparse":
            return f"summed.index_add_(0, {self.of_all(side)}, values)"
        part = f"summed[{first}:{first} + {count}]"
        if self.ends.form == "one_to_one":
            return f"{part}.add_(values)"
        matrix = f"values.view({self.size('pre')}, {self.size('post')})"
        lines = matrix if side == "post" else f"{matrix}.t()"
        zeros = f"torch.zeros({self.size(_other(side))}, dtype=torch.int64, device=values.device)"
        return f"{part}.unsqueeze(0).index_add_(0, {zeros}, {lines})"

    def of_all(self, side: str) -> str:
        """The array with the neurons on one side of all synapses of a list."""
        return self.names[all_ends(self.space.name, side)]


def any_mentions(lines: Iterable[str], name: str) -> bool:
    """Whether a name stands in one of some lines of code."""
    return any(mentions(line, name) for line in lines)


def mentions(line: str, name: str) -> bool:
    """Whether a name stands in a line of code."""
    padded = "".join(c if c.isalnum() or c == "_" else " " for c in line)
    return name in padded.split()


def _other(side: str) -> str:
    return "post" if side == "pre" else "pre"


def _added(found: str, first: int) -> str:
    return f"{found} + {first}" if first else found
