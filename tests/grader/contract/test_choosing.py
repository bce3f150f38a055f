from __future__ import annotations

import pytest

from grader.contract.choosing import instead, is_meant

FOLDERS = ["04-conv-forward", "05-conv-backward", "08-pooling"]


@pytest.mark.parametrize("name", ["04-conv-forward", "04", "4", "004"])
def test_an_assignment_is_meant_by_its_name_or_number(name: str):
    assert [folder for folder in FOLDERS if is_meant(name, folder)] == ["04-conv-forward"]


@pytest.mark.parametrize("name", ["conv-forward", "04-conv", "", "-4", "4.0"])
def test_part_of_a_name_means_none(name: str):
    assert not any(is_meant(name, folder) for folder in FOLDERS)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("conv", "Near it: 04-conv-forward, 05-conv-backward."),
        ("Pooling", "Near it: 08-pooling."),
        ("08-poling", "Near it: 08-pooling."),
        ("04_conv_forward", "Near it: 04-conv-forward."),
    ],
)
def test_a_misspelt_name_is_told_what_is_near_it(name: str, near: str):
    assert instead(name, FOLDERS) == near


@pytest.mark.parametrize("name", ["99", "0", "", "transformers"])
def test_a_name_that_nothing_is_near_is_told_all(name: str):
    assert instead(name, FOLDERS) == "There are: 04-conv-forward, 05-conv-backward, 08-pooling."
