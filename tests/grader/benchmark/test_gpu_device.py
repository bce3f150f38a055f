"""What holds a GPU for a timing, with the processor in its place; tests/gpu runs it on a GPU."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
import types

import pytest
import torch

from grader import worker
from grader.benchmark import gpu
from grader.benchmark.cores import processor_name
from grader.benchmark.gpu import GpuBusy, GpuDevice, sees_gpu
from grader.benchmark.places import device_here
from grader.contract import Device, Outcome, TimingJob
from grader.sandbox.errors import SandboxFailure
from grader.sandbox.gpu import GpuBubblewrap


@pytest.fixture
def device(tmp_path):
    stand_in = GpuDevice("cpu", tmp_path)
    stand_in.prepare(warm_seconds=0.05)
    return stand_in


def test_a_prepared_device_is_calm_and_says_what_it_is(device):
    device.between_calls()
    assert device.name
    assert device.diagnostics()["overwrite_ms"] > 0
    assert device.flags() == ()


def test_a_device_in_use_is_waited_for_and_then_told(device, monkeypatch):
    device.usual = 1.0
    taken = iter([9.0, 9.0, *[1.0] * gpu.CALM_WRITES])
    monkeypatch.setattr(device, "_overwrite", lambda: next(taken))
    assert device.is_calm()
    monkeypatch.setattr(device, "_overwrite", lambda: 9.0)
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


def test_one_quick_write_between_two_slow_ones_is_not_calm(device, monkeypatch):
    device.usual = 1.0
    taken = itertools.cycle([9.0, 1.0, 1.0])
    monkeypatch.setattr(device, "_overwrite", lambda: next(taken))
    assert not device.is_calm(0.05)


def test_what_its_watch_sees_is_told_with_its_own_figures(device):
    device.look()
    assert set(device.diagnostics()) == {"cache_mib", "overwrite_ms"}
    device.watch = types.SimpleNamespace(
        look=lambda: seen.append(1), figures=lambda: {"sm_mhz": 1980.0}, flags=lambda: ("It was hot.",)
    )
    seen: list[int] = []
    device.look()
    assert seen == [1]
    assert device.diagnostics()["sm_mhz"] == 1980.0
    assert device.flags() == ("It was hot.",)


def test_a_failure_of_the_gpu_is_ours():
    assert issubclass(GpuBusy, SandboxFailure)


def test_a_worker_for_a_gpu_says_so_where_pytorch_sees_none(bubblewrap):
    with GpuBubblewrap({"/dev/nvidia0": "/dev/zero"}) as launcher:
        here = device_here(launcher)
    assert here.kind == "gpu"
    if not sees_gpu():
        assert here.name == "a GPU that PyTorch does not see"
    assert device_here(bubblewrap) == Device("cpu", processor_name())


def test_a_timing_that_fails_on_a_workers_gpu_is_told_as_one_on_a_gpu(bubblewrap, monkeypatch):
    with GpuBubblewrap({"/dev/nvidia0": "/dev/zero"}) as launcher:
        monkeypatch.setattr(worker, "launcher", lambda: launcher)
        timing = worker._failed_timing(TimingJob(1, 1, "19-fast-conv-gpu", {"fast_conv.py": ""}, 1), "CUDA error")
    assert (timing.outcome, timing.device.kind) == (Outcome.INTERNAL_ERROR, "gpu")
    assert timing.worker["error"] == "CUDA error"


def test_a_gpu_that_does_not_answer_has_no_name_and_no_error(monkeypatch):
    def fails(*_):
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(gpu, "sees_gpu", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", fails)
    assert gpu.gpu_name() == "a GPU that does not answer"
