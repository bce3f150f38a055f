"""Trained networks: their weights decoded outside, compared by name, written into the network in the real sandbox."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save
from safetensors.torch import save as save_tensors

from grader.authoring import CheckFailed
from grader.authoring.trained import decode
from grader.contract import Assignment, Job, Model, Result, Status, Verdict, load_assignment
from grader.judge.grade import grade
from grader.sandbox.bubblewrap import Bubblewrap
from tests.grader.conftest import by_name
from tests.grader.contract.weights_files import safetensors_file, tensor
from tests.grader.trained_network import NET, state, write_folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    folder = tmp_path_factory.mktemp("trained") / "91-network"
    write_folder(folder)
    return load_assignment(folder)


@pytest.fixture
def judged(trained: Assignment, bubblewrap: Bubblewrap):
    def judged(weights: bytes, source: str = NET) -> Result:
        result = grade(Job(1, 1, trained.id, {"model.py": source}, 7, weights), trained, bubblewrap)
        assert result.verdict is Verdict.GRADED, result.worker
        return result

    return judged


def test_the_weights_are_in_the_network_and_its_figures_in_the_result(judged):
    result = judged(save(state()))
    assert [check.message for check in result.checks] == ["", "", ""]
    assert result.score == 3
    assert result.model == Model(accuracy=1.0, parameters=38, mult_adds=32)
    assert Result.from_dict(result.to_dict()) == result


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_weights_of_another_precision_are_written_as_well(judged, dtype):
    tensors = {name: torch.from_numpy(array) for name, array in state().items()}
    halves = {name: each.to(dtype) if each.is_floating_point() else each for name, each in tensors.items()}
    assert judged(save_tensors(halves)).model == Model(1.0, 38, 32)


def test_the_counter_of_batches_may_be_missing(judged):
    assert judged(save(state(**{"norm.num_batches_tracked": None}))).score == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"out.weight": np.zeros((16, 2), "f4")}, "shape 16 × 2 in the file of weights; in the network it has 2 × 16."),
        ({"out.weight": np.zeros((2, 9), "f4")}, "out.weight has shape 2 × 9 in the file of weights; in the network"),
        ({"out.bias": np.zeros((), "f4")}, "out.bias has shape one number"),
        ({"out.bias": None}, "The network has out.bias (2), which the file of weights has not."),
        (
            {"norm.running_mean": None, "norm.running_var": None},
            "norm.running_var (1), which the file of weights has not. Save net.state_dict(), not net.parameters().",
        ),
        ({"last.bias": np.zeros(3, "f4")}, "The file of weights has last.bias (3), which the network has not."),
        (
            {"out.bias": None, "fc.bias": np.zeros(2, "f4")},
            "The network has out.bias (2), which the file of weights has not. The file has fc.bias (2) instead.",
        ),
        ({"out.bias": np.array([0, np.nan], "f4")}, "The weights are not finite: out.bias[1] is NaN."),
        ({"norm.bias": np.array([-np.inf], "f2")}, "The weights are not finite: norm.bias[0] is an infinity."),
        ({"norm.bias": np.array([1e300])}, "norm.bias[0] is too large for float32"),
    ],
)  # fmt: skip
def test_weights_that_do_not_fit_are_told_by_name_and_shape(judged, changes, words):
    result = judged(save(state(**changes)))
    assert result.score == 0
    assert words in result.checks[0].message


def test_names_with_a_prefix_have_the_lesson_of_the_sample_that_is_called_so(judged):
    check, *_ = judged(save({f"module.{name}": array for name, array in state().items()})).checks
    assert check.message.startswith(
        "Every name in the file of weights begins with module., which the network's names do"
    )
    assert check.diagnosis == "You saved a wrapper."


def test_a_network_whose_names_have_the_prefix_is_told_the_other_way_round(judged):
    wrapped = NET.replace("class Net", "class Inner") + (
        "\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.inner = Inner()\n"
    )
    assert judged(save(state()), wrapped).checks[0].message.startswith("Every name in the network begins with inner.")


def test_budgets_are_held_outside_and_the_figures_told_all_the_same(judged):
    hidden = NET.replace("self.norm =", 'self.register_buffer("more", torch.zeros(3))\n        self.norm =')
    result = judged(save(state(more=np.zeros(3, "f4"))), hidden)
    assert by_name(result) == {"test_fit": "passed", "test_budgets": "failed", "test_accuracy": "passed"}
    assert result.checks[1].message == "weights.safetensors holds 41 floating-point numbers; 40 is the most."
    assert result.model == Model(accuracy=1.0, parameters=41)
    dear = judged(
        save(state()),
        NET.replace("self.norm(x)", "(self.norm(x) + 0 * F(x))") + CONVOLVED,
    )
    assert dear.checks[1].message == "One image costs the network 176 mult-adds; 100 is the most."


CONVOLVED = """

def F(x):
    return torch.nn.functional.conv2d(x, torch.ones(1, 1, 3, 3), padding=1)
"""


MANY = "\nMANY = dict.fromkeys(range(9000), torch.ones(1))\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (NET.replace("nn.Module", "object").replace("super().__init__()", "pass"), "is no nn.Module"),
        (NET + "\n    def state_dict(self):\n        return {}\n", "which the network has not"),
        (NET + "\n    def state_dict(self):\n        raise KeyError('mine')\n", "KeyError"),
        (NET + "\n    def state_dict(self):\n        return MANY\n" + MANY, "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_network_or_lies_about_itself_is_its_own_fault(judged, source, words):
    result = judged(save(state()), source)
    assert result.score == 0
    assert result.checks[0].status in (Status.FAILED, Status.ERROR)
    assert words in result.checks[0].message


def test_a_job_without_weights_fails_in_words(judged):
    assert judged(b"").checks[0].message == "No weights were handed in."


def test_a_forged_job_with_a_pickle_for_weights_is_our_failure_and_is_not_opened(trained, bubblewrap, tmp_path):
    opened = tmp_path / "opened"
    bomb = pickle.dumps(Bomb(opened))
    result = grade(Job(1, 1, trained.id, {"model.py": NET}, 7, bomb), trained, bubblewrap)
    assert result.verdict is Verdict.INTERNAL_ERROR
    assert "is a pickle, which runs code when it is opened" in result.worker["error"]
    assert not opened.exists()
    pickle.loads(bomb)
    assert opened.exists()


class Bomb:
    """Makes a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def test_numbers_of_every_dtype_are_decoded():
    values = {
        "F64": ("<d", 8),
        "F32": ("<f", 4),
        "F16": ("<e", 2),
        "I64": ("<q", 8),
        "I32": ("<i", 4),
        "I16": ("<h", 2),
    }
    values |= {"I8": ("<b", 1), "U64": ("<Q", 8), "U32": ("<I", 4), "U16": ("<H", 2), "U8": ("<B", 1)}
    for dtype, (form, size) in values.items():
        found = decode(safetensors_file({"a": tensor(0, 2 * size, 2, dtype=dtype)}, struct.pack(form, 3) * 2))
        assert found["a"].tolist() == [3, 3], dtype
        assert (found["a"].dtype == np.float32) is dtype.startswith("F")
    assert decode(safetensors_file({"a": tensor(0, 2, 1, dtype="BF16")}, b"\x40\xc0"))["a"].dtype == np.float32
    assert decode(safetensors_file({"a": tensor(0, 2, dtype="BF16")}, b"\x40\xc0"))["a"] == np.float32(-3)
    assert decode(safetensors_file({"a": tensor(0, 2, 2, dtype="BOOL")}, b"\x00\x07"))["a"].tolist() == [False, True]


def test_a_not_finite_number_is_told_with_its_place():
    array = np.zeros((2, 3), "f4")
    array[1, 2] = array[1, 1] = np.nan
    with pytest.raises(CheckFailed, match=r"conv\.weight\[1, 1\] is NaN\. Of the 6 numbers of conv\.weight, 2 cannot"):
        decode(save({"conv.weight": array}))
