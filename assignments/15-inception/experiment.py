"""The gradient against depth, with and without the auxiliary losses."""

from __future__ import annotations

import math

import numpy as np

from grader.authoring import Chart, Curve, expect


def expect_depths(norms):
    """Both lists hold the norms of the eleven convolutions that lie behind one another."""
    found = len(norms[0])
    told = f"{found} convolutions 7×7 and 3×3 ran as nn.Conv2d; 11 are expected: conv1, conv2 and one in each module."
    expect(found == 11, told)
    finite = all(math.isfinite(value) for row in norms for value in row)
    expect(finite, "A gradient is not finite.")


def geometric_means(measured):
    """The mean of the logarithms over the networks: (2, 11)."""
    with np.errstate(divide="ignore"):
        return np.exp(np.log(np.array(measured)).mean(axis=0))


def show_depths(student, without, with_heads, networks):
    """Draw the gradient's norm against depth."""
    curves = (Curve.of("without auxiliary losses", without), Curve.of("with both, weight 0.3", with_heads))
    chart = Chart(
        title="The gradient's norm in the first step of training",
        x_label="convolution: 1 is conv1 (7×7), 2 is conv2 (3×3), 3 to 11 are the 3×3 of modules 3a to 5b",
        y_label="norm of the weight's gradient",
        curves=curves,
        limit=10 * float(without[0]),
        is_log=True,
        note=f"conv1: {without[0]:.1e} without, {with_heads[0]:.1e} with auxiliary losses ({networks} of 3 networks). "
        "The line is ten times the first: the check asks that conv1 is above it.",
    )
    student.show(chart)
