"""`stride doctor` looks at what is really there, and says how to mend what is not."""

from __future__ import annotations

import importlib
import json

from grader.contract.findings import Health
from grader.sandbox import cgroups
from grader.sandbox.cgroups import Cgroups

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
