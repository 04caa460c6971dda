"""A handwritten digit, one Poisson input per pixel, seen by leaky neurons with random receptive fields.

The digit comes from MNIST where its files are found (--data FOLDER, or the environment variable SPIKEQ_DATA), and
from scikit-learn's smaller digits otherwise.
"""

from __future__ import annotations

import argparse

import numpy as np

import spikeq as sq
from spikeq.experiment import plotting
from spikeq.experiment.datasets import data_folders, mnist

tau = 20 * sq.ms
v_threshold = 15 * sq.mV


def read_digits(folder: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Images ``[n, height, width]`` with values from 0 to 1, and their labels ``[n]``."""
    if data_folders(folder):
        images, labels = mnist("test", folder)
        return images / 255.0, labels
    from sklearn.datasets import load_digits

    digits = load_digits()
    return digits.images / 16.0, digits.target


def simulate(image: np.ndarray, duration: sq.Quantity) -> sq.SpikeMonitor:
    """Show the image to 50 neurons; a white pixel fires at 100 Hz."""
    pixels = sq.PoissonGroup(image.size, rates=image.ravel() * 100 * sq.Hz)
    neurons = sq.NeuronGroup(
        50,
        "dv/dt = -v/tau : volt (unless refractory)",
        threshold="v > v_threshold",
        reset="v = 0*mV",
        refractory=2 * sq.ms,
        method="exact",
    )
    synapses = sq.Synapses(pixels, neurons, "w : volt (constant)", on_pre="v_post += w")
    synapses.connect(p=0.2)
    synapses.w = f"{100 / image.size}*(0.1 + rand())*4*mV"
    spikes = sq.SpikeMonitor(neurons)
    sq.Network(pixels, neurons, synapses, spikes, seed=1).run(duration)
    return spikes


def draw(image: np.ndarray) -> str:
    """The image in letters, two to a pixel."""
    shades = " .:-=+*#%@"
    return "\n".join("".join(2 * shades[int(value * 9.99)] for value in row) for row in image)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="FOLDER", help="the folder of MNIST's files (default: SPIKEQ_DATA)")
    parser.add_argument("--index", type=int, default=0, help="which digit of the set (default: 0)")
    parser.add_argument("--plot", metavar="FILE", help="draw the raster into FILE")
    parser.add_argument("--short", action="store_true", help="show the digit for 100 ms instead of 1 s")
    arguments = parser.parse_args()

    try:
        images, labels = read_digits(arguments.data)
    except sq.DataError as error:
        parser.error(error.message)
    except ModuleNotFoundError:
        parser.error("install scikit-learn (pip install '.[examples]'), or name the folder of MNIST's files by --data")
    if not 0 <= arguments.index < len(images):
        parser.error(f"--index must be from 0 to {len(images) - 1}")
    image, label = images[arguments.index], labels[arguments.index]
    duration = (100 if arguments.short else 1000) * sq.ms
    spikes = simulate(image, duration)
    print(draw(image))
    print(f"a {label}: {spikes.num_spikes} spikes; neuron {int(np.argmax(spikes.count))} answers most")
    if arguments.plot:
        plotting.raster(spikes, title=f"50 neurons that see a {label}").savefig(arguments.plot)


if __name__ == "__main__":
    main()
