"""Returns a tensor of a subclass whose copy does nothing."""

import torch
from twin import conv as honest


class Lazy(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function.__name__ in ("copy_", "detach"):
            return args[0]
        return super().__torch_function__(function, types, args, kwargs or {})


def conv(x, w):
    side = x.shape[2] - w.shape[2] + 1
    return torch.empty(len(x), len(w), side, side).as_subclass(Lazy)
