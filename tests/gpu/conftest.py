"""Tests that a GPU answers: skipped, with the reason, where PyTorch sees none, unless they alone are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

HERE = Path(__file__).parent
NO_GPU = "PyTorch sees no GPU here"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that needs a GPU. `-m gpu` without one is an error: nothing is tested."""
    sees_one = torch.cuda.is_available()
    if not sees_one and config.option.markexpr == "gpu":
        raise pytest.UsageError(f"{NO_GPU}: torch {torch.__version__}, CUDA {torch.version.cuda or 'not built in'}")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.gpu)
            if not sees_one:
                item.add_marker(pytest.mark.skip(reason=NO_GPU))


@pytest.fixture(autouse=True)
def full_precision() -> None:
    """float32 is float32: TF32 would be seen as an error."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
