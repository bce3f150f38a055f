"""Refused operators refuse by every way that we know, and nothing else does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from grader.contract import REFUSABLE
from grader.sandbox.inside import refusals
from tests.grader.sandbox.ways_to_convolve import WAYS

ROOT = Path(__file__).resolve().parents[3]
OPERATORS = sorted({name.partition(".")[0] for name in torch._C._dispatch_get_all_op_names()})

NO_CONVOLUTION = {
    *("aten::_convert_indices_from_coo_to_csr", "aten::_convert_indices_from_csr_to_coo"),
    *("aten::_convert_weight_to_int4pack", "aten::_convert_weight_to_int4pack_for_cpu"),
    "prims::convert_element_type",
}
"""Operators with `conv` in their names that cannot compute a convolution."""
NO_POOLING = {"inductor::_alloc_from_pool"}
NO_DROPOUT = {
    *("aten::_cudnn_init_dropout_state", "aten::_fill_mem_eff_dropout_mask_"),
    "aten::_flash_attention_forward_no_dropout_inplace",
}


def run_ways(*arguments: str) -> dict[str, str]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.grader.sandbox.ways_to_convolve", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def in_whole_torch() -> dict[str, str]:
    return run_ways()


@pytest.fixture(scope="module")
def where_it_refuses() -> dict[str, str]:
    return run_ways("refuse")


@pytest.mark.parametrize("name", WAYS)
def test_a_refused_convolution_refuses(name, in_whole_torch, where_it_refuses):
    assert in_whole_torch[name] == "computed", "the way must work where nothing refuses, or it shows nothing"
    assert re.search("refuses here|has no attribute|No constructor", where_it_refuses[name])


def in_a_process(code: str) -> str:
    """What Python code prints, in a process in which operators can be refused."""
    code = f"import torch\nfrom torch.nn import functional as F\nfrom grader.sandbox.inside import refusals\n{code}"
    command = [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


CALLS = {
    "conv1d": "F.conv1d(x[0], x[0, :, :, :3])",
    "conv2d": "F.conv2d(x, x[:, :, :3, :3])",
    "conv3d": "F.conv3d(x[None], x[None, :, :, :3, :3])",
    "conv_transpose1d": "F.conv_transpose1d(x[0], torch.ones(6, 2, 3))",
    "conv_transpose2d": "F.conv_transpose2d(x, torch.ones(4, 2, 3, 3))",
    "conv_transpose3d": "F.conv_transpose3d(x[None], torch.ones(2, 2, 1, 3, 3))",
    "unfold": "F.unfold(x, 2)",
    "fold": "F.fold(torch.ones(1, 4, 9), (4, 4), 2)",
    "max_pool1d": "F.max_pool1d(x[0], 2)",
    "max_pool2d": "F.max_pool2d(x, 2)",
    "max_pool3d": "F.max_pool3d(x, 2)",
    "adaptive_max_pool1d": "F.adaptive_max_pool1d(x[0], 2)",
    "adaptive_max_pool2d": "F.adaptive_max_pool2d(x, 2)",
    "adaptive_max_pool3d": "F.adaptive_max_pool3d(x, 2)",
    "avg_pool1d": "F.avg_pool1d(x[0], 2)",
    "avg_pool2d": "F.avg_pool2d(x, 2)",
    "avg_pool3d": "F.avg_pool3d(x, 2)",
    "adaptive_avg_pool1d": "F.adaptive_avg_pool1d(x[0], 2)",
    "adaptive_avg_pool2d": "F.adaptive_avg_pool2d(x, 2)",
    "adaptive_avg_pool3d": "F.adaptive_avg_pool3d(x, 2)",
    "max_unpool1d": "F.max_unpool1d(x[0], places[0] % 12, 2)",
    "max_unpool2d": "F.max_unpool2d(x, places, 2)",
    "max_unpool3d": "F.max_unpool3d(x, places, 2)",
    "interpolate": "F.interpolate(x, scale_factor=2)",
    "batch_norm": "F.batch_norm(x, None, None, training=True)",
    "layer_norm": "F.layer_norm(x, x.shape[1:])",
    "group_norm": "F.group_norm(x, 2)",
    "instance_norm": "F.instance_norm(x)",
    "rms_norm": "F.rms_norm(x, x.shape[1:])",
    "dropout": "F.dropout(x)",
    "linear": "F.linear(x, x[0, 0])",
    "softmax": "F.softmax(x, 1)",
    "log_softmax": "F.log_softmax(x, 1)",
    "cross_entropy": "F.cross_entropy(x[0, 0], torch.arange(6))",
    "nll_loss": "F.nll_loss(x[0, 0], torch.arange(6))",
}


def test_the_contract_knows_the_names_that_refuse_and_each_is_called_here():
    assert set(REFUSABLE) == set(refusals.FAMILIES) == set(CALLS)


def test_each_name_refuses_alone_and_works_in_whole_torch():
    names = list(CALLS)
    code = f"""
import json, os, sys
calls = {CALLS!r}
x = torch.rand(2, 4, 6, 6)
places = torch.arange(36).view(6, 6).expand(2, 4, 6, 6)
refusals.prepare()

def outcome(text):
    try:
        eval(text)
    except RuntimeError as error:
        return str(error)
    return "computed"

for name in calls:
    whole = outcome(calls[name])
    sys.stdout.flush()
    if os.fork() == 0:
        refusals.install([name])
        print(json.dumps([name, whole, outcome(calls[name])]), flush=True)
        os._exit(0)
    os.wait()
"""
    found = [json.loads(line) for line in in_a_process(code).splitlines()]
    assert [name for name, _, _ in found] == names
    for name, whole, refused in found:
        assert whole == "computed", (name, whole)
        assert refused == f"{name} is what this exercise asks you to write: it refuses here" or (
            refused.startswith(f"{name} is what this exercise asks you to write: torch's ")
        ), refused


def test_everything_else_computes_and_has_its_gradients():
    code = """
refusals.install(["conv2d", "max_pool2d"])
x = torch.rand(2, 3, 6, 6, requires_grad=True)
w = torch.rand(4, 3, 3, 3, requires_grad=True)
windows = F.unfold(x, 3).view(2, 27, 4, 4)
maps = F.batch_norm(torch.einsum("nkij,ok->noij", windows, w.view(4, 27)), None, None, training=True)
loss = F.cross_entropy(F.linear(F.avg_pool2d(F.relu(maps), 2).flatten(1), torch.ones(5, 16)), torch.tensor([0, 1]))
loss.backward()
print(float(x.grad.abs().sum()) > 0, w.grad.shape)
model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.Linear(3, 2))
optimizer = torch.optim.Adam(model.parameters())
model(torch.ones(5, 4)).sum().backward()
optimizer.step()
print(torch.func.vmap(torch.sin)(torch.ones(3)).shape, torch.jit.script(model)(torch.ones(5, 4)).shape)
"""
    assert in_a_process(code).split("\n")[:2] == [
        "True torch.Size([4, 3, 3, 3])",
        "torch.Size([3]) torch.Size([5, 2])",
    ]


def test_shapes_alone_refuse_too():
    code = """
refusals.install(["conv2d"])
try:
    F.conv2d(torch.empty(1, 1, 4, 4, device="meta"), torch.empty(1, 1, 3, 3, device="meta"))
except RuntimeError as error:
    print(error)
"""
    assert "refuses here" in in_a_process(code)


def test_no_kernel_of_a_refused_operator_is_left():
    """Whatever key it is registered under: what computes is ours, or passes on to what is ours."""
    code = """
import re
refusals.install(list(refusals.FAMILIES))
for operators in set(refusals.FAMILIES.values()):
    for name in torch._C._dispatch_get_all_op_names():
        if name.partition(".")[0] in operators:
            for line in torch._C._dispatch_dump(name).splitlines():
                if ": registered at" in line and "inactive" not in line and "at refusals:0" not in line:
                    print(re.match(r"\\w+", line).group())
"""
    assert set(in_a_process(code).split()) <= {
        *("debug", "Tracer", "ADInplaceOrView", "Functionalize"),
        *("AutocastCPU", "AutocastCUDA", "AutocastXPU", "AutocastMPS", "AutocastMTIA", "AutocastMAIA"),
    }


def test_nothing_refuses_where_no_name_is_given():
    code = "refusals.install([]); print(F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3)).item())"
    assert in_a_process(code) == "9.0\n"


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        refusals.install(["conv4d"])


@pytest.mark.parametrize(
    ("word", "families", "others"),
    [
        ("conv", (refusals.CONVOLUTIONS,), NO_CONVOLUTION),
        ("pool", (refusals.MAX_POOLS, refusals.AVERAGE_POOLS, refusals.UNPOOLINGS), NO_POOLING),
        ("unpool", (refusals.UNPOOLINGS,), set()),
        ("unfold", (refusals.WINDOWS,), {"aten::unfold", "aten::unfold_copy", "aten::unfold_backward"}),
        ("2col", (refusals.WINDOWS,), set()),
        ("col2im", (refusals.WINDOWS,), set()),
        ("upsample", (refusals.RESIZINGS,), set()),
        ("batch_norm", (refusals.NORMALISATIONS,), set()),
        ("layer_norm", (refusals.NORMALISATIONS,), set()),
        ("group_norm", (refusals.NORMALISATIONS,), set()),
        ("instance_norm", (refusals.NORMALISATIONS,), set()),
        ("rms_norm", (refusals.NORMALISATIONS,), set()),
        ("dropout", (refusals.DROPOUTS,), NO_DROPOUT),
        ("softmax", (refusals.SOFTMAXES,), set()),
        ("nll_loss", (refusals.CROSS_ENTROPIES,), {"aten::poisson_nll_loss"}),
    ],
)
def test_every_operator_of_this_torch_is_in_its_family_or_known_to_be_another(word, families, others):
    """Where a new torch brings another operator, one decides here where it belongs: no hole opens by an upgrade."""
    named = {name for name in OPERATORS if word in name.lower()}
    assert named
    assert named - set().union(*families) - others == set()
    assert others <= named


def test_every_operator_of_a_family_exists_in_this_torch():
    assert set().union(*refusals.FAMILIES.values()) - set(OPERATORS) == set()
