"""Make the weights of the sample submissions of 22-trained-network anew: a few minutes on one core.

python -m scripts.train_samples [NAME ...]: all samples, or those named. Data, seeds and one thread are fixed; another
version of torch may round otherwise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from reference.shapes import CLASSES, make_shapes

SAMPLES = Path(__file__).parent.parent / "assignments" / "22-trained-network" / "submissions"
NOISE = 0.3
BATCH = 100
ALPHABET = torch.tensor([sorted(CLASSES).index(name) for name in CLASSES])
Pair = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Course:
    """How a sample was trained: so many epochs of so many images each, and what its author did to the images.

    `again` trains on the same images in every epoch.
    """

    epochs: int = 6
    images: int = 6000
    noise: float = NOISE
    again: bool = False
    change: Callable[[Pair], Pair] = lambda pair: pair
    momentum: float = 0.1


COURSES = {
    "accepted/separable": Course(epochs=16, images=8000),
    "accepted/maxima": Course(epochs=8, images=8000),
    "wrong/untrained": Course(epochs=0),
    "wrong/less_noise": Course(noise=0.05),
    "wrong/bright_pixels": Course(change=lambda pair: (pair[0] * 255, pair[1])),
    "wrong/standardised": Course(change=lambda pair: ((pair[0] - 0.12) / 0.38, pair[1])),
    "wrong/upside_down": Course(change=lambda pair: (pair[0].flip(2), pair[1])),
    "wrong/other_order": Course(change=lambda pair: (pair[0], ALPHABET[pair[1]])),
    "wrong/learnt_by_heart": Course(epochs=15, images=700, again=True),
    "wrong/unsettled_statistics": Course(momentum=0.001),
    "wrong/eleven_classes": Course(epochs=1, change=lambda pair: (pair[0], pair[1] + 1)),
    "wrong/too_many_parameters": Course(epochs=1),
}
"""Samples with a training of their own; the others are saved wrongly (`DAMAGES`), or have the common weights."""


def damages(net: nn.Module) -> dict[str, dict[str, torch.Tensor]]:
    """What each sample of a file that does not fit saved, of a small network as it was born."""
    state = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    broken = state["conv.weight"].clone()
    broken[2, 0, 1, 3] = torch.nan
    return {
        "weights_prefix": {f"module.{name}": tensor for name, tensor in state.items()},
        "weights_buffers": {name: tensor.detach() for name, tensor in net.named_parameters()},
        "weights_missing": {name: tensor for name, tensor in state.items() if not name.startswith("norm.")},
        "weights_extra": state | {f"exp_avg.{name}": torch.zeros_like(p) for name, p in net.named_parameters()},
        "weights_transposed": state | {"out.weight": state["out.weight"].T.contiguous()},
        "weights_shape": state | {"conv.weight": state["conv.weight"][:, :, :3, :3].contiguous()},
        "weights_not_finite": state | {"conv.weight": broken},
    }


def network(name: str) -> nn.Module:
    """A sample's network, as its own seed makes it."""
    names: dict[str, object] = {}
    exec((SAMPLES / f"{name}.py").read_text(encoding="utf-8"), names)  # noqa: S102 - a file of this project
    torch.manual_seed(len(name))
    net = names["Net"]()  # type: ignore[operator]
    assert isinstance(net, nn.Module)
    return net


def epochs(course: Course) -> Iterator[Pair]:
    """The images and labels of each epoch."""
    for number in range(course.epochs):
        images, labels = make_shapes(course.images, 1 if course.again else 1 + number, noise=course.noise)
        yield course.change((torch.from_numpy(images), torch.from_numpy(labels)))


def train(net: nn.Module, course: Course) -> None:
    """Adam, with a learning rate that rises and falls once."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = course.momentum
    steps = max(1, course.epochs * course.images // BATCH)
    optimizer = torch.optim.Adam(net.parameters())
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=steps)
    net.train()
    for images, labels in epochs(course):
        for chosen in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(net(images[chosen]), labels[chosen]).backward()
            optimizer.step()
            rate.step()


def accuracy(net: nn.Module) -> float:
    """The share of 4 000 images that it names, which no epoch had."""
    images, labels = make_shapes(4000, 10**6, noise=NOISE)
    net.eval()
    with torch.no_grad():
        return float(np.mean(net(torch.from_numpy(images)).argmax(1).numpy() == labels))


def write(state: dict[str, torch.Tensor], path: Path) -> None:
    """In half precision, which is enough and takes half the room."""
    kept = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()}
    path.write_bytes(save(kept))


def main(wanted: list[str]) -> None:
    """Train and save the samples that are named, or all."""
    torch.set_num_threads(1)
    for name, course in COURSES.items():
        if wanted and name not in wanted:
            continue
        net = network(name)
        train(net, course)
        sys.stdout.write(f"{name}: {accuracy(net):.4f} of new images\n")
        sys.stdout.flush()
        shared = name == "accepted/separable"
        write(net.state_dict(), SAMPLES / ("weights.safetensors" if shared else f"{name}.safetensors"))
    for name, state in damages(network("wrong/weights_prefix")).items():
        if not wanted or f"wrong/{name}" in wanted:
            write(state, SAMPLES / "wrong" / f"{name}.safetensors")


if __name__ == "__main__":
    main(sys.argv[1:])
