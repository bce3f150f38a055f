"""Training a student's network under a budget: fixed data, steps and seed, an epoch a request, the loss as a chart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from grader.authoring.comparisons import expect
from grader.authoring.device import device
from grader.authoring.networks import predict
from grader.authoring.numeric import seed_of
from reference.shapes import CLASSES, make_shapes

if TYPE_CHECKING:
    from grader.judge.student import Student

PREPARE = """
def prepare(net, images, labels, rate, momentum, seed, device):
    class Run:
        # Adam and SGD as torch.optim has them, whose first step imports torch's compiler, for a second.
        def step(self):
            self.steps += 1
            with torch.no_grad():
                for p, first, second in self.moments:
                    if p.grad is None:
                        continue
                    if momentum is None:
                        first.lerp_(p.grad, 0.1)
                        second.mul_(0.999).addcmul_(p.grad, p.grad, value=0.001)
                        spread = (second.sqrt() / (1 - 0.999**self.steps) ** 0.5).add_(1e-8)
                        p.addcdiv_(first, spread, value=-rate / (1 - 0.9**self.steps))
                    else:
                        first.mul_(momentum).add_(p.grad)
                        p.sub_(first, alpha=rate)

    run = Run()
    run.net, run.images, run.labels, run.steps = net, images.to(device), labels.to(device), 0
    trained = [p for p in net.parameters() if p.requires_grad]
    run.moments = [(p, *(torch.zeros_like(p, device=device) for _ in range(2))) for p in trained]
    run.generator = torch.Generator().manual_seed(seed)
    return run
"""

EPOCH = """
def epoch(run, batch, seed, device):
    torch.manual_seed(seed)
    run.net.to(device).train()
    total = 0.0
    for chosen in torch.randperm(len(run.images), generator=run.generator).split(batch):
        run.net.zero_grad()
        loss = F.cross_entropy(run.net(run.images[chosen]), run.labels[chosen])
        loss.backward()
        run.step()
        total += float(loss.detach()) * len(chosen)
    run.net.to("cpu")
    return total / len(run.images)
"""


@dataclass(slots=True)
class Training:
    """A run of training in the sandbox. Adam, or SGD where `momentum` is given; cross-entropy of the logits.

    `rate` is the learning rate, `batch` the images a step; `losses` holds the mean loss of each epoch so far, as the
    sandbox says: what the network has learnt is judged by `accuracy` on images that it sees afterwards.
    """

    student: Student
    net: Any
    images: torch.Tensor
    labels: torch.Tensor
    rng: np.random.Generator
    rate: float = 2e-3
    batch: int = 64
    momentum: float | None = None
    losses: list[float] = field(default_factory=list)
    _run: Any = None

    def epochs(self, count: int) -> Iterator[float]:
        """Train for `count` epochs and give the mean loss of each as it ends. Raises CheckFailed, StudentFault."""
        if self._run is None:
            seed = seed_of(self.rng)
            given = (self.images, self.labels, self.rate, self.momentum, seed, device())
            self._run = self.student.run(PREPARE, self.net, *given)
        for _ in range(count):
            loss = self.student.run(EPOCH, self._run, self.batch, seed_of(self.rng), device())
            expect(isinstance(loss, float), "Training did not give a loss.")
            told = f"After {len(self.losses) + 1} epochs the loss is {loss}: the weights have grown beyond all numbers."
            expect(np.isfinite(loss), told)
            self.losses.append(loss)
            yield loss


def accuracy(student: Student, net: Any, images: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of images whose largest logit is their class's, in evaluation mode.

    Raises CheckFailed for what are no logits (N, classes), StudentFault.
    """
    logits = predict(student, net, images)
    shape = tuple(getattr(logits, "shape", ()))
    told = (
        f"The network returns {shape or type(logits).__name__} for {len(labels)} images; logits are one row an image."
    )
    expect(len(shape) == 2 and shape[0] == len(labels), told)
    return float((torch.as_tensor(logits).argmax(1) == labels).double().mean())


def figures(
    rng: np.random.Generator, n: int, noise: float = 0.1, size: int = 32, classes: tuple[str, ...] = CLASSES
) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (n, 1, size, size) of the course's ten figures and their classes (n,), as tensors."""
    images, labels = make_shapes(n, rng, size=size, noise=noise, classes=classes)
    return torch.from_numpy(images), torch.from_numpy(labels)
