"""What holds a GPU for a timing, with the processor in its place; tests/gpu runs it on a GPU."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import types

import pytest

from grader.benchmark import gpu
from grader.benchmark.gpu import THROTTLED, GpuBusy, GpuDevice


@pytest.fixture
def device(tmp_path):
    stand_in = GpuDevice("cpu", tmp_path)
    stand_in.prepare(warm_seconds=0.05)
    return stand_in


class Told:
    """Answers as NVML does, with figures that a test gives."""

    NVML_CLOCK_SM, NVML_TEMPERATURE_GPU = 1, 0

    class NVMLError(Exception):
        pass

    def __init__(self, reasons=0, error=""):
        self.reasons, self.error = reasons, error

    def __getattr__(self, name):
        answers = {"ClockInfo": 1200, "MaxClockInfo": 1980, "Temperature": 61, "PowerUsage": 310_000}
        answers |= {"CurrentClocksEventReasons": self.reasons, "HandleByUUID": "handle"}

        def asked(*_):
            if self.error:
                raise self.NVMLError(self.error)
            return answers.get(name.removeprefix("nvmlDeviceGet"))

        return asked


def test_a_prepared_device_is_calm_and_says_what_it_is(device):
    device.between_calls()
    assert device.name
    assert device.diagnostics()["overwrite_ms"] > 0
    assert device.flags() == ()


def test_a_device_in_use_is_waited_for_and_then_told(device, monkeypatch):
    taken = iter([9.0, 9.0, device.usual])
    monkeypatch.setattr(device, "_overwrite", lambda: next(taken))
    assert device.is_calm()
    monkeypatch.setattr(device, "_overwrite", lambda: 9.0 + device.usual)
    monkeypatch.setattr(gpu, "CALM_SECONDS", 0.05)
    assert not device.is_calm(0.05)
    monkeypatch.setattr(device, "is_calm", lambda: False)
    with pytest.raises(GpuBusy, match="in use between calls"):
        device.between_calls()


def test_one_process_holds_a_device_at_a_time(device, tmp_path):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom grader.benchmark.gpu import GpuDevice\n"
        "with GpuDevice('cpu', Path(sys.argv[1])).lock():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        got = threading.Event()

        def take():
            with device.lock():
                got.set()

        waiting = threading.Thread(target=take)
        waiting.start()
        time.sleep(0.2)
        assert not got.is_set()
        other.stdin.close()
        waiting.join(20)
        assert got.is_set()


def test_throttling_is_flagged_and_kept(device, monkeypatch):
    monkeypatch.setattr(gpu.importlib, "import_module", lambda _: Told(reasons=0x01 | 0x04 | 0x40))
    device.nvml = gpu._Nvml("1234")
    assert device.diagnostics()["sm_mhz"] == 1200.0
    device.nvml.library.reasons = 0
    device.diagnostics()
    assert device.flags() == tuple(
        f"While it was timed, the GPU was slowed down by {THROTTLED[bit]}." for bit in (0x04, 0x40)
    )


def test_what_nvml_does_not_say_is_flagged(device, monkeypatch):
    monkeypatch.setattr(gpu.importlib, "import_module", lambda _: Told(error="Not Supported"))
    device.nvml = gpu._Nvml("1234")
    assert "sm_mhz" not in device.diagnostics()
    assert device.flags() == ("Clocks and throttling were not watched: Not Supported.",)


def test_a_missing_library_is_flagged(device, monkeypatch):
    def fails(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(gpu, "importlib", types.SimpleNamespace(import_module=fails))
    device.nvml = gpu._Nvml("1234")
    device.diagnostics()
    assert device.flags() == ("Clocks and throttling were not watched: nvidia-ml-py is not installed.",)
