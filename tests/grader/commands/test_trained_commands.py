"""Trained networks and the data to train them at a command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import save

from reference.shapes import CLASSES, make_shapes
from tests.grader.contract.uploads import zip_of
from tests.grader.trained_network import NET, state, write_folder


@pytest.fixture
def mine(folder, tmp_path):
    """The assignment, and a file of code and one of weights in the working folder."""
    write_folder(folder / "91-network")
    (tmp_path / "model.py").write_text(NET)
    (tmp_path / "weights.safetensors").write_bytes(save(state()))
    return tmp_path


def test_a_network_is_graded_with_its_weights_and_its_figures_are_shown(stride, mine):
    done = stride("grade", "91", "model.py", "--weights", "weights.safetensors")
    assert done.returncode == 0, done.stderr
    assert "A network: 3 of 3 points\n100.0% of the held-out images · 38 parameters · 32 mult-adds\n" in done.stdout


def test_a_zip_with_both_gives_the_same_figures_as_json(stride, mine):
    files = {name: (mine / name).read_bytes() for name in ("model.py", "weights.safetensors")}
    (mine / "all.zip").write_bytes(zip_of(files))
    document = json.loads(stride("grade", "91", "all.zip", "--json").stdout)
    assert document["model"] == {"accuracy": 1.0, "parameters": 38, "mult_adds": 32}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["91", "model.py"], "The weights are missing. Choose model.py and weights.safetensors together"),
        (["91", "model.py", "--weights", "model.py"], "model.py is not a safetensors file"),
        (["91", "model.py", "--weights", "none.safetensors"], "does not exist"),
        (["90", "twice.py", "--weights", "weights.safetensors"], "This assignment takes no weights"),
    ],
)
def test_missing_and_wrong_weights_end_with_2_and_say_why(stride, mine, arguments, words):
    (mine / "twice.py").write_text("def double(x, factor): ...\n\ndef back(cache): ...\n")
    done = stride("grade", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_samples_are_checked_with_their_weights(stride, mine, folder):
    samples = folder / "91-network" / "submissions"
    prefixed = {f"module.{name}": array for name, array in state().items()}
    (samples / "wrong" / "weights_prefix.safetensors").write_bytes(save(prefixed))
    document = json.loads(stride("check", "91", "--json").stdout)
    scores = {sample["name"]: sample["score"] for sample in document["samples"]}
    assert scores == {"starter": 0, "plain": 3, "weights_prefix": 0}
    assert [mutation["unnamed"] for mutation in document["mutation"]] == [[]]
    assert document["problems"] == []


def test_a_sample_without_weights_is_a_problem_with_a_name(stride, mine, folder):
    (folder / "91-network" / "submissions" / "weights.safetensors").unlink()
    done = stride("check", "91")
    assert done.returncode == 2
    assert "plain.py has no weights" in " ".join(done.stdout.split())


def test_figures_are_the_courses_own_and_another_seed_draws_others(stride, tmp_path):
    done = stride("data", "figures", "-o", "mine.npz", "--images", 30, "--seed", 4)
    assert done.returncode == 0
    assert done.stdout == ""
    assert "mine.npz: 30 images of 10 figures, noise 0.3" in done.stderr
    images, labels = make_shapes(30, 4, noise=0.3)
    with np.load(tmp_path / "mine.npz", allow_pickle=False) as data:
        assert np.array_equal(data["images"], images)
        assert np.array_equal(data["labels"], labels)
        assert tuple(data["names"]) == CLASSES
        assert not np.array_equal(make_shapes(30, 5, noise=0.3)[1], data["labels"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "mine.csv"], "mine.csv must end in .npz"),
        (["-o", "nowhere/mine.npz"], "cannot be written: No such file or directory"),
        (["--images", "0"], "not in the range"),
        (["--noise", "-1"], "not in the range"),
    ],
)
def test_figures_that_cannot_be_made_end_with_2(stride, arguments, words):
    done = stride("data", "figures", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())
