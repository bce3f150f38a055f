"""The accepted solutions and the reference networks on a device: the same questions on a processor and on a GPU."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from grader.benchmark.load import load_work
from grader.benchmark.work import disagreement
from grader.contract import load_assignment
from scripts.bench_gpu import IN_TORCH, ROOT, module_of

SAMPLES = [(name, path.stem) for name in IN_TORCH for path in sorted((ROOT / name).glob("submissions/accepted/*.py"))]
ROUNDING = 1e-3
"""Relative to the largest output: float32 through dozens of layers; TF32 is off by ten times as much."""


def what_is_wrong(name: str, sample: str, device: str, case: str = "graded") -> list[str]:
    """What an accepted sample's outputs on the device disagree in with the float64 answers: nothing, if all is well."""
    assignment = load_assignment(ROOT / name)
    work = load_work(assignment, case)
    arguments = work.draw(np.random.default_rng(3))
    there = [torch.from_numpy(each).to(device) if isinstance(each, np.ndarray) else each for each in arguments]
    value = getattr(module_of(assignment, sample), work.entry)(*there)
    outputs = value if isinstance(value, tuple) else (value,)
    found = [] if all(each.device == there[0].device for each in outputs) else ["it lies on another device"]
    pairs = zip(outputs, work.expected(arguments), strict=True)
    return found + [said for got, wanted in pairs if (said := disagreement(got.cpu().numpy(), wanted))]


def rounding_of(build: Callable[[], nn.Module], shape: tuple[int, ...], device: str) -> float:
    """How far float32 on the device is from float64 on the processor, relative to the largest output."""
    torch.manual_seed(5)
    exact = build().double().eval()
    images = torch.randn(2, *shape, dtype=torch.float64)
    with torch.no_grad():
        wanted = exact(images)
        network = exact.float().to(device)
        got = network(images.float().to(device)).double().cpu()
    return float((got - wanted).abs().max() / wanted.abs().max())
