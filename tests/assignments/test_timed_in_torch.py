"""The timed assignments in torch: their examples, their other shapes, and their Triton kernels without a GPU."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

import pytest
import torch

from grader.benchmark.load import cases_of
from grader.contract import load_assignment
from grader.sandbox.inside import refusals
from reference.models.catalogue import ARCHITECTURES
from scripts.bench_gpu import IN_TORCH, ROOT, module_of
from tests.on_device import ROUNDING, SAMPLES, rounding_of, what_is_wrong

OTHER_CASES = [
    (name, sample, case)
    for name, sample in SAMPLES
    for case in cases_of(load_assignment(ROOT / name))
    if case not in ("graded", "gpu") and sample not in ("pixels", "fourier")
]
INTERPRETED = {
    "19-fast-conv-gpu": """
for size, kernels, stride, pad in [
    ((2, 3, 8, 10), (4, 3, 3, 3), 1, 1), ((1, 2, 9, 10), (70, 2, 3, 5), 3, 2), ((1, 4, 1, 1), (3, 4, 1, 1), 1, 0)
]:
    x, w, b = torch.randn(size), torch.randn(kernels), torch.randn(kernels[0])
    got, wanted = sample.gathered(x, w, b, stride, pad), F.conv2d(x, w, b, stride, pad)
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-4)
""",
    "20-fast-pool-gpu": """
for size, window, stride in [
    ((2, 3, 9, 11), 3, 2), ((1, 2, 9, 7), 2, 3), ((1, 1, 1, 1), 1, 1), ((3, 7, 20, 21), 4, 1)
]:
    x = -torch.randint(1, 4, size).double()
    out = sample.walked(x, window, stride)
    assert torch.equal(out, F.max_pool2d(x, window, stride))
    dout = torch.randint(1, 99, out.shape).double()
    assert torch.equal(sample.walked_back(dout, x, window, stride), sample.compared_back(dout, x, window, stride))
""",
}


@pytest.mark.parametrize(("name", "sample", "case"), OTHER_CASES)
def test_other_shapes_come_out_right_as_well(name: str, sample: str, case: str) -> None:
    assert what_is_wrong(name, sample, "cpu", case) == []


@pytest.mark.parametrize("name", IN_TORCH)
def test_example_of_the_statement_is_true(name: str) -> None:
    """Every matrix that the example gives for a result stands in what the reference makes of its code."""
    assignment = load_assignment(ROOT / name)
    assert assignment.benchmark is not None
    names = {"torch": torch} | vars(module_of(assignment, assignment.benchmark.reference))
    text = assignment.statement()
    exec(re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)[-1], names)
    shown = text.partition("## Example")[2].partition("## How")[0]
    for result in ("out", "dx"):
        for matrix in re.findall(rf"\\text\{{{result}\}} = \\begin\{{pmatrix\}}(.*?)\\end", shown):
            rows = [[float(number) for number in row.split("&")] for row in matrix.split(r"\\")]
            assert names[result][0, 0].tolist() == rows
    if name == "21-depthwise-block":
        assert names["out"].tolist() == [[[[2.0, 4.0], [4.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]]


@pytest.mark.parametrize("name", INTERPRETED)
def test_triton_kernel_gives_the_right_answer_in_tritons_interpreter(name: str) -> None:
    if importlib.util.find_spec("triton") is None:
        pytest.skip("Triton is not installed: it comes with PyTorch's builds for CUDA")
    code = (
        "import torch\nfrom torch.nn import functional as F\nfrom grader.contract import load_assignment\n"
        "from scripts.bench_gpu import ROOT, module_of\ntorch.manual_seed(3)\n"
        f"sample = module_of(load_assignment(ROOT / {name!r}), 'triton_kernel')\n{INTERPRETED[name]}"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ) | {"TRITON_INTERPRET": "1"},
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", ["lenet5", "mobilenet-0.25"])
def test_reference_network_rounds_as_float32_does(name: str) -> None:
    architecture = ARCHITECTURES[name]
    side = min(64, architecture.input[1])
    found = rounding_of(lambda: architecture.build(10), (architecture.input[0], side, side), "cpu")
    assert 0 < found < ROUNDING


def test_repeating_a_tensor_is_not_refused_with_the_windows_of_a_convolution() -> None:
    assert not [operator for operator in refusals.WINDOWS if operator.startswith("aten::unfold")]
    code = (
        "import torch\nfrom grader.sandbox.inside import refusals\n"
        "refusals.install(['unfold'])\nprint(torch.ones(2).repeat(3).sum().item())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT.parent, capture_output=True, text=True, check=True)
    assert run.stdout == "6.0\n"
