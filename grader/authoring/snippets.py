"""What the checks of networks have run in the sandbox, beside the submission, and here on the reference.

Each text is one function. A network stays on the processor: what takes long moves it to `device` and back.
"""

from __future__ import annotations

import textwrap
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

FILL = """
def fill(net):
    # The system hands out zeros page by page, as they are read: a hundred million of them cost nothing until then. The
    # C library clears by hand what it has had before, but not what is larger than 32 MiB: so tensors share such rooms.
    room = np.zeros(0, np.uint8)

    def zeros(tensor):
        nonlocal room
        kind = torch.empty(0, dtype=tensor.dtype).numpy().dtype
        size = tensor.numel() * kind.itemsize
        if size > len(room):
            room = np.zeros(max(size, 2**26), np.uint8)
        own, room = room[:size], room[-(-size // 64) * 64 :]
        return torch.from_numpy(own.view(kind).reshape(tuple(tensor.shape)))

    net._apply(zeros)
"""

BUILD = f"""
def build(name, seed, is_blank, args, kwargs):
{textwrap.indent(FILL, "    ")}
    torch.manual_seed(seed)
    if not is_blank:
        return getattr(submission, name)(*args, **kwargs)
    with torch.device("meta"):
        net = getattr(submission, name)(*args, **kwargs)
    if isinstance(net, nn.Module):
        fill(net)
    return net
"""

TENSORS = """
def tensors(net):
    if not isinstance(net, nn.Module):
        return None
    return {
        "parameters": [list(p.shape) for p in net.parameters() if p.requires_grad],
        "frozen": [list(p.shape) for p in net.parameters() if not p.requires_grad],
        "buffers": [list(b.shape) for b in net.buffers() if b.is_floating_point()],
    }
"""

NAMES = """
def names(net):
    return {
        "parameters": [name for name, p in net.named_parameters() if p.requires_grad],
        "frozen": [name for name, p in net.named_parameters() if not p.requires_grad],
        "buffers": [name for name, b in net.named_buffers() if b.is_floating_point()],
    }
"""

RUNNING = """
def running(net, shape, training):
    from torch.utils._python_dispatch import TorchDispatchMode

    ran = []

    class Watch(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls):
            return False  # torch would import its compiler to do so, which takes longer than all the rest

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            name = function.__name__.partition(".")[0]
            first = out[0] if isinstance(out, (tuple, list)) else out
            if name in ("convolution", "addmm", "mm", "bmm", "matmul"):
                if name == "convolution":
                    products = first[0].numel() * args[1][0].numel()
                else:
                    products = first.numel() // first.shape[0] * args[-2 if name != "addmm" else 1].shape[-1]
                ran.append([name, list(first.shape[1:]), products])
            elif "pool" in name or name == "mean":
                ran.append([name, list(first.shape[1:]), 0])
            return out

    modes = {module: module.training for module in net.modules()}
    net.train(training)
    with torch.no_grad(), Watch():
        out = net(torch.zeros(2 if training else 1, *shape))
    for module, mode in modes.items():
        module.training = mode
    outs = out if isinstance(out, (tuple, list)) else [out]
    return ran, [list(each.shape) if isinstance(each, torch.Tensor) else None for each in outs]
"""

WRITE = """
def write(net, plan, seed):
    generator = torch.Generator().manual_seed(seed)
    table = torch.randn(65521, generator=generator)
    tensors = [p for p in net.parameters() if p.requires_grad] + [b for b in net.buffers() if b.is_floating_point()]
    with torch.no_grad():
        for index, kind, number in plan:
            tensor = tensors[index]
            values, count = table.roll(7919 * number), tensor.numel()
            if kind == "kernel":
                values = values * (2 / max(1, tensor[0].numel())) ** 0.5
            elif kind == "scale":
                values = 0.5 + 0.1 * values.clamp(-4, 4)
            elif kind == "variance":
                values = 1 + 0.2 * values.clamp(-4, 4)
            else:
                values = 0.2 * values
            flat, whole = torch.empty(count), count // 65521
            flat[: whole * 65521].view(whole, 65521).copy_(values)
            flat[whole * 65521 :] = values[: count - whole * 65521]
            tensor.copy_(flat.view(tensor.shape))
"""

PREDICT = """
def predict(net, images, training, seed, chunk, keeps_dropout, device):
    torch.backends.cudnn.allow_tf32 = False
    torch.manual_seed(seed)
    net.to(device).train(training)
    for module in net.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.train(training and keeps_dropout)
    with torch.no_grad():
        parts = [net(part.to(device)) for part in images.split(chunk)]
    net.to("cpu")
    if all(isinstance(part, torch.Tensor) for part in parts):
        return torch.cat(parts).cpu()
    return parts[0]
"""

GRADIENTS = """
def gradients(net, images, labels, seed, device):
    torch.manual_seed(seed)
    net.to(device).train()
    net.zero_grad()
    out = net(images.to(device))
    outs = out if isinstance(out, (tuple, list)) else [out]
    sum(F.cross_entropy(each, labels.to(device)) for each in outs).backward()
    net.to("cpu")
    return [p.grad is not None and 0 < float(p.grad.abs().max()) < 1e9 for p in net.parameters()]
"""

PARAMETER_NAMES = """
def parameter_names(net):
    return [name for name, _ in net.named_parameters()]
"""


@cache
def function(source: str) -> Any:
    """A function that is given as its source, as the sandbox makes one."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "np": np}
    known = set(names)
    exec(source, names)  # noqa: S102 - a text of this module
    return next(value for name, value in names.items() if name not in known and name != "__builtins__")
