"""The worked examples of the assignments on single kernels, feature maps and invariance are true."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from reference.feature_maps import feature_maps, sobel, sweep, to_display
from reference.invariance import pooled_sizes, rot90_relation, shift_agreement
from reference.kernels import KERNELS, convolve2d, correlate2d
from reference.pooling import pool_forward
from server.rendering.markdown import statement_html

ROOT = Path(__file__).parents[2] / "assignments"


def statement(folder: str) -> str:
    return (ROOT / folder / "statement.md").read_text(encoding="utf-8")


def example_code(folder: str) -> str:
    """The last block of Python code: the example's."""
    return re.findall(r"```python\n(.*?)```", statement(folder), flags=re.DOTALL)[-1]


def matrices(text: str) -> list[np.ndarray]:
    """Every matrix of numbers in a text, in order."""
    found = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text, flags=re.DOTALL)
    return [np.array([row.split("&") for row in matrix.split(r"\\")], dtype=float) for matrix in found]


@pytest.mark.parametrize("folder", ["02-one-kernel", "06-sobel-feature-maps", "09-invariance"])
def test_pictures_can_be_drawn(folder: str) -> None:
    html = statement_html(statement(folder), "/")
    assert html.count("<figure") == statement(folder).count("```picture") > 0
    assert "picture-refused" not in html


def test_one_kernel_example() -> None:
    names = {"np": np, "correlate2d": correlate2d, "convolve2d": convolve2d}
    exec(example_code("02-one-kernel"), names)
    x, k, out, *modes = matrices(statement("02-one-kernel"))
    assert np.array_equal(names["x"], x)
    assert np.array_equal(names["k"], k)
    assert np.array_equal(names["out"], out)
    assert np.array_equal(names["z"], modes[2])
    for mode, expected in zip(("valid", "same", "full"), modes, strict=True):
        assert np.array_equal(convolve2d(x, k, mode), expected)


def test_one_kernel_mode_table() -> None:
    """Rows and columns of the full convolution that the table promises, for an even and an odd side."""
    rng = np.random.default_rng(0)
    v, k = rng.normal(size=(6, 7)), rng.normal(size=(4, 3))
    full, same, valid = (convolve2d(v, k, mode) for mode in ("full", "same", "valid"))
    np.testing.assert_allclose(same, full[1 : 1 + 6, 1 : 1 + 7])
    np.testing.assert_allclose(valid, full[3:6, 2:7])


def test_sobel_example() -> None:
    names = {"np": np, "sobel": sobel, "to_display": to_display, "sweep": sweep}
    exec(example_code("06-sobel-feature-maps"), names)
    s_x, s_y, img, gx, gy, shown, minmax, symmetric = matrices(statement("06-sobel-feature-maps"))
    assert np.array_equal(KERNELS["sobel_x"].weights, s_x)
    assert np.array_equal(KERNELS["sobel_y"].weights, s_y)
    assert np.array_equal(names["img"], img)
    assert np.array_equal(names["gx"], gx)
    assert np.array_equal(names["gy"], gy)
    assert f"= {names['mag'][0, 0]:.3f}$" in statement("06-sobel-feature-maps")
    assert np.array_equal(to_display(shown[None])[0], minmax)
    assert np.array_equal(names["levels"][0], symmetric)
    assert np.array_equal(feature_maps(img[None], np.stack([s_x, s_y])[:, None]), np.maximum([gx, gy], 0))


def test_sweep_example() -> None:
    rows = re.findall(r"^\| (\d) \| (\d)×(\d) \| (\d)×(\d) \|$", statement("06-sobel-feature-maps"), flags=re.MULTILINE)
    sizes = sweep(np.zeros((5, 5)), np.ones((3, 3)), [1, 2], [0, 1])
    shown = {(int(stride), pad): (int(r[2 * pad]), int(r[2 * pad + 1])) for stride, *r in rows for pad in (0, 1)}
    assert shown == sizes


def test_invariance_example() -> None:
    functions = {"shift_agreement": shift_agreement, "pooled_sizes": pooled_sizes, "rot90_relation": rot90_relation}
    names = {"np": np} | functions
    code = example_code("09-invariance")
    exec(code, names)
    x, pooled, turned = matrices(statement("09-invariance"))
    pool_param = {"pool_height": 2, "pool_width": 2, "type": "max"}
    assert np.array_equal(names["x"][0, 0], x)
    assert np.array_equal(pool_forward(names["x"], pool_param)[0][0, 0], pooled)
    assert np.array_equal(pool_forward(np.rot90(names["x"], axes=(2, 3)), pool_param)[0][0, 0], turned)
    assert np.array_equal(np.rot90(pooled), turned)
    assert names["share"] == 0.5
    assert shift_agreement(names["x"], "mean", 2, 2, 1, 0) == 0
    assert str(names["sizes"]) in code
    assert names["word"] == "invariant"
