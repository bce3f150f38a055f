"""Holding a reference to its second implementation: the same numbers, the same images, both modes."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from tests.reference.second_models.tape import Tape

Second = Callable[[Tape, torch.Tensor], object]


def expect_agreement(build: Callable[[], nn.Module], second: Second, side: int) -> None:
    """Both give the same outputs for two images (3, side, side), and `second` reads every number."""
    with torch.device("meta"):
        net = build().double()
    torch.manual_seed(0)
    scatter(net.to_empty(device="cpu"))
    x = torch.randn(2, 3, side, side).double()
    for training in (False, True):
        net.train(training)
        tape = Tape(net)
        with torch.no_grad():
            torch.manual_seed(1)  # for dropout
            expected = as_tuple(second(tape, x))
            torch.manual_seed(1)
            seen = as_tuple(net(x))
        assert tape.is_at_its_end
        assert len(seen) == len(expected)
        for left, right in zip(seen, expected, strict=True):
            assert right.std() > 1e-3
            torch.testing.assert_close(left, right, rtol=1e-7, atol=1e-9)


def scatter(net: nn.Module) -> None:
    """Weights that keep a signal alive to the last layer; biases, scales and averages that are all different."""
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.ndim > 1:
                bound = (6 / parameter[0].numel()) ** 0.5
                parameter.uniform_(-bound, bound)
            else:
                parameter.uniform_(0.2, 1)
        for buffer in net.buffers():
            if buffer.ndim:
                buffer.uniform_(0.5, 1.5)
            else:
                buffer.zero_()


def as_tuple(outputs: object) -> tuple[torch.Tensor, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)
