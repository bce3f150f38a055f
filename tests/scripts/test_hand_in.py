"""What scripts/hand_in.py makes of the speed that a submission's page tells."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.hand_in import Refusal, Visitor, speed_of, told

TIMED = {
    "state": "done",
    "outcome": "timed",
    "position": 0,
    "ratio": 0.9876,
    "low": 0.95,
    "high": 1.02,
    "tier": "gold",
    "device_name": "AMD EPYC",
}
PAGE = "http://127.0.0.1/submissions/7/"


class Scripted(Visitor):
    """A visitor whose pages are given."""

    def __init__(self, *pages: str) -> None:
        super().__init__("http://127.0.0.1")
        self.pages = list(pages)

    def _open(self, page: str, body: bytes | None = None, kind: str = "") -> tuple[str, str]:
        return page, self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


def test_speed_is_told_with_its_interval_its_tier_and_its_device():
    assert told(TIMED) == "0.988 times the reference's speed (0.950 to 1.020), tier gold, on AMD EPYC"
    assert "tier none" in told(TIMED | {"tier": ""})


@pytest.mark.parametrize(
    ("timing", "became"),
    [
        (None, "never timed"),
        ({"state": "failed", "outcome": None}, "failed, without an outcome"),
        ({"state": "done", "outcome": "refused"}, "done, refused"),
    ],
)
def test_submission_without_a_speed_says_what_became_of_it(timing: dict[str, Any] | None, became: str):
    with pytest.raises(Refusal, match=f"{PAGE} has no speed: {became}"):
        speed_of(PAGE, timing)


def test_speed_is_waited_for_until_the_page_is_settled():
    waiting = '{"settled": false, "timing": {"state": "queued", "outcome": null}}'
    timed = '{"settled": true, "timing": {"state": "done", "outcome": "timed", "ratio": 1.5}}'
    assert Scripted(waiting, waiting, timed).wait_for_speed(PAGE, 60)["ratio"] == 1.5


def test_speed_that_does_not_come_is_not_waited_for_longer():
    with pytest.raises(Refusal, match="was not timed within 0 s"):
        Scripted('{"settled": false, "timing": null}').wait_for_speed(PAGE, 0.2)


def test_own_row_on_the_board_is_found():
    assert Scripted('<tr role="row" id="own">').stands_on_board("demo", "04-conv-forward")
    assert not Scripted('<tr role="row">').stands_on_board("demo", "04-conv-forward")
