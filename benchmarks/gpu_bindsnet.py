"""BindsNET's side of ``gpu.py``, in the same process; nothing where BindsNET is not installed."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version

import numpy as np
import reference_workload as reference
import torch
from gpu_workload import Plain, require_between

Range = tuple[float, float]


def installed() -> str:
    """Its version, or nothing."""
    return version("bindsnet") if importlib.util.find_spec("bindsnet") else ""


def reference_network(weights: np.ndarray, rates: np.ndarray, device: str, known: Range) -> Plain | None:
    """The reference network of ``reference_bindsnet.py``; a run checks its rate in Hz."""
    if not installed():
        return None
    import reference_bindsnet as theirs  # takes the place of torchvision where that is missing

    n = len(rates)
    network = theirs.Network(dt=1.0, learning=False)
    inputs = theirs.Input(n=n)
    neurons = theirs.LIFNodes(
        n=n,
        thresh=reference.V_THRESHOLD,
        rest=reference.V_REST,
        reset=reference.V_RESET,
        refrac=reference.REFRACTORY_STEPS,
        tc_decay=reference.TAU,
    )
    network.add_layer(inputs, name="inputs")
    network.add_layer(neurons, name="neurons")
    matrix = torch.from_numpy(weights.copy())
    network.add_connection(theirs.Connection(source=inputs, target=neurons, w=matrix), "inputs", "neurons")
    chances = torch.from_numpy(rates * 1e-3).float().to(device)
    return _runs(network, "inputs", "neurons", chances, device, known)


def diehl_cook(n: int, rows: int, chances: np.ndarray, device: str, known: Range) -> Plain | None:
    """BindsNET's ``DiehlAndCook2015v2`` with a batch of the same input; changes of the batch are summed."""
    if not installed():
        return None
    import reference_bindsnet  # noqa: F401 - takes the place of torchvision where that is missing
    from bindsnet.models import DiehlAndCook2015v2

    network = DiehlAndCook2015v2(n_inpt=len(chances), n_neurons=n, reduction=torch.sum, inpt_shape=(len(chances),))
    given = torch.from_numpy(chances).float().to(device).expand(rows, -1)
    return _runs(network, "X", "Y", given, device, known)


def _runs(
    network: torch.nn.Module, inputs: str, outputs: str, chances: torch.Tensor, device: str, known: Range
) -> Plain:
    """A function that runs so many steps with input that it draws, and checks the rate of the output in Hz."""
    from bindsnet.network.monitors import Monitor

    network.to(device)
    size, rows = network.layers[outputs].n, chances.numel() // chances.shape[-1]

    def run(steps: int) -> None:
        watching = Monitor(network.layers[outputs], ["s"], time=steps, batch_size=rows, device=device)
        network.add_monitor(watching, "spikes")
        with torch.no_grad():
            network.reset_state_variables()
            given = torch.rand(steps, *chances.shape, device=device) < chances
            network.run(inputs={inputs: given}, time=steps)
        rate = int(watching.get("s").sum()) / (size * rows * steps) * 1e3
        require_between("BindsNET's rate", rate, *known)

    return run
