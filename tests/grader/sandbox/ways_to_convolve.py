"""Every way to have torch compute a convolution that we know, each tried in a fork: `ways_to_convolve.py [refuse]`.

Prints one JSON object: for each way "computed" where it gave the right values, else what it raised. It is a process of
its own, because what is refused in one stays refused.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it
from torch.utils._python_dispatch import TorchDispatchMode

from grader.sandbox.inside import refusals

Way = Callable[[], torch.Tensor]
WAYS: dict[str, Way] = {}
ATEN = torch.ops.aten
C = torch._C
KEYS = C.DispatchKey

GENERATOR = torch.Generator().manual_seed(1)
X = torch.randn(2, 3, 7, 8, generator=GENERATOR)
W = torch.randn(4, 3, 3, 3, generator=GENERATOR)
ONE, ZERO = [1, 1], [0, 0]
RIGHT = torch.einsum("nchwij,ocij->nohw", X.unfold(2, 3, 1).unfold(3, 3, 1), W)
"""Computed from windows, before anything refuses."""

DEPTHWISE_X = torch.randn(1, 4, 8, 8, generator=GENERATOR)
DEPTHWISE_W = torch.randn(4, 1, 3, 3, generator=GENERATOR)
DEPTHWISE = torch.einsum("nchwij,cij->nchw", DEPTHWISE_X.unfold(2, 3, 1).unfold(3, 3, 1), DEPTHWISE_W[:, 0])


def way(function: Way) -> Way:
    WAYS[function.__name__] = function
    return function


@way
def functional():
    return F.conv2d(X, W)


@way
def module():
    layer = nn.Conv2d(3, 4, 3, bias=False)
    layer.weight.data = W
    return layer(X)


@way
def with_gradients():
    return torch.conv2d(X.clone().requires_grad_(), W.clone().requires_grad_()).detach()


@way
def padding_by_name():
    return F.conv2d(X, W, padding="valid")


@way
def in_double():
    return F.conv2d(X.double(), W.double()).float()


@way
def in_half():
    return F.conv2d(X.half(), W.half()).float()


@way
def in_inference_mode():
    with torch.inference_mode():
        return F.conv2d(X, W).clone()


@way
def under_autocast():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return F.conv2d(X, W).float()


@way
def aten_convolution():
    return ATEN.convolution(X, W, None, ONE, ZERO, ONE, False, ZERO, 1)


@way
def torch_convolution():
    return torch.convolution(X, W, None, ONE, ZERO, ONE, False, ZERO, 1)


@way
def underscored_convolution():
    return torch._convolution(X, W, None, ONE, ZERO, ONE, False, ZERO, 1, False, False, False, False)


@way
def into_a_given_tensor():
    return ATEN.convolution.out(X, W, None, ONE, ZERO, ONE, False, ZERO, 1, out=torch.empty_like(RIGHT))


@way
def mkldnn():
    return torch.mkldnn_convolution(X, W, None, ZERO, ONE, ONE, 1)


@way
def mkldnn_tensors():
    return torch.conv2d(X.to_mkldnn(), W.to_mkldnn()).to_dense()


@way
def mkldnn_pointwise():
    return torch.ops.mkldnn._convolution_pointwise(X, W, None, ZERO, ONE, ONE, 1, "none", [], None)


@way
def slow_conv2d():
    return ATEN._slow_conv2d_forward(X, W, [3, 3], None, ONE, ZERO)


@way
def thnn_conv2d():
    return C._nn.thnn_conv2d(X, W, [3, 3], None, ONE, ZERO)


@way
def slow_conv_dilated():
    return C._nn.slow_conv_dilated2d(X, W, [3, 3], None, ONE, ZERO, ONE)


@way
def in_three_dimensions():
    return F.conv3d(X[:, :, None], W[:, :, None])[:, :, 0]


@way
def slow_conv3d():
    return C._nn.slow_conv3d(X[:, :, None], W[:, :, None], [1, 3, 3], None, [1, 1, 1], [0, 0, 0])[:, :, 0]


@way
def one_row_after_the_other():
    rows = [F.conv1d(X[:, :, i : i + 5].permute(0, 2, 1, 3).reshape(10, 3, 8), W[:, :, i]) for i in range(3)]
    return sum(rows).view(2, 5, 4, 6).permute(0, 2, 1, 3)


@way
def time_batch_channel():
    rows = []
    for i in range(3):
        signal = X[:, :, i : i + 5].permute(3, 0, 2, 1).reshape(8, 10, 3)
        rows.append(torch.conv_tbc(signal, W[:, :, i].permute(2, 1, 0).contiguous(), torch.zeros(4)))
    return sum(rows).view(6, 2, 5, 4).permute(1, 3, 2, 0)


@way
def transposed_and_flipped():
    return F.conv_transpose2d(X, W.flip(2, 3).transpose(0, 1), padding=2)


@way
def backward_as_forward():
    # The gradient of a transposed convolution with respect to its input is a convolution.
    inner = torch.zeros_like(RIGHT)
    return ATEN.convolution_backward(X, inner, W, None, ONE, ZERO, ONE, True, ZERO, 1, [True, False, False])[0]


@way
def in_torchscript():
    @torch.jit.script
    def convolve(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return torch.conv2d(x, w)

    return convolve(X, W)


@way
def traced():
    return torch.jit.trace(lambda x, w: torch.conv2d(x, w), (X, W))(X, W)


@way
def scripts_operation():
    return C._jit_get_operation("aten::conv2d")[0](X, W)


@way
def mapped():
    return torch.func.vmap(lambda x: F.conv2d(x[None], W)[0])(X)


@way
def derivative_of_the_weight():
    return torch.func.jvp(lambda w: F.conv2d(X, w), (W,), (W,))[1]


@way
def below_autograd():
    with C._AutoDispatchBelowAutograd():
        return ATEN.mkldnn_convolution(X, W, None, ZERO, ONE, ONE, 1)


@way
def inside_a_dispatch_mode():
    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            return function(*args, **(kwargs or {}))

    with Mode():
        return F.conv2d(X, W)


def by_every_key(attempt: Callable[[KEYS], torch.Tensor]) -> torch.Tensor:
    """Try every dispatch key, each in a fork of its own: with some of them torch reads memory that is not there."""
    for key in KEYS.__members__.values():
        if in_a_fork(lambda key=key: attempt(key)) == "computed":
            return RIGHT
    raise RuntimeError("refuses here, whatever the key")


@way
def redispatched_by_every_key():
    return by_every_key(
        lambda key: ATEN.convolution.default.redispatch(
            C.DispatchKeySet(key), X, W, None, ONE, ZERO, ONE, False, ZERO, 1
        )
    )


@way
def mkldnn_redispatched_by_every_key():
    return by_every_key(
        lambda key: ATEN.mkldnn_convolution.default.redispatch(C.DispatchKeySet(key), X, W, None, ZERO, ONE, ONE, 1)
    )


@way
def slow_redispatched_by_every_key():
    return by_every_key(
        lambda key: ATEN._slow_conv2d_forward.default.redispatch(C.DispatchKeySet(key), X, W, [3, 3], None, ONE, ZERO)
    )


@way
def kernel_of_every_key():
    def attempt(key: KEYS) -> torch.Tensor:
        kernel = C._dispatch_get_computed_kernel_for_dispatch_key("aten::mkldnn_convolution", key)
        return kernel.call_boxed(C.DispatchKeySet(key), X, W, None, ZERO, ONE, ONE, 1)

    return by_every_key(attempt)


@way
def in_whole_numbers():
    x = torch.quantize_per_tensor(X, 0.01, 128, torch.quint8)
    w = torch.quantize_per_tensor(W, 0.01, 0, torch.qint8)
    packed = torch.ops.quantized.conv2d_prepack(w, None, ONE, ZERO, ONE, 1)
    out = torch.ops.quantized.conv2d(x, packed, 0.1, 128).dequantize()
    return RIGHT if torch.corrcoef(torch.stack([out.flatten(), RIGHT.flatten()]))[0, 1] > 0.8 else out


def graph_of_a_convolution(x: torch.Tensor, w: torch.Tensor, groups: int, *, relu: bool = False) -> object:
    out = [x.shape[0], w.shape[0], x.shape[2] - 2, x.shape[3] - 2]

    def of(shape) -> str:
        strides = torch.empty(shape).stride()
        return f"Float({', '.join(map(str, shape))}, strides={list(strides)}, requires_grad=0, device=cpu)"

    last = f"%z : {of(out)} = aten::relu(%y)" if relu else ""
    return C.parse_ir(f"""
graph(%x : {of(x.shape)}, %w : {of(w.shape)}, %b : {of(w.shape[:1])}):
  %groups : int = prim::Constant[value={groups}]()
  %one : int[] = prim::Constant[value=[1, 1]]()
  %zero : int[] = prim::Constant[value=[0, 0]]()
  %y : {of(out)} = aten::conv2d(%x, %w, %b, %one, %zero, %one, %groups)
  {last}
  return ({"%z" if relu else "%y"})
""")


@way
def fused_by_onednn():
    torch.jit.enable_onednn_fusion(True)
    C._jit_set_num_profiled_runs(0)
    function = C._create_function_from_graph("convolve", graph_of_a_convolution(X, W, 1, relu=True))
    with torch.no_grad():
        out = function(X, W, torch.zeros(4))
        out = function(X, W, torch.zeros(4))
    return RIGHT if torch.allclose(out, RIGHT.relu(), atol=1e-4) else out


@way
def as_a_tensor_expression():
    C._jit_set_te_must_use_llvm_cpu(False)
    kernel = C._te.TensorExprKernel(graph_of_a_convolution(DEPTHWISE_X, DEPTHWISE_W, 4))
    out = kernel.run((DEPTHWISE_X, DEPTHWISE_W, torch.zeros(4)))
    return RIGHT if torch.allclose(out, DEPTHWISE, atol=1e-4) else out


@way
def as_a_tensor_expression_found_among_classes():
    if hasattr(C, "_jit_set_te_must_use_llvm_cpu"):
        C._jit_set_te_must_use_llvm_cpu(False)
    named = {each.__name__: each for each in C.Graph.__mro__[1].__subclasses__()}
    kernel = named["TensorExprKernel"](graph_of_a_convolution(DEPTHWISE_X, DEPTHWISE_W, 4))
    out = kernel.run((DEPTHWISE_X, DEPTHWISE_W, torch.zeros(4)))
    return RIGHT if torch.allclose(out, DEPTHWISE, atol=1e-4) else out


@way
def after_ending_every_library():
    for found in gc.get_objects():
        if isinstance(found, torch.library.Library) and found.ns == "aten" and found.kind == "IMPL":
            found._destroy()
        elif type(found).__name__ == "_DispatchModule":
            found.reset()
    return ATEN.mkldnn_convolution(X, W, None, ZERO, ONE, ONE, 1)


@way
def after_a_fallthrough():
    library = torch.library.Library("aten", "IMPL")
    for key in ("AutogradCPU", "AutocastCPU", "Tracer"):
        library.impl("mkldnn_convolution", torch.library.fallthrough_kernel, key)
    return ATEN.mkldnn_convolution(X, W, None, ZERO, ONE, ONE, 1)


def is_right(out: object) -> bool:
    return isinstance(out, torch.Tensor) and out.shape == RIGHT.shape and torch.allclose(out.float(), RIGHT, atol=0.2)


def outcome(convolve: Way) -> str:
    try:
        out = convolve()
    except Exception as error:  # noqa: BLE001 - whatever a way raises is its outcome
        return f"{type(error).__name__}: {error}"
    return "computed" if is_right(out) else "something else"


def in_a_fork(convolve: Way) -> str:
    """One way's outcome, from a child: what it breaks or undoes ends with it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, outcome(convolve).encode()[:60_000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(child, 0)
    return text or "died"


if __name__ == "__main__":
    torch.set_num_threads(1)
    if sys.argv[1:] == ["refuse"]:
        refusals.install(["conv2d"])
    sys.stdout.write(json.dumps({name: in_a_fork(convolve) for name, convolve in WAYS.items()}))
