"""The statement of the trained network is true, and its samples are what its script and its checks say."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import torch

from grader.contract import load_assignment, read_weights
from grader.contract.weights import parameters_in
from reference.shapes import CLASSES, make_shapes
from scripts.train_samples import COURSES, accuracy, damages, network

ASSIGNMENT = load_assignment(Path(__file__).parents[2] / "assignments" / "22-trained-network")
STATEMENT = ASSIGNMENT.statement()
SAMPLES = ASSIGNMENT.folder / "submissions"
LARGEST_KIB = 200


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", STATEMENT, flags=re.DOTALL)


def test_budgets_are_those_of_the_table():
    assert ASSIGNMENT.trained
    assert "At most 10 000." in STATEMENT
    assert ASSIGNMENT.trained.max_parameters == 10_000
    assert "At most 1 000 000." in STATEMENT
    assert ASSIGNMENT.trained.max_mult_adds == 1_000_000


def test_figures_are_listed_in_their_order():
    row = next(line for line in STATEMENT.split("\n") if line.startswith("| disc"))
    words = {
        "tri_up": "triangle, tip up",
        "tri_down": "triangle, tip down",
        "hbar": "horizontal bar",
        "vbar": "vertical bar",
    }
    assert [cell.strip() for cell in row.strip("|").split("|")] == [words.get(name, name) for name in CLASSES]


def test_numbers_by_hand():
    assert 24 * 3**2 + 32 * 24 == 984
    assert 32 * 24 * 3**2 == 6912
    assert (32 * 10 + 10, 32 * 16 * 10 + 10) == (330, 5130)
    for text in ("= 984$", "$6\\,912$", "= 330$", "= 5\\,130$"):
        assert text in STATEMENT
    assert round(math.sqrt(0.95 * 0.05 / 2000), 3) == 0.005


def test_the_network_of_the_picture_has_as_many_parameters_as_it_says():
    tensors = read_weights((SAMPLES / "weights.safetensors").read_bytes(), "weights").tensors
    assert f"{parameters_in(tensors):,} numbers".replace(",", " ") in STATEMENT


@pytest.mark.slow
def test_the_program_of_the_statement_trains_and_saves(tmp_path, monkeypatch):
    from numpy import savez

    program = blocks("python")[1]
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    images, labels = make_shapes(300, 1, noise=0.3)
    savez(tmp_path / "figures.npz", images=images, labels=labels)
    (tmp_path / "model.py").write_text((SAMPLES / "accepted" / "separable.py").read_text())
    exec(program, {})
    assert ASSIGNMENT.trained
    saved = read_weights((tmp_path / "weights.safetensors").read_bytes(), "w", ASSIGNMENT.trained.max_mib)
    assert parameters_in(saved.tensors) <= ASSIGNMENT.trained.max_parameters
    assert blocks("python")[2].split() == [
        part for line in program.split("\n") if "save_file" in line for part in line.split()
    ]


def test_samples_weights_are_small_and_each_is_made_by_the_script():
    files = {path.relative_to(SAMPLES).with_suffix("").as_posix(): path for path in SAMPLES.rglob("*.safetensors")}
    made = {"weights", *COURSES} - {"accepted/separable"} | {
        f"wrong/{name}" for name in damages(network("wrong/weights_prefix"))
    }
    assert set(files) == made
    assert sum(path.stat().st_size for path in files.values()) < LARGEST_KIB * 1024


def test_lessons_that_checks_name_are_those_of_samples():
    checks = (ASSIGNMENT.folder / "checks.py").read_text()
    named = set(
        re.findall(
            r'lesson="(\w+)"|return \(?"(\w+)"|found\["(\w+)"\]|^        "(\w+)": \(', checks, flags=re.MULTILINE
        )
    )
    lessons = {name for group in named for name in group if name}
    assert len(lessons) >= 9
    assert lessons <= {path.stem for path in ASSIGNMENT.submissions("wrong")}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("accepted/separable", 0.965), ("accepted/maxima", 0.97)])
def test_accepted_samples_lie_above_the_highest_level_by_more_than_chance(name, least):
    from safetensors.torch import load_file

    own = SAMPLES / f"{name}.safetensors"
    net = network(name)
    torch.set_num_threads(1)
    net.load_state_dict(load_file(own if own.is_file() else SAMPLES / "weights.safetensors"))
    assert accuracy(net) >= least
