"""Every cheat is refused, or is no faster than an honest text that does the same work, and slows nobody down."""

from __future__ import annotations

import ast

import pytest

from grader.benchmark.pairs import WrongOutput
from grader.sandbox.errors import StudentFault
from tests.hostile.timing.arena import SLOWED, Arena, collection

REFUSED, NO_FASTER = collection("refused"), collection("no_faster")
DISTURBING = (
    "burns_in_an_alarm",
    "drops_the_page_cache",
    "fills_the_caches",
    "holds_memory",
    "leaves_a_full_pipe",
    "leaves_files_to_be_freed",
    "reads_many_files",
    "replies_at_length",
    "rounds_towards_zero",
    "stays_in_the_kernel",
)
FEWEST = 85


@pytest.mark.parametrize("name", REFUSED)
def test_cheat_is_refused_and_told_why(name: str, arena: Arena) -> None:
    bout = arena.bout(REFUSED[name].read_text())

    assert bout.refusal


@pytest.mark.parametrize("name", NO_FASTER)
def test_cheat_is_no_faster_than_its_honest_twin(name: str, arena: Arena) -> None:
    bout = arena.bout(NO_FASTER[name].read_text())

    assert not bout.is_faster, bout


@pytest.mark.parametrize("name", sorted(DISTURBING))
def test_cheat_does_not_slow_down_what_it_is_timed_against(name: str, arena: Arena) -> None:
    try:
        slowdown = arena.slowdown(NO_FASTER[name].read_text())
    except (StudentFault, WrongOutput):
        return

    assert slowdown < SLOWED


def test_every_cheat_says_what_it_tries() -> None:
    cheats = REFUSED | NO_FASTER

    assert len(cheats) == len(REFUSED) + len(NO_FASTER) >= FEWEST
    for name, path in cheats.items():
        assert ast.get_docstring(ast.parse(path.read_text())), name
