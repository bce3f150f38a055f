"""What an assignment's `checks.py` may use: comparisons that explain themselves to students, and figures to show them.

`grader.authoring.networks` and `grader.authoring.training`, which import torch, are for networks.
"""

from grader.authoring.cases import case, in_case
from grader.authoring.comparisons import (
    CheckFailed,
    expect,
    expect_close,
    expect_dtype,
    expect_equal,
    expect_pure,
    expect_scaled,
    expect_shape,
    for_all,
)
from grader.authoring.numeric import numeric_gradient, seed_of
from grader.contract.figure import Chart, Curve
from grader.sandbox.wire import Seeded

__all__ = [
    "Chart",
    "CheckFailed",
    "Curve",
    "Seeded",
    "case",
    "expect",
    "expect_close",
    "expect_dtype",
    "expect_equal",
    "expect_pure",
    "expect_scaled",
    "expect_shape",
    "for_all",
    "in_case",
    "numeric_gradient",
    "seed_of",
]
