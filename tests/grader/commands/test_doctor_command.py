"""`stride doctor` looks at what is really there, and says how to mend what is not."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace

import pytest

from grader.commands import doctor_timing
from grader.commands.doctor_timing import Seen
from grader.contract.findings import Health
from grader.sandbox import cgroups
from grader.sandbox.cgroups import Cgroups

CALM = Seen(cores=4, is_counted=True, load=0.3, swing=0.02)
doctor = importlib.import_module("grader.commands.doctor")


def findings(done) -> dict[str, dict[str, str]]:
    return {finding["subject"]: finding for finding in json.loads(done.stdout)}


def test_a_working_machine_is_good(stride):
    done = stride("doctor", "--json")
    found = findings(done)
    assert done.returncode == 0, done.stdout
    assert found["sandbox"]["health"] == found["database"]["health"] == found["broker"]["health"] == "good"
    assert "torch" in found["packages"]["seen"]


def test_missing_servers_are_named_with_what_to_do_and_passwords_stay_hidden(stride):
    urls = {"BROKER_URL": "redis://:hush@127.0.0.1:1/0", "DATABASE_URL": "postgresql://a:hush@127.0.0.1:1/b"}
    done = stride("doctor", "--json", **urls)
    found = findings(done)
    assert done.returncode == 3
    assert found["broker"]["health"] == found["database"]["health"] == "missing"
    assert "BROKER_URL" in found["broker"]["mend"]
    assert "DATABASE_URL" in found["database"]["mend"]
    assert "hush" not in done.stdout + done.stderr


def test_missing_sandbox_is_named_with_what_to_install(stride):
    done = stride("doctor", "--json", PATH="/nowhere")
    assert findings(done)["sandbox"]["mend"].endswith("apt-get install bubblewrap util-linux")


def test_table_for_people_is_printed(stride):
    assert "sandbox" in stride("doctor").stdout


def test_memory_limit_says_which_way_of_bounding_holds_here(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroups, "find", lambda: Cgroups(2, tmp_path, tmp_path))
    assert doctor._memory().health is Health.GOOD
    assert "control groups, version 2" in doctor._memory().seen
    monkeypatch.setattr(cgroups, "find", lambda: None)
    assert doctor._memory().health is Health.LIMITED
    assert "watch" in doctor._memory().seen
    assert "Delegate=yes" in doctor._memory().mend


def test_landlock_is_welcome_and_not_required():
    assert doctor._landlock(7).health is Health.GOOD
    assert doctor._landlock(0).health is Health.LIMITED


def test_timings_are_looked_at_on_the_machine_at_hand(stride):
    seen = findings(stride("doctor", "--json"))["timings"]
    assert seen["health"] in {"good", "limited"}
    assert "core" in seen["seen"]
    assert "equal work varies by" in seen["seen"]


def test_a_calm_machine_is_fit_for_timings():
    found = doctor_timing.finding(CALM)
    assert found.health is Health.GOOD
    assert found.mend == ""
    assert found.seen == (
        "4 cores, the kernel counts what each process uses, load 0.3, equal work varies by 2.0% (quartiles)"
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cores": 1}, "second one for all else"),
        ({"is_counted": False}, "CONFIG_SCHED_INFO"),
        ({"load": 3.1}, "a machine of its own"),
        ({"swing": 0.2}, "less than 10%"),
        ({"stolen": 0.05}, "cores of its own"),
        ({"shares_cores": True}, "hyper-threading"),
    ],
)
def test_what_makes_timings_less_steady_is_told_with_its_remedy(change, told):
    found = doctor_timing.finding(replace(CALM, **change))
    assert found.health is Health.LIMITED
    assert told in found.mend
    assert ";" not in found.mend


def test_each_thing_that_is_wrong_has_its_remedy():
    found = doctor_timing.finding(replace(CALM, cores=1, swing=0.5))
    assert found.mend.count(";") == 1


def test_work_on_a_core_that_computes_is_seen_to_vary():
    assert 0 < doctor_timing.look().swing < 10


def test_time_that_a_host_took_is_read_from_the_kernel():
    assert doctor_timing._stolen("cpu  70 0 10 10 0 0 0 10 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n") == pytest.approx(0.1)
