"""One commit for all that waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.services.quizzes.group_commit import GroupCommit, NotCommitted


class Ledger:
    """What was committed, in batches. `gate` holds commits up, `fails` names what cannot be committed."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.fails: set[int] = set()
        self.under_way = 0
        self.most_under_way = 0

    def commit(self, items: Sequence[int]) -> list[int]:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.begun.set()
        self.gate.wait(10)
        self.batches.append(list(items))
        self.under_way -= 1
        if self.fails & set(items):
            raise OSError("the disk is full")
        return [item * 10 for item in items]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_each_gets_its_own_result(ledger):
    commits = GroupCommit(ledger.commit)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(commits.submit, range(300))) == [10 * n for n in range(300)]
    assert sorted(item for batch in ledger.batches for item in batch) == list(range(300))
    assert ledger.most_under_way == 1


def test_what_arrives_during_a_commit_goes_into_the_next_together(ledger):
    commits = GroupCommit(ledger.commit)
    ledger.gate.clear()
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(commits.submit, 0)
        assert ledger.begun.wait(10)
        others = [pool.submit(commits.submit, n) for n in range(1, 8)]
        until(lambda: len(commits._waiting) == 7)
        ledger.gate.set()
        assert [each.result(10) for each in (first, *others)] == [10 * n for n in range(8)]
    assert [sorted(batch) for batch in ledger.batches] == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_a_batch_has_a_largest_size_and_the_rest_follows(ledger):
    commits = GroupCommit(ledger.commit, most=3)
    ledger.gate.clear()
    with ThreadPoolExecutor(10) as pool:
        results = [pool.submit(commits.submit, n) for n in range(9)]
        until(lambda: len(commits._waiting) == 8)
        ledger.gate.set()
        assert sorted(each.result(10) for each in results) == [10 * n for n in range(9)]
    assert max(map(len, ledger.batches)) == 3


def test_a_commit_that_fails_promises_nothing_to_anybody_in_it(ledger):
    commits = GroupCommit(ledger.commit)
    ledger.fails = {2}
    ledger.gate.clear()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(commits.submit, 0)
        assert ledger.begun.wait(10)
        others = [pool.submit(commits.submit, n) for n in (1, 2, 3)]
        until(lambda: len(commits._waiting) == 3)
        ledger.gate.set()
        assert first.result(10) == 0
        errors = [each.exception(10) for each in others]
    assert sorted(type(error).__name__ for error in errors) == ["NotCommitted", "NotCommitted", "OSError"]
    assert commits.submit(4) == 40, "the next one goes on"


def test_whoever_waits_too_long_gives_up_and_blocks_nobody(ledger):
    commits = GroupCommit(ledger.commit, patience=0.2)
    ledger.gate.clear()
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(commits.submit, 0)
        assert ledger.begun.wait(10)
        with pytest.raises(NotCommitted):
            pool.submit(commits.submit, 1).result(10)
        ledger.gate.set()
        assert first.result(10) == 0
    assert commits.submit(2) == 20
    assert [0] in ledger.batches
    assert [2] in ledger.batches


def until(holds) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
