"""Time the accepted solutions of the timed assignments in torch beside the library's own, on a GPU or a processor.

python -m scripts.bench_gpu [--device cpu] [--case gpu] [--rounds N]: the methods take turns, each call gets new numbers
that lie on the device already, the cache is overwritten before it, and the clock is the machine's around a call and a
synchronisation. This is for operators and authors; what scores is timed by `stride bench`, with the walls between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch.nn import functional as F  # noqa: N812 - its usual name

from grader.benchmark.gpu import GpuDevice
from grader.benchmark.load import cases_of, load_work
from grader.contract import Assignment, load_assignment

ROOT = Path(__file__).parents[1] / "assignments"
IN_TORCH = ("19-fast-conv-gpu", "20-fast-pool-gpu", "21-depthwise-block")
LIBRARY = "torch's own"
Call = Callable[..., torch.Tensor]


def module_of(assignment: Assignment, sample: str) -> ModuleType:
    """An accepted sample, imported from its file: Triton reads kernels from there."""
    path = assignment.folder / "submissions" / "accepted" / f"{sample}.py"
    spec = spec_from_file_location(f"accepted_{assignment.number}_{sample}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def library_of(entry: str) -> Call:
    """torch's operator for an entry of an assignment."""

    def max_pool_backward(dout: torch.Tensor, x: torch.Tensor, window: int, stride: int) -> torch.Tensor:
        _, places = F.max_pool2d(x, window, stride, return_indices=True)
        sides = [window] * 2, [stride] * 2, [0, 0], [1, 1]
        return torch.ops.aten.max_pool2d_with_indices_backward(dout, x, *sides, False, places)

    def depthwise_separable(
        x: torch.Tensor, depthwise: torch.Tensor, pointwise: torch.Tensor, stride: int
    ) -> torch.Tensor:
        hidden = F.conv2d(x, depthwise[:, None], stride=stride, padding=1, groups=x.shape[1]).relu_()
        return F.conv2d(hidden, pointwise[:, :, None, None]).relu_()

    own: Mapping[str, Call] = {
        "conv_forward": F.conv2d,
        "max_pool": F.max_pool2d,
        "max_pool_backward": max_pool_backward,
        "depthwise_separable": depthwise_separable,
    }
    return own[entry]


def timed(device: GpuDevice, call: Call, arguments: list[Any]) -> float:
    """Milliseconds of one call."""
    device.is_calm(0.0)
    began = time.perf_counter()
    call(*arguments)
    if device.is_cuda:
        torch.cuda.synchronize(device.device)
    return (time.perf_counter() - began) * 1000


def table_of(name: str, device: GpuDevice, case: str, rounds: int) -> Table:
    """One assignment's methods, the fastest first."""
    assignment = load_assignment(ROOT / name)
    work = load_work(assignment, case)
    samples = [path.stem for path in assignment.submissions("accepted")]
    calls = {sample: getattr(module_of(assignment, sample), work.entry) for sample in samples}
    calls[LIBRARY] = library_of(work.entry)
    taken: dict[str, list[float]] = {method: [] for method in calls}
    rng = np.random.default_rng(0)
    for number in range(rounds + 1):
        drawn = work.draw(rng)
        arguments = [torch.from_numpy(a).to(device.device) if isinstance(a, np.ndarray) else a for a in drawn]
        for method, call in calls.items():
            milliseconds = timed(device, call, arguments)
            if number:  # the first call compiles and warms up
                taken[method].append(milliseconds)
    medians = {method: float(np.median(times)) for method, times in taken.items()}
    table = Table(title=f"{name}: {work.shape}, on {device.name}", title_justify="left")
    for column in ("Method", "ms", "GFLOP/s", "GB/s", "Speed beside torch's own"):
        table.add_column(column, justify="left" if column == "Method" else "right")
    for method, each in sorted(medians.items(), key=lambda item: item[1]):
        rates = f"{work.operations / each / 1e6:,.1f}", f"{work.bytes_moved / each / 1e6:,.1f}"
        table.add_row(method, f"{each:.3f}", *rates, f"{medians[LIBRARY] / each:.2f}")
    return table


@click.command()
@click.option("--device", "where", default="cuda", show_default=True, help="As PyTorch calls it: cuda, cuda:1, cpu.")
@click.option("--case", default="", help="The shape's name in benchmark.py; by default gpu on a GPU, else graded.")
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(1), help="Timed calls of each method.")
def main(where: str, case: str, rounds: int) -> None:
    """Time the methods and print a table for each assignment."""
    if where.startswith("cuda") and not torch.cuda.is_available():
        raise click.UsageError("PyTorch sees no GPU here; --device cpu times the processor")
    torch.set_num_threads(1)
    device, console = GpuDevice(where), Console()
    torch.backends.cudnn.allow_tf32 = False
    with device.lock(), torch.no_grad():
        device.prepare()
        for name in IN_TORCH:
            cases = cases_of(load_assignment(ROOT / name))
            chosen = case or ("gpu" if device.is_cuda and "gpu" in cases else cases[0])
            console.print(table_of(name, device, chosen, rounds))
        console.print(device.diagnostics(), *device.flags())


if __name__ == "__main__":
    main()
