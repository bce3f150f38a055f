"""`make bench-gpu` and `make test-gpu` where no GPU is: what they say, and with what they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from scripts.bench_gpu import IN_TORCH, case_of

ROOT = Path(__file__).parents[2]
without_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="PyTorch sees a GPU here")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )


@without_gpu
def test_the_bench_ends_with_2_and_says_that_there_is_no_gpu():
    done = run("scripts.bench_gpu")
    assert done.returncode == 2
    assert "PyTorch sees no GPU here; --device cpu times the processor" in done.stderr
    assert done.stdout == ""


@without_gpu
def test_the_tests_that_need_a_gpu_end_with_4_where_they_alone_are_asked_for():
    done = run("pytest", "tests/gpu", "-m", "gpu", "-p", "no:cacheprovider")
    assert done.returncode == 4
    assert "PyTorch sees no GPU here: torch" in done.stderr
    assert "passed" not in done.stdout


@without_gpu
def test_among_others_the_tests_that_need_a_gpu_are_skipped_with_the_reason():
    done = run("pytest", "tests/gpu", "-p", "no:cacheprovider")
    assert done.returncode == 0
    assert "PyTorch sees no GPU here" in done.stdout
    assert "passed" not in done.stdout


def test_the_makefile_asks_for_the_tests_of_the_folder_alone():
    recipe = (ROOT / "Makefile").read_text().split("\ntest-gpu:")[1].split("\n\n")[0]
    assert "pytest tests/gpu -m gpu" in recipe


@pytest.mark.slow
def test_on_a_processor_every_accepted_sample_stands_beside_the_librarys_own():
    done = run("scripts.bench_gpu", "--device", "cpu", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    for name in IN_TORCH:
        assert f"{name}: " in done.stdout
        for path in (ROOT / "assignments" / name).glob("submissions/accepted/*.py"):
            assert path.stem in done.stdout
    assert done.stdout.count("torch's own ") >= len(IN_TORCH)


@pytest.mark.parametrize(
    ("name", "asked", "on_gpu", "case"),
    [
        ("19-fast-conv-gpu", "", True, "gpu"),
        ("19-fast-conv-gpu", "", False, "graded"),
        ("21-depthwise-block", "", True, "graded"),
        ("19-fast-conv-gpu", "strided", True, "strided"),
        ("20-fast-pool-gpu", "strided", True, ""),
    ],
)
def test_a_gpu_gets_its_own_shapes_and_a_case_that_is_missing_is_left_out(name, asked, on_gpu, case):
    assert case_of(name, asked, on_gpu=on_gpu) == case


def test_a_case_that_nobody_has_is_refused():
    done = run("scripts.bench_gpu", "--device", "cpu", "--case", "huge")
    assert done.returncode == 2
    assert "no assignment has a case 'huge'" in done.stderr
