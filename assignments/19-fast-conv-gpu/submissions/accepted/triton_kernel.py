"""An implicit matrix product in Triton: blocks of columns are gathered as they are needed, and never stored.

The kernel runs where x is float32 on a GPU and Triton is installed. Its indices were tried out with Triton's interpreter
on a processor; it has not been run or timed on a GPU yet. Anywhere else this is one product an offset in torch.
"""

import torch
from torch.nn import functional as F

try:
    import triton
    import triton.language as tl
except ImportError:
    triton = None


def conv_forward(x, w, b, stride, pad):
    if triton is not None and x.is_cuda and x.dtype == torch.float32:
        return gathered(x.contiguous(), w.contiguous(), b.contiguous(), stride, pad)
    return offsets(x, w, b, stride, pad)


if triton is not None:

    @triton.jit
    def block_of_maps(
        x,
        w,
        b,
        out,
        C,
        H,
        W,
        K,
        HO,
        WO,
        stride,
        pad,
        pixels,
        KH,
        KW,
        taps,
        PIXELS: tl.constexpr,
        MAPS: tl.constexpr,
        TAPS: tl.constexpr,
    ):
        """PIXELS places of the output, counted over all images, and MAPS kernels of one program."""
        place = tl.program_id(0) * PIXELS + tl.arange(0, PIXELS)
        kernel = tl.program_id(1) * MAPS + tl.arange(0, MAPS)
        column, row, image = place % WO, (place // WO) % HO, place // (WO * HO)
        top, left = row * stride - pad, column * stride - pad
        corner = image * C * H * W
        total = tl.zeros((PIXELS, MAPS), dtype=tl.float32)
        for first in range(0, taps, TAPS):
            tap = first + tl.arange(0, TAPS)
            v, u, c = tap % KW, (tap // KW) % KH, tap // (KW * KH)
            i, j = top[:, None] + u[None, :], left[:, None] + v[None, :]
            inside = (i >= 0) & (i < H) & (j >= 0) & (j < W) & (tap < taps)[None, :] & (place < pixels)[:, None]
            seen = tl.load(x + corner[:, None] + c[None, :] * H * W + i * W + j, mask=inside, other=0.0)
            there = (tap < taps)[:, None] & (kernel < K)[None, :]
            weights = tl.load(w + kernel[None, :] * taps + tap[:, None], mask=there, other=0.0)
            total += tl.dot(seen, weights, input_precision="ieee")
        total += tl.load(b + kernel, mask=kernel < K, other=0.0)[None, :]
        target = image[:, None] * K * HO * WO + kernel[None, :] * HO * WO + (row * WO + column)[:, None]
        tl.store(out + target, total, mask=(place < pixels)[:, None] & (kernel < K)[None, :])


def gathered(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    out = x.new_empty(N, K, HO, WO)
    pixels, size = N * HO * WO, {"PIXELS": 64, "MAPS": 64, "TAPS": 32}
    grid = (triton.cdiv(pixels, size["PIXELS"]), triton.cdiv(K, size["MAPS"]))
    block_of_maps[grid](x, w, b, out, C, H, W, K, HO, WO, stride, pad, pixels, KH, KW, C * KH * KW, **size)
    return out


def offsets(x, w, b, stride, pad):
    (N, C, H, W), (K, _, KH, KW) = x.shape, w.shape
    HO, WO = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    xp = F.pad(x, (pad, pad, pad, pad))
    out = b.reshape(1, K, 1).repeat(N, 1, HO * WO)
    for u in range(KH):
        for v in range(KW):
            seen = xp[:, :, u : u + stride * HO : stride, v : v + stride * WO : stride]
            out += torch.matmul(w[:, :, u, v], seen.reshape(N, C, HO * WO))
    return out.reshape(N, K, HO, WO)
