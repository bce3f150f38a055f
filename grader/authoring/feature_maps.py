"""Feature maps for the student's page: what the layers of their own trained network make of a few images."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from grader.authoring.comparisons import CheckFailed, as_array, expect
from grader.contract.figure import LONGEST_SIDE, MOST_INPUTS, MOST_MAPS, MOST_UNITS, FeatureMaps, Layer, Planes

if TYPE_CHECKING:
    from grader.judge.student import Student

Values: TypeAlias = npt.NDArray[np.float64]

# Modules that serve under several names, such as one pooling layer for two places, are read in the order of the names.
FEATURE_MAPS = """
def feature_maps(net, images, layers):
    if not isinstance(net, nn.Module):
        return None
    modules = dict(net.named_modules(remove_duplicate=False))
    missing = [name for name in layers if name not in modules]
    if missing:
        return {"missing": missing}
    seen, turns, hooks = {}, {}, []

    def keep(module, given, out):
        names = [name for name in layers if modules[name] is module]
        turn = turns.get(id(module), 0)
        turns[id(module)] = turn + 1
        if turn < len(names):
            seen[names[turn]] = out.detach().float() if isinstance(out, torch.Tensor) else None

    for module in {id(modules[name]): modules[name] for name in layers}.values():
        hooks.append(module.register_forward_hook(keep))
    modes = {module: module.training for module in net.modules()}
    net.eval()
    with torch.no_grad():
        net(images)
    for hook in hooks:
        hook.remove()
    for module, mode in modes.items():
        module.training = mode
    weights = [p for p in modules[layers[0]].parameters() if p.ndim == 4]
    kernels = weights[0].detach().float() if weights else None
    return {"missing": [], "maps": [seen.get(name) for name in layers], "kernels": kernels}
"""


def feature_maps(
    student: Student,
    net: Any,
    images: Any,
    names: Sequence[str],
    layers: Sequence[str],
    *,
    title: str = "What the layers see",
    note: str = "",
) -> FeatureMaps:
    """A figure of the maps (after each layer, in evaluation mode) that the student's network makes of images.

    `images` (N, 1, H, W) have one of `names` each, at most ten; `layers` are names of submodules in the order in which
    they run, and the kernels shown are those of the first of them. A layer gives (N, C, h, w), at most 64 maps of at
    most 64 × 64 pixels, or (N, D), at most 256 units. Raises ValueError where the images break these bounds,
    CheckFailed where the student's network does, StudentFault.
    """
    given = as_array(images).astype(np.float64)
    if given.ndim != 4 or given.shape[1] != 1 or not 0 < len(given) <= MOST_INPUTS or len(names) != len(given):
        raise ValueError(f"feature maps need 1 to {MOST_INPUTS} images (N, 1, H, W) and a name for each")
    if not layers:
        raise ValueError("feature maps need at least one layer")
    found = student.run(FEATURE_MAPS, net, images, list(layers))
    expect(isinstance(found, Mapping), "What you built is no nn.Module: derive the class from it, or return one.")
    expect(not found["missing"], f"The network has no layer named {', '.join(map(str, found['missing']))}.")
    outputs = zip(layers, found["maps"], strict=True)
    return FeatureMaps(
        title=title,
        names=tuple(names),
        inputs=planes(given[:, 0]),
        layers=tuple(_layer(name, out, len(given)) for name, out in outputs),
        kernels=None if found["kernels"] is None else _kernels(found["kernels"]),
        note=note,
    )


def planes(values: Values) -> Planes:
    """Pictures (N, H, W) with one scale for all: from their smallest value to their largest. NaN counts as 0."""
    known = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = (float(f"{end:.6g}") for end in (known.min(), known.max()))
    shares = (known - low) / (high - low) if high > low else np.zeros_like(known)
    levels = np.rint(255 * shares.clip(0, 1)).astype(np.uint8)
    return Planes(values.shape[1], values.shape[2], low, max(low, high), base64.b64encode(levels.tobytes()).decode())


def _layer(name: str, out: Any, images: int) -> Layer:
    """What one layer gave, as the student's network returned it."""
    expect(hasattr(out, "shape"), f"The layer {name} gave no tensor: does forward use it?")
    values = as_array(out).astype(np.float64)
    shape = tuple(values.shape[1:])
    if values.ndim not in (2, 4) or values.shape[0] != images or 0 in values.shape:
        raise CheckFailed(f"The layer {name} gave the shape {values.shape} for {images} images.")
    if values.ndim == 2:
        values = values[:, :, None, None]
    _, maps, height, width = values.shape
    most = MOST_UNITS if height == width == 1 else MOST_MAPS
    told = f"The layer {name} has {maps} maps of {height} × {width}; at most {most} of {LONGEST_SIDE} × {LONGEST_SIDE}"
    expect(maps <= most and max(height, width) <= LONGEST_SIDE, f"{told} can be shown.")
    expect(bool(np.isfinite(values).all()), f"The layer {name} gives values that are no finite numbers.")
    return Layer(name, shape, planes(values.reshape(images * maps, height, width)))


def _kernels(found: Any) -> Planes | None:
    """The first layer's kernels; None where they are too many or too large to be seen."""
    values = as_array(found).astype(np.float64)
    if values.ndim != 4 or 0 in values.shape:
        return None
    kernels = values.reshape(-1, *values.shape[2:])
    is_small = len(kernels) <= 3 * MOST_MAPS and max(kernels.shape[1:]) <= LONGEST_SIDE
    return planes(kernels) if is_small and min(kernels.shape[1:]) > 1 else None
