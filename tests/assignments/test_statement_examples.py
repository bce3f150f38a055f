"""The worked examples of the statements are true."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from reference.activations import relu_backward, relu_forward
from reference.conv import conv_backward, conv_forward
from reference.dense import affine_backward, affine_forward, softmax_loss
from reference.dropout import dropout_backward, dropout_forward
from reference.models.lenet import LeNet5
from reference.normalisation import batchnorm_backward, batchnorm_forward, rescale
from reference.pooling import pool_backward, pool_forward

ROOT = Path(__file__).parents[2] / "assignments"


def statement(folder: str) -> str:
    return (ROOT / folder / "statement.md").read_text(encoding="utf-8")


def example_code(folder: str) -> str:
    """The last block of Python code: the example's."""
    return re.findall(r"```python\n(.*?)```", statement(folder), flags=re.DOTALL)[-1]


def matrices(folder: str) -> list[np.ndarray]:
    """Every matrix of numbers in the statement, in order."""
    found = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", statement(folder), flags=re.DOTALL)
    return [np.array([row.split("&") for row in text.split(r"\\")], dtype=float) for text in found]


def test_conv_forward_example() -> None:
    names = {"np": np, "conv_forward": conv_forward}
    exec(example_code("04-conv-forward"), names)
    x, w, out = matrices("04-conv-forward")
    assert np.array_equal(names["x"][0, 0], x)
    assert np.array_equal(names["w"][0, 0], w)
    assert np.array_equal(names["out"][0, 0], out)


def test_conv_forward_example_flipped() -> None:
    x, w, _ = matrices("04-conv-forward")
    out, _ = conv_forward(x[None, None], w[None, None, ::-1, ::-1], np.ones(1), {"stride": (1, 2)})
    assert f"would be\n$-1 \\cdot 1 + 2 \\cdot 2 + 0 \\cdot 3 + 1 \\cdot 1 + 1 = {out[0, 0, 0, 0]:.0f}$" in statement(
        "04-conv-forward"
    )


def test_pooling_example() -> None:
    names = {"np": np, "pool_forward": pool_forward}
    exec(example_code("08-pooling"), names)
    table, *expected, dout, dx = matrices("08-pooling")
    assert np.array_equal(names["table"], table)
    for kind, result in zip(("max", "mean", "median", "power"), expected, strict=True):
        out, cache = pool_forward(names["table"].reshape(1, 1, 4, 4), names["pool_param"] | {"type": kind})
        np.testing.assert_allclose(out[0, 0], result, atol=5e-4)
        if kind == "max":
            assert np.array_equal(pool_backward(dout[None, None], cache)[0, 0], dx)


def test_lenet_example(capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    exec(example_code("12-lenet5"), {"torch": torch, "LeNet5": LeNet5})
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\)\s+# (.*)", example_code("12-lenet5"))
    assert printed == promised
    assert len(promised) == 3


def test_lenet_table_of_parameters_adds_up() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", statement("12-lenet5"), flags=re.MULTILINE)
    modern, published = LeNet5(), LeNet5(variant="1998")
    for layer, cells in rows:
        shown = [number_at_the_end(cell) for cell in cells.split("|")[-2:]]
        counts = [sum(p.numel() for p in getattr(net, layer).parameters()) for net in (modern, published)]
        assert shown == counts, layer
    assert len(rows) == 7


def number_at_the_end(cell: str) -> int:
    """156 of `$6 (25 + 1) = 156$`, with thin spaces between thousands or without."""
    return int(re.sub(r"\\,|\$|\s", "", cell.rsplit("=", maxsplit=1)[-1]))


def test_conv_backward_example() -> None:
    names = {"np": np, "conv_backward": conv_backward}
    exec(example_code("05-conv-backward"), names)
    x, w, dout, *windows, dw = matrices("05-conv-backward")
    assert np.array_equal(names["x"][0, 0], x)
    assert np.array_equal(names["w"][0, 0], w)
    assert np.array_equal(names["dout"][0, 0], dout)
    assert np.array_equal(names["dw"][0, 0], dw)
    assert np.array_equal(sum(part * window for part, window in zip(dout.ravel(), windows, strict=True)), dw)
    assert names["db"].tolist() == [5]
    pictured = re.search(r'dx="([^"]*)"', statement("05-conv-backward"))
    assert pictured
    assert names["dx"][0, 0].tolist() == [[float(n) for n in row.split()] for row in pictured.group(1).split(";")]


def test_dense_example() -> None:
    functions = (affine_forward, affine_backward, relu_forward, relu_backward, softmax_loss)
    names = {"np": np} | {function.__name__: function for function in functions}
    exec(example_code("07-dense-softmax"), names)
    dx, dw, dscores = matrices("07-dense-softmax")
    assert np.array_equal(names["dx"], dx)
    assert np.array_equal(names["dw"], dw)
    assert names["out"].tolist() == [[0, 1, 2]]
    assert names["db"].tolist() == [0, -3, 1]
    assert f"{names['loss']:.4f}" in statement("07-dense-softmax")
    np.testing.assert_allclose(names["dscores"], dscores / 2, atol=5e-5)


def test_dropout_example() -> None:
    names = {"np": np, "dropout_forward": dropout_forward, "dropout_backward": dropout_backward}
    exec(example_code("11-dropout"), names)
    assert names["out"].tolist() == [[4, 0, 0, 12]]
    assert names["dx"].tolist() == [[4, 0, 4, -8]]
    assert r"\text{dx} = (4, 0, 4, -8)" in statement("11-dropout")
    assert 'out="4 0 0 12"' in statement("11-dropout")


def test_normalisation_example() -> None:
    names = {"np": np, "batchnorm_forward": batchnorm_forward, "batchnorm_backward": batchnorm_backward}
    exec(example_code("10-normalisation"), names)
    (dx,) = matrices("10-normalisation")
    np.testing.assert_allclose(names["dx"].T, dx, atol=5e-4)
    pictured = re.search(r'out="([^"]*)"', statement("10-normalisation"))
    assert pictured
    np.testing.assert_allclose(names["out"][:, 0], [float(n) for n in pictured.group(1).split(";")], atol=5e-4)
    assert names["dgamma"] == pytest.approx([-1.342], abs=5e-4)
    assert names["dbeta"].tolist() == [1]
    assert rescale(np.array([2, 4, 6, 10]), -1, 1).tolist() == [-1, -0.5, 0, 1]
