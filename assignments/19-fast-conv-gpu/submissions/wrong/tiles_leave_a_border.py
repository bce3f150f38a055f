"""Your tiles make two rows and columns at a time: where the sides are odd, the last of them stays empty."""

import torch
from torch.nn import functional as F


def conv_forward(x, w, b, stride, pad):
    fits = tuple(w.shape[2:]) == (3, 3) and stride == 1
    return tiles(x, w, b, pad) if fits else offsets(x, w, b, stride, pad)


def tiles(x, w, b, pad):
    (N, C, H, W), K = x.shape, len(w)
    HO, WO = H + 2 * pad - 2, W + 2 * pad - 2
    rows, columns = HO // 2, WO // 2
    xp = F.pad(x, (pad, pad + WO % 2, pad, pad + HO % 2))
    n, c, h, v = xp.stride()
    d = xp.as_strided((4, 4, C, N, rows, columns), (h, v, c, n, 2 * h, 2 * v))
    U, V = kernels(w), pixels(d).reshape(16, C, N * rows * columns)
    M = torch.bmm(U, V).reshape(4, 4, K, N, rows, columns)
    out = x.new_empty(N, K, rows, 2, columns, 2)
    upper, lower = M[0] + M[1] + M[2], M[1] - M[2] - M[3]
    for u, half in enumerate((upper, lower)):
        out[:, :, :, u, :, 0] = (half[0] + half[1] + half[2]).transpose(0, 1)
        out[:, :, :, u, :, 1] = (half[1] - half[2] - half[3]).transpose(0, 1)
    out = F.pad(out.reshape(N, K, 2 * rows, 2 * columns), (0, WO % 2, 0, HO % 2))
    return out + b.reshape(K, 1, 1)


def kernels(w):
    """G g G' of every kernel, as (16, K, C)."""
    half = [(w[:, :, 0] + w[:, :, 2] + s * w[:, :, 1]) / 2 for s in (1, -1)]
    rows = torch.stack([w[:, :, 0], *half, w[:, :, 2]])
    half = [(rows[..., 0] + rows[..., 2] + s * rows[..., 1]) / 2 for s in (1, -1)]
    both = torch.stack([rows[..., 0], *half, rows[..., 2]], dim=1)
    return both.reshape(16, *w.shape[:2])


def pixels(d):
    """B' d B of every tile."""
    rows = torch.stack([d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]])
    return torch.stack(
        [rows[:, 0] - rows[:, 2], rows[:, 1] + rows[:, 2], rows[:, 2] - rows[:, 1], rows[:, 1] - rows[:, 3]], dim=1
    )


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
