"""One pass over the image in Triton: each program walks the windows of a block of outputs, and back again.

The kernels run where x is a float32 or float64 tensor on a GPU and Triton is installed. Their indices were tried out with
Triton's interpreter on a processor; they have not been run or timed on a GPU yet. Anywhere else slices are compared in torch.
"""

import torch

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None


def max_pool(x, window, stride):
    if triton is not None and x.is_cuda and x.dtype in (torch.float32, torch.float64):
        return walked(x.contiguous(), window, stride)
    return compared(x, window, stride)


def max_pool_backward(dout, x, window, stride):
    if triton is not None and x.is_cuda and x.dtype in (torch.float32, torch.float64):
        return walked_back(dout.contiguous(), x.contiguous(), window, stride)
    return compared_back(dout, x, window, stride)


if triton is not None:

    @triton.jit
    def block_of_maxima(x, out, H, W, HO, WO, stride, places, WINDOW: tl.constexpr, BLOCK: tl.constexpr):
        """BLOCK places of the output, counted over all maps."""
        place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        there = place < places
        column, row, plane = place % WO, (place // WO) % HO, place // (WO * HO)
        corner = x + plane.to(tl.int64) * H * W + row * stride * W + column * stride
        largest = tl.load(corner, mask=there, other=float("-inf"))
        for u in tl.static_range(WINDOW):
            for v in tl.static_range(WINDOW):
                largest = tl.maximum(largest, tl.load(corner + u * W + v, mask=there, other=float("-inf")))
        tl.store(out + place, largest, mask=there)

    @triton.jit
    def block_of_gradients(dout, x, dx, H, W, HO, WO, stride, places, WINDOW: tl.constexpr, BLOCK: tl.constexpr):
        """BLOCK places of the output: each finds its first maximum again, and adds its gradient there.

        Programs of overlapping windows meet at one pixel, so the additions are atomic.
        """
        place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
        there = place < places
        column, row, plane = place % WO, (place // WO) % HO, place // (WO * HO)
        corner = plane.to(tl.int64) * H * W + row * stride * W + column * stride
        largest, best = tl.load(x + corner, mask=there, other=0.0), corner
        for u in tl.static_range(WINDOW):
            for v in tl.static_range(WINDOW):
                value = tl.load(x + corner + u * W + v, mask=there, other=0.0)
                best = tl.where(value > largest, corner + u * W + v, best)
                largest = tl.maximum(largest, value)
        tl.atomic_add(dx + best, tl.load(dout + place, mask=there, other=0.0), mask=there)


def walked(x, window, stride):
    N, C, H, W = x.shape
    HO, WO = (H - window) // stride + 1, (W - window) // stride + 1
    out = x.new_empty(N, C, HO, WO)
    places, block = out.numel(), 256
    block_of_maxima[(triton.cdiv(places, block),)](x, out, H, W, HO, WO, stride, places, WINDOW=window, BLOCK=block)
    return out


def walked_back(dout, x, window, stride):
    (N, C, H, W), (HO, WO) = x.shape, dout.shape[2:]
    dx = x.new_zeros(N, C, H, W)
    places, size = dout.numel(), {"WINDOW": window, "BLOCK": 256}
    block_of_gradients[(triton.cdiv(places, size["BLOCK"]),)](dout, x, dx, H, W, HO, WO, stride, places, **size)
    return dx


def compared(x, window, stride):
    out = None
    for seen in slices(x, window, stride):
        out = seen.clone(memory_format=torch.contiguous_format) if out is None else torch.maximum(out, seen)
    return out


def slices(x, window, stride):
    H, W = x.shape[2:]
    HO, WO = (H - window) // stride + 1, (W - window) // stride + 1
    for u in range(window):
        for v in range(window):
            yield x[:, :, u : u + stride * (HO - 1) + 1 : stride, v : v + stride * (WO - 1) + 1 : stride]


def compared_back(dout, x, window, stride):
    out, dx = compared(x, window, stride), torch.zeros_like(x, memory_format=torch.contiguous_format)
    left = dout.clone()
    for seen, target in zip(slices(x, window, stride), slices(dx, window, stride), strict=True):
        passed = torch.where(seen == out, left, 0)
        target += passed
        left -= passed
    return dx
