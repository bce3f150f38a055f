"""The simulation behind the rule of the middle timing."""

from __future__ import annotations

import re

from click.testing import CliRunner

from scripts.simulate_tries import TRIES, main


def test_many_tries_would_gain_without_the_rule_and_gain_nothing_with_it():
    done = CliRunner().invoke(main, ["--people", "300"])

    assert done.exit_code == 0, done.output
    found = [list(map(float, re.findall(r"[+-]?[\d.]+(?=%)", line))) for line in done.output.splitlines()]
    fastest, middle, any_run, by_rule = zip(*found, strict=True)
    assert len(found) == len(TRIES)
    assert list(fastest) == sorted(fastest)
    assert fastest[-1] > 1
    assert max(map(abs, middle)) < 0.2
    assert any_run[-1] > 20
    assert max(by_rule) <= 1
