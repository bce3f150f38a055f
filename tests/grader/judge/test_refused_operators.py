"""An assignment's refused operators: refused beside the submission, whole beside the judge."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from grader.contract import Job, Status, load_assignment
from grader.judge.grade import grade
from tests.grader.conftest import write_assignment

TOML = """
title = "Convolution"
summary = "Write a convolution."
profile = "torch"
filename = "conv.py"
points = 2
refused_operators = ["conv2d"]

[[entry]]
name = "convolve"
signature = "(x, w)"
"""
CHECKS = '''
import pytest
import torch
from torch.nn import functional as F
from grader.authoring import expect, expect_close
from grader.sandbox.errors import StudentFault

GRADIENT = """
def gradient(x, w):
    w.requires_grad_()
    submission.convolve(x, w).square().sum().backward()
    return w.grad
"""
OURS = """
def ours(x, w):
    return F.conv2d(x, w)
"""

def drawn(rng):
    return torch.from_numpy(rng.normal(size=(2, 3, 6, 7))), torch.from_numpy(rng.normal(size=(4, 3, 3, 3)))

@pytest.mark.points(1)
def test_values(student, rng):
    x, w = drawn(rng)
    expect_close(student.convolve(x, w), F.conv2d(x, w))

@pytest.mark.points(0.5)
def test_gradient(student, rng):
    x, w = drawn(rng)
    leaf = w.clone().requires_grad_()
    F.conv2d(x, leaf).square().sum().backward()
    expect_close(student.run(GRADIENT, x, w), leaf.grad, rtol=1e-8)

@pytest.mark.points(0.5)
def test_snippets_of_the_judge_are_refused_too(student, rng):
    try:
        student.run(OURS, *drawn(rng))
    except StudentFault as fault:
        expect("it refuses here" in str(fault), str(fault))
    else:
        expect(False, "conv2d does not refuse")
'''
WITH_WINDOWS = """
import torch

def convolve(x, w):
    k = w.shape[-1]
    return torch.einsum("nchwij,ocij->nohw", x.unfold(2, k, 1).unfold(3, k, 1), w)
"""
WITH_TORCHS_OWN = """
from torch import nn

def convolve(x, w):
    return nn.functional.conv2d(x, w)
"""
WITH_A_FALLBACK = """
import torch

def convolve(x, w):
    for name in ("conv2d", "convolution", "mkldnn_convolution"):
        try:
            return getattr(torch, name)(x, w)
        except (RuntimeError, TypeError):
            pass
    return torch.conv_transpose2d(x, w.flip(2, 3).transpose(0, 1), padding=w.shape[-1] - 1)
"""


@pytest.fixture
def convolution(tmp_path):
    folder = write_assignment(tmp_path, toml=TOML, checks=CHECKS, name="91-convolution")
    for path in (folder / "submissions").glob("*/*.py"):
        path.unlink()
    # The accepted solution runs in the judge's process, in which nothing refuses.
    (folder / "submissions/accepted/plain.py").write_text(f'"""Right."""{WITH_TORCHS_OWN}')
    return load_assignment(folder)


@pytest.fixture
def graded_by(convolution, launcher):
    def run(source: str):
        return grade(Job(1, 1, convolution.id, {"conv.py": source}, 7), convolution, launcher)

    return run


def test_what_the_student_writes_scores_and_has_gradients(graded_by):
    result = graded_by(WITH_WINDOWS)
    assert [check.message for check in result.checks] == ["", "", ""]
    assert result.score == 2
    assert result.flags == ()


@pytest.mark.parametrize("source", [WITH_TORCHS_OWN, WITH_A_FALLBACK], ids=["own", "fallback"])
def test_torchs_own_convolution_scores_nothing_and_says_why(graded_by, source):
    result = graded_by(source)
    values, gradient, _ = result.checks
    assert (values.status, values.points, gradient.points) == (Status.ERROR, 0, 0)
    assert "conv2d is what this exercise asks you to write" in values.message
    assert {flag.rule for flag in result.flags} & {"refused", "computed-name"}


def test_the_judges_own_torch_stays_whole(graded_by):
    graded_by(WITH_TORCHS_OWN)
    assert F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 3, 3)).item() == 9
