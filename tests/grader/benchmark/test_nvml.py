"""What NVML says while a GPU is timed: looked at after every call, and flagged where something slows the GPU down."""

from __future__ import annotations

import types

import pytest

from grader.benchmark import nvml
from grader.benchmark.nvml import THROTTLED, Watch


class Told:
    """Answers as NVML does, with figures that a test gives."""

    NVML_CLOCK_SM, NVML_TEMPERATURE_GPU = 1, 0

    class NVMLError(Exception):
        pass

    def __init__(self):
        self.reasons, self.clock, self.error = 0, 1200, ""

    def __getattr__(self, name):
        answers = {"ClockInfo": self.clock, "MaxClockInfo": 1980, "Temperature": 61, "PowerUsage": 310_000}
        answers |= {"CurrentClocksEventReasons": self.reasons, "HandleByUUID": "handle"}

        def asked(*_):
            if self.error:
                raise self.NVMLError(self.error)
            return answers.get(name.removeprefix("nvmlDeviceGet"))

        return asked


@pytest.fixture
def told(monkeypatch) -> Told:
    library = Told()
    monkeypatch.setattr(nvml, "importlib", types.SimpleNamespace(import_module=lambda _: library))
    return library


def looked(watch: Watch, told: Told, **states: list) -> None:
    for state in zip(*states.values(), strict=True):
        for name, value in zip(states, state, strict=True):
            setattr(told, name, value)
        watch.look()


def test_what_slows_a_gpu_down_while_it_is_timed_is_flagged_with_how_often(told):
    watch = Watch("1234")
    looked(watch, told, reasons=[0x01, 0x04, 0x01 | 0x04 | 0x40, 0])
    assert watch.flags() == (
        f"In 2 of 4 looks after a call, the GPU was slowed down by {THROTTLED[0x04]}.",
        f"In 1 of 4 looks after a call, the GPU was slowed down by {THROTTLED[0x40]}.",
    )


def test_figures_are_those_of_all_looks(told):
    watch = Watch("1234")
    looked(watch, told, clock=[1500, 345, 1980])
    assert watch.figures() == {
        "sm_mhz": 1500.0,
        "least_sm_mhz": 345.0,
        "most_sm_mhz": 1980.0,
        "celsius": 61.0,
        "watts": 310.0,
    }


def test_a_gpu_at_ease_is_not_flagged(told):
    watch = Watch("1234")
    looked(watch, told, reasons=[0x01, 0x02])
    assert watch.flags() == ()


def test_what_nvml_does_not_say_is_flagged_once(told):
    told.error = "Not Supported"
    watch = Watch("1234")
    looked(watch, told, reasons=[0, 0])
    assert watch.figures() == {}
    assert watch.flags() == ("Clocks and throttling were not watched: Not Supported.",)


def test_a_gpu_that_is_lost_meanwhile_keeps_what_was_seen(told):
    watch = Watch("1234")
    looked(watch, told, reasons=[0x04, 0], error=["", "GPU is lost"])
    assert watch.figures()["sm_mhz"] == 1200.0
    assert watch.flags()[-1] == "Clocks and throttling were not watched: GPU is lost."
    assert len(watch.flags()) == 2


def test_a_missing_library_is_flagged(monkeypatch):
    def fails(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(nvml, "importlib", types.SimpleNamespace(import_module=fails))
    watch = Watch("1234")
    watch.look()
    assert watch.flags() == ("Clocks and throttling were not watched: nvidia-ml-py is not installed.",)


def test_the_real_library_says_why_it_sees_no_gpu_or_sees_one():
    pytest.importorskip("pynvml")
    watch = Watch("no such GPU")
    watch.look()
    (flag,) = watch.flags()
    assert flag.startswith("Clocks and throttling were not watched: ")
