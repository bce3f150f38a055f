"""The wall with a GPU let in, tried with harmless devices in the places of NVIDIA's."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from grader.benchmark.run import Effort, reference_files, time_submission
from grader.contract import Job, Limits, Outcome, load_assignment
from grader.contract.gpus import gpu_count
from grader.judge.grade import grade
from grader.sandbox.bubblewrap import compiled_filter
from grader.sandbox.errors import SandboxUnavailable, StudentCrashed, StudentFault
from grader.sandbox.gpu import GpuBubblewrap, device_number, gpu_files, launcher_for, without_gpu, worker_gpu
from grader.sandbox.inside.confine import MACHINES_PROC
from grader.sandbox.wire import Packer

ROOT = Path(__file__).parents[3] / "assignments"
LIMITS = Limits(memory_mib=512, cpu_seconds=10, tmp_mib=16, processes=16)
STAND_INS = {"/dev/nvidiactl": "/dev/null", "/dev/nvidia-uvm": "/dev/zero", "/dev/nvidia0": "/dev/zero"}


@pytest.fixture(scope="module")
def launcher(bubblewrap):
    """The real wall with stand-ins for the devices: every layer is up, and no driver answers."""
    with GpuBubblewrap(STAND_INS) as own:
        yield own


def run(launcher, body, profile="numpy", limits=LIMITS):
    """What a function of this body returns inside, or the fault that it ends in."""
    source = "def f():\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ")
    sandbox = launcher.start(profile, limits)
    try:
        load = {"op": "load", "name": "code.py", "files": {"code.py": source}, "entries": ["f"]}
        sandbox.ask(load, Packer(), 20)
        call = {"op": "call", "entry": "f", "args": [], "kwargs": {}, "returns": ["value"]}
        return sandbox.ask(call, Packer(), 20).value
    except StudentFault as fault:
        return fault
    finally:
        sandbox.close()


def test_devices_can_be_opened_for_reading_and_writing(launcher):
    body = """
        import os
        descriptor = os.open("/dev/nvidia0", os.O_RDWR)
        return [len(os.read(descriptor, 4)), sorted(name for name in os.listdir("/dev") if name.startswith("nvidia"))]
    """
    assert run(launcher, body) == [4, ["nvidia-uvm", "nvidia0", "nvidiactl"]]


def test_the_drivers_ioctls_reach_the_device_and_others_do_not(launcher):
    body = """
        import errno, fcntl
        def said(number):
            with open("/dev/nvidia0", "rb+", buffering=0) as device:
                try:
                    fcntl.ioctl(device, number)
                except OSError as error:
                    return errno.errorcode[error.errno]
        return [said(0xC00846D6), said(0x30000001), said(37), said(0x5412)]
    """
    by_the_device, by_the_filter = "ENOTTY", "ENOSYS"
    assert run(launcher, body) == [by_the_device, by_the_device, by_the_device, by_the_filter]


def test_threads_can_be_named_by_files_as_the_driver_does(launcher):
    body = """
        import threading
        from pathlib import Path
        hold, ready = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: (ready.set(), hold.wait()))
        thread.start()
        ready.wait()
        place = Path("/proc/self/task", str(thread.native_id), "comm")
        place.write_text("cuda-worker")
        named = place.read_text().strip()
        hold.set()
        thread.join()
        return named
    """
    assert run(launcher, body) == "cuda-worker"


def test_proc_shows_the_submissions_own_processes_and_is_read_only(launcher):
    body = f"""
        import os
        from pathlib import Path
        def fails(path):
            try:
                Path(path).write_text("0")
            except OSError:
                return True
        seen = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
        refused = [fails(path) for path in ("/proc/self/oom_score_adj", "/proc/sys/kernel/hostname", "/proc/self/comm")]
        return [seen, refused, os.path.isdir("{MACHINES_PROC}") and os.listdir("{MACHINES_PROC}")]
    """
    machines_proc = [] if os.geteuid() == 0 else False
    assert run(launcher, body) == [[1], [True, True, True], machines_proc]


def test_environment_has_no_secret_and_turns_tf32_off(launcher):
    body = "import os\nreturn dict(os.environ)"
    seen = run(launcher, body)
    assert seen == GpuBubblewrap.environment | {key: seen[key] for key in seen.keys() & {"PWD", "LC_CTYPE"}}
    assert seen["NVIDIA_TF32_OVERRIDE"] == "0"


def test_address_space_is_without_limit_and_memory_is_not(launcher):
    body = """
        import mmap
        reserved = mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
        size = len(reserved) >> 40
        reserved.close()
        return size
    """
    assert run(launcher, body) == 1
    greedy = "import numpy as np\nkept = [np.ones(1 << 24) for _ in range(64)]\nreturn len(kept)"
    assert "MiB of memory" in str(run(launcher, greedy))


def test_programs_run_behind_the_same_walls_and_not_from_tmp(launcher):
    body = """
        import os, shutil, subprocess
        shutil.copy("/bin/true", "/tmp/true")
        os.chmod("/tmp/true", 0o755)
        status = subprocess.run(["/bin/cat", "/proc/self/status"], capture_output=True, text=True).stdout
        fields = dict(line.split(":", 1) for line in status.splitlines())
        try:
            subprocess.run(["/tmp/true"])
        except PermissionError:
            return [fields["Seccomp"].strip(), int(fields["CapEff"], 16), fields["NoNewPrivs"].strip()]
    """
    assert run(launcher, body) == ["2", 0, "1"]


@pytest.mark.parametrize(
    "attack",
    [
        "import ctypes\nctypes.CDLL(None).unshare(0x10000000)",
        "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)",
        "import ctypes\nctypes.CDLL(None).mount(b'none', b'/proc', b'proc', 0, None)",
    ],
)
def test_what_only_an_attack_asks_for_still_kills(launcher, attack):
    assert isinstance(run(launcher, attack), StudentCrashed)


def test_network_does_not_exist(launcher):
    fault = run(launcher, "import socket\nsocket.socket()")
    assert "PermissionError" in str(fault)


def test_torch_computes_on_the_processor_as_ever(launcher):
    body = "import torch\nreturn float((torch.ones(3, 3) @ torch.ones(3, 3)).sum())"
    assert run(launcher, body, profile="torch", limits=Limits(memory_mib=2048)) == 27.0


def test_a_machine_without_a_gpu_is_told_so(tmp_path):
    with pytest.raises(SandboxUnavailable, match=r"shows no GPU: .*nvidiactl is missing"):
        gpu_files(tmp_path, 0)
    for name in ("nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    with pytest.raises(SandboxUnavailable, match="no GPU has a device file"):
        gpu_files(tmp_path, 0)


def test_only_the_workers_own_gpu_is_let_in(tmp_path):
    for name in ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", "nvidia0", "nvidia1"):
        (tmp_path / name).touch()
    assert [path.rpartition("/")[2] for path in gpu_files(tmp_path, 1)] == [
        *("nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools")
    ]
    with pytest.raises(SandboxUnavailable, match="there is no GPU 2"):
        gpu_files(tmp_path, 2)
    (tmp_path / "nvidia0").unlink()
    assert str(tmp_path / "nvidia1") in gpu_files(tmp_path, 0)


def test_a_worker_has_one_gpu():
    assert [worker_gpu({}), worker_gpu({"CUDA_VISIBLE_DEVICES": "3"})] == [0, 3]
    with pytest.raises(SandboxUnavailable, match="the number of one GPU"):
        worker_gpu({"CUDA_VISIBLE_DEVICES": "0,1"})


def test_the_ordinary_filter_is_another():
    assert compiled_filter(gpu=True) != compiled_filter()


@pytest.mark.skipif(gpu_count() > 0, reason="this machine has a GPU")
def test_without_a_gpu_an_assignment_for_one_runs_on_the_processor_and_says_so(bubblewrap):
    for_a_gpu, for_none = (load_assignment(ROOT / name) for name in ("19-fast-conv-gpu", "04-conv-forward"))
    assert "19-fast-conv-gpu is for a GPU" in without_gpu(for_a_gpu)
    assert without_gpu(for_none) == ""
    with launcher_for(for_a_gpu) as launcher:
        assert launcher.name == "bubblewrap"
    with pytest.raises(SandboxUnavailable, match="shows no GPU"):
        GpuBubblewrap()


def test_the_probe_says_what_pytorch_says_of_the_gpu(launcher):
    with pytest.raises(SandboxUnavailable, match=r"cannot be used in the sandbox: .*PyTorch sees no GPU"):
        launcher.probe()


def test_an_accepted_sample_is_graded_and_timed_behind_this_wall(launcher):
    assignment = load_assignment(ROOT / "20-fast-pool-gpu")
    files = reference_files(assignment)
    result = grade(Job(0, 1, assignment.id, files, 1), assignment, launcher)
    assert result.score == assignment.check_points, result.worker
    timing = time_submission(assignment, files, launcher, 1, seconds=2, effort=Effort(least_pairs=1, calls=(1, 1)))
    assert (timing.outcome, timing.message) == (Outcome.TIMED, "")


def test_the_device_file_is_that_of_the_gpu_which_cuda_counts_by_pci_addresses(tmp_path):
    for address, minor in (("0000:1b:00.0", 2), ("0000:04:00.0", 1), ("0000:8a:00.0", 0)):
        (tmp_path / address).mkdir()
        (tmp_path / address / "information").write_text(f"Model: \t\t NVIDIA H200\nDevice Minor: \t {minor}\n")
    assert [device_number(number, tmp_path) for number in range(3)] == [1, 2, 0]
    assert device_number(3, tmp_path) == 3


def test_a_driver_that_lists_no_gpu_leaves_the_number_as_it_is(tmp_path):
    assert device_number(1, tmp_path / "gpus") == 1
