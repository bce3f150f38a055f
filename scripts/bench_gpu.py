"""Time the accepted solutions of the timed assignments in torch beside the library's own, on a GPU or a processor.

python -m scripts.bench_gpu [--device cpu] [--case gpu] [--rounds N]: the methods take turns, each call gets new numbers
that lie on the device already, the cache is overwritten before it, and the clock is the machine's around a call and a
synchronisation. Ends with 2 where there is no GPU. This is for operators and authors; what scores is timed by
`stride bench`, with the walls between.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from grader.benchmark.gpu import GpuDevice
from grader.benchmark.load import cases_of, load_work
from grader.benchmark.work import Work
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


def library_of(work: Work) -> Call:
    """The library's own operator for what is timed."""
    names: dict[str, Any] = {}
    exec(compile(work.library, "<library>", "exec"), names)  # noqa: S102
    own: Call = names[work.entry]
    return own


def timed(device: GpuDevice, call: Call, arguments: list[Any]) -> float:
    """Milliseconds of one call."""
    device.is_calm(0.0)  # writes over the cache, whoever else is there
    began = time.perf_counter()
    call(*arguments)
    if device.is_cuda:
        torch.cuda.synchronize(device.device)
    taken = (time.perf_counter() - began) * 1000
    device.look()
    return taken


def table_of(name: str, device: GpuDevice, case: str, rounds: int) -> Table:
    """One assignment's methods, the fastest first."""
    assignment = load_assignment(ROOT / name)
    work = load_work(assignment, case)
    samples = [path.stem for path in assignment.submissions("accepted")]
    calls = {sample: getattr(module_of(assignment, sample), work.entry) for sample in samples}
    calls[LIBRARY] = library_of(work)
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


def case_of(name: str, asked: str, *, on_gpu: bool) -> str:
    """The case of an assignment that is timed, empty where it has not the one that is asked for."""
    cases = cases_of(load_assignment(ROOT / name))
    if asked:
        return asked if asked in cases else ""
    return "gpu" if on_gpu and "gpu" in cases else cases[0]


@click.command()
@click.option("--device", "where", default="cuda", show_default=True, help="As PyTorch calls it: cuda, cuda:1, cpu.")
@click.option("--case", default="", help="The shape's name in benchmark.py; by default gpu on a GPU, else graded.")
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(1), help="Timed calls of each method.")
def main(where: str, case: str, rounds: int) -> None:
    """Time the methods and print a table for each assignment."""
    if where.startswith("cuda") and not torch.cuda.is_available():
        raise click.UsageError("PyTorch sees no GPU here; --device cpu times the processor")
    cases = {name: chosen for name in IN_TORCH if (chosen := case_of(name, case, on_gpu=where.startswith("cuda")))}
    if not cases:
        raise click.UsageError(f"no assignment has a case {case!r}")
    torch.set_num_threads(1)
    device, console = GpuDevice(where), Console()
    torch.backends.cudnn.allow_tf32 = False
    with device.lock(), torch.no_grad():
        device.prepare()
        for name, chosen in cases.items():
            console.print(table_of(name, device, chosen, rounds))
        console.print(device.diagnostics(), *device.flags())


if __name__ == "__main__":
    main()
