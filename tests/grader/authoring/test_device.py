"""The device of a grader: long work goes there and comes back, and its absence is never the student's failure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grader.authoring import CheckFailed
from grader.authoring.device import device, expect_beside
from grader.authoring.networks import expect_gradients, predict
from grader.authoring.training import Training, figures
from grader.contract import Job, Result, Verdict, load_assignment
from grader.judge.grade import grade
from grader.sandbox.errors import SandboxUnavailable
from tests.grader.authoring.here import Here
from tests.tiny_network import ACCEPTED, write_tiny_network


class Net(nn.Sequential):
    """A small classifier that writes down where it is sent."""

    def __init__(self) -> None:
        super().__init__(nn.Conv2d(1, 4, 5, stride=4), nn.ReLU(), nn.Flatten(), nn.Linear(196, 10))
        self.sent: list[Any] = []

    def to(self, place: Any) -> Net:
        self.sent.append(place)
        return super().to(place)


def trained(net: Net) -> tuple[list[float], torch.Tensor]:
    """The losses of three epochs, and the logits of new images."""
    rng = np.random.default_rng(5)
    training = Training(Here(), net, *figures(rng, 128), rng)
    losses = list(training.epochs(3))
    return losses, predict(Here(), net, figures(rng, 20)[0])


def built() -> Net:
    torch.manual_seed(1)
    return Net()


def test_the_processor_is_the_default(monkeypatch):
    monkeypatch.delenv("STRIDE_DEVICE", raising=False)
    assert device() == "cpu"
    monkeypatch.setenv("STRIDE_DEVICE", "")
    assert device() == "cpu"


def test_training_and_answers_are_the_same_by_either_name_of_the_processor(monkeypatch):
    monkeypatch.delenv("STRIDE_DEVICE", raising=False)
    losses, logits = trained(built())
    monkeypatch.setenv("STRIDE_DEVICE", "cpu:0")
    again, there = trained(built())
    assert again == losses
    assert torch.equal(there, logits)


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda net, images, labels: predict(Here(), net, images), id="answers"),
        pytest.param(lambda net, images, labels: expect_gradients(Here(), net, images, labels), id="gradients"),
        pytest.param(
            lambda net, images, labels: list(Training(Here(), net, images, labels, np.random.default_rng(2)).epochs(1)),
            id="an epoch",
        ),
    ],
)
def test_the_network_is_sent_to_the_device_and_back(monkeypatch, work):
    monkeypatch.setenv("STRIDE_DEVICE", "cpu:0")
    net = built()
    work(net, *figures(np.random.default_rng(0), 32))
    assert net.sent == ["cpu:0", "cpu"]


@pytest.mark.parametrize("name", ["cuda:99", "meta", "a graphics card"])
def test_a_device_that_is_not_there_is_named_and_not_the_students_failure(monkeypatch, name):
    monkeypatch.setenv("STRIDE_DEVICE", name)
    with pytest.raises(SandboxUnavailable, match=name):
        predict(Here(), built(), torch.zeros(1, 1, 32, 32))


@pytest.fixture
def graded(tmp_path, bubblewrap):
    """Grade a small network that is trained, in the real sandbox."""
    tiny = load_assignment(write_tiny_network(tmp_path))

    def graded() -> Result:
        return grade(Job(1, 1, tiny.id, {tiny.filename: ACCEPTED}, 3), tiny, bubblewrap)

    return graded


def test_in_the_sandbox_the_setting_changes_no_figure(monkeypatch, graded):
    monkeypatch.delenv("STRIDE_DEVICE", raising=False)
    before = graded()
    monkeypatch.setenv("STRIDE_DEVICE", "cpu:0")
    after = graded()
    assert before.score == before.max_score
    assert [check.figures for check in after.checks] == [check.figures for check in before.checks]


def test_a_grader_without_its_device_gives_an_internal_error_and_no_score(monkeypatch, graded):
    monkeypatch.setenv("STRIDE_DEVICE", "cuda:99")
    result = graded()
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert "STRIDE_DEVICE is cuda:99" in result.worker["error"]


@pytest.mark.parametrize(
    "copied",
    [lambda x: x + x.new_zeros(x.shape), lambda x: x + torch.zeros(x.shape, device=x.device)],
    ids=["new-zeros", "device-of-x"],
)
def test_what_is_made_beside_the_input_passes(copied):
    expect_beside(Here(copied=copied), "copied", torch.ones(2, 3))


@pytest.mark.parametrize(
    ("copied", "place"),
    [(lambda x: x + torch.zeros(x.shape), "several devices"), (lambda x: torch.zeros(x.shape), "meta")],
    ids=["mixed", "elsewhere"],
)
def test_what_is_made_on_torchs_default_device_fails(copied, place):
    with pytest.raises(CheckFailed, match=f"what copied returns lies on {place}"):
        expect_beside(Here(copied=copied), "copied", torch.ones(2, 3))


def test_an_error_that_is_not_about_devices_stays_the_students():
    with pytest.raises(RuntimeError, match="must match the size"):
        expect_beside(Here(added=lambda x: x + x[:, :2]), "added", torch.ones(2, 3))
