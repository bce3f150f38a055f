"""From paired times to a ratio: intervals hold the truth as often as they say, and noise of outliers moves nothing."""

from __future__ import annotations

import numpy as np
import pytest

from grader.benchmark.statistics import Estimate, estimate
from grader.contract import Comparison, ProcessPair

BETWEEN, WITHIN = 0.03, 0.06
"""Standard deviations of log ratios between process pairs and within one, as on a busy machine of two cores."""


def simulated(rng, truth: float, pairs: int = 10, calls: int = 10, outliers: float = 0.05) -> list[ProcessPair]:
    """Process pairs of a submission that is `truth` times as fast; some calls take up to three times as long."""
    found = []
    for _ in range(pairs):
        shift = rng.normal(0, BETWEEN)
        noise = rng.normal(shift, WITHIN, calls) + rng.uniform(-1, 1, calls) * (rng.random(calls) < outliers)
        found.append(ProcessPair(tuple(np.full(calls, 10.0)), tuple(10.0 * truth * np.exp(noise))))
    return found


def test_the_interval_holds_the_truth_in_95_of_100_runs():
    rng = np.random.default_rng(1)
    estimates = [estimate(simulated(rng, 1.3), rng) for _ in range(200)]
    held = np.mean([found.low <= 1.3 <= found.high for found in estimates])
    assert 0.92 <= held < 1, held


def test_half_the_spread_between_processes_gives_about_half_the_width(monkeypatch):
    widths = []
    for scale in (1.0, 0.5):
        monkeypatch.setitem(globals(), "BETWEEN", 0.06 * scale)
        monkeypatch.setitem(globals(), "WITHIN", 0.06 * scale)
        rng = np.random.default_rng(2)
        widths.append(np.median([estimate(simulated(rng, 1.0, outliers=0), rng).width for _ in range(40)]))
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.25)


def test_exact_times_give_the_exact_ratio_and_an_interval_without_width():
    pairs = [ProcessPair((2.0, 4.0), (3.0, 6.0))] * 5
    found = estimate(pairs, np.random.default_rng(0))
    assert (found.ratio, found.low, found.high) == pytest.approx((1.5, 1.5, 1.5))
    assert found.width == pytest.approx(0)


def test_calls_that_were_disturbed_on_one_side_do_not_move_the_ratio():
    disturbed = ProcessPair((10.0, 90.0, 10.0, 10.0, 10.0), (20.0, 20.0, 20.0, 20.0, 200.0))
    assert estimate([disturbed] * 8, np.random.default_rng(0)).ratio == pytest.approx(2)


def test_a_process_pair_that_was_slow_as_a_whole_does_not_move_the_ratio():
    usual, odd = ProcessPair((10.0,) * 5, (20.0,) * 5), ProcessPair((30.0,) * 5, (20.0,) * 5)
    assert estimate([usual] * 7 + [odd], np.random.default_rng(0)).ratio == pytest.approx(2)


def test_exchanging_both_sides_inverts_the_ratio():
    pairs = simulated(np.random.default_rng(3), 2.0)
    swapped = [ProcessPair(pair.reference, pair.submission) for pair in pairs]
    there, back = (estimate(each, np.random.default_rng(0)) for each in (pairs, swapped))
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.low * back.high == pytest.approx(1, rel=0.02)


def test_the_interval_always_holds_its_ratio():
    rng = np.random.default_rng(4)
    for pairs, calls in ((1, 1), (2, 1), (3, 2), (14, 3)):
        found = estimate(simulated(rng, 0.1, pairs, calls), rng)
        assert found.low <= found.ratio <= found.high


@pytest.mark.parametrize("pairs", [[], [ProcessPair((), ())]])
def test_no_call_gives_no_estimate(pairs):
    with pytest.raises(ValueError, match="at least one"):
        estimate(pairs, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.01, 1.2, Comparison.FASTER),
        (0.9, 0.99, Comparison.SLOWER),
        (0.9, 1.1, Comparison.SAME),
        (1.0, 1.1, Comparison.SAME),
        (0.9, 1.0, Comparison.SAME),
    ],
)
def test_only_an_interval_that_leaves_1_out_gives_a_difference(low, high, verdict):
    assert Estimate(1.0, low, high).verdict is verdict
