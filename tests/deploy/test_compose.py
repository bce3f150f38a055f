"""What docker-compose.yml promises. `make compose-demo` brings it up for real."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.benchmark import cores
from grader.contract import GRADE_CPU, GRADE_GPU, RESULTS, TIME_CPU

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
GRADERS = ["grader", "timer", "grader-gpu"]
ONE_SHOT = "migrate"
LOCKS = "cores:/tmp/stride-cores-10001"
OURS = re.compile(r"stride(-gpu)?:local")


def words(command: str | list[str]) -> list[str]:
    return command.split() if isinstance(command, str) else command


def queue_of(service: str) -> str:
    command = words(SERVICES[service]["command"])
    return command[command.index("-Q") + 1]


def variables() -> set[str]:
    return set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert "privileged" not in service
    assert "cap_add" not in service
    assert "seccomp:unconfined" not in service["security_opt"]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {ONE_SHOT}))
def test_service_is_watched_and_started_again(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_web_publishes_a_port() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_only_the_web_can_reach_out() -> None:
    open_networks = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    assert [name for name, service in SERVICES.items() if open_networks & set(service["networks"])] == ["web"]


@pytest.mark.parametrize("name", GRADERS)
def test_grader_knows_the_broker_and_nothing_else(name: str) -> None:
    assert set(SERVICES[name]["environment"]) - {"STRIDE_DEVICE"} == {"BROKER_URL"}


@pytest.mark.parametrize("name", GRADERS)
def test_grader_keeps_nothing(name: str) -> None:
    assert set(SERVICES[name].get("volumes", [])) <= {LOCKS}
    assert COMPOSE["volumes"]["cores"]["driver_opts"]["type"] == "tmpfs"


def test_those_who_time_share_the_locks_of_the_cores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [name for name in SERVICES if LOCKS in SERVICES[name].get("volumes", [])] == ["timer", "grader-gpu"]
    assert "--uid 10001" in (ROOT / "Dockerfile").read_text()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: 10001)
    with cores.held_core():
        assert (tmp_path / Path(LOCKS.partition(":")[2]).name).is_dir()


@pytest.mark.parametrize("name", GRADERS)
def test_grader_shares_a_network_with_the_broker_alone(name: str) -> None:
    reached = {
        other for other, service in SERVICES.items() if set(service["networks"]) & set(SERVICES[name]["networks"])
    }
    assert reached - set(GRADERS) == {"redis"}


@pytest.mark.parametrize("name", GRADERS)
def test_grader_may_build_sandboxes(name: str) -> None:
    options = SERVICES[name]["security_opt"]
    assert "systempaths=unconfined" in options
    profile = next(option for option in options if option.startswith("seccomp:")).removeprefix("seccomp:")
    assert json.loads((ROOT / profile).read_text())["defaultAction"] == "SCMP_ACT_ERRNO"


@pytest.mark.parametrize(
    ("name", "queue"),
    [("grader", GRADE_CPU), ("timer", TIME_CPU), ("grader-gpu", GRADE_GPU), ("server-worker", RESULTS)],
)
def test_worker_listens_to_its_queue(name: str, queue: str) -> None:
    assert queue_of(name) == queue


@pytest.mark.parametrize(("name", "at_once"), [("timer", "${TIMER_CONCURRENCY:-1}"), ("grader-gpu", "1")])
def test_what_is_timed_has_its_device_alone_unless_told_otherwise(name: str, at_once: str) -> None:
    command = words(SERVICES[name]["command"])
    assert command[command.index("--concurrency") + 1] == at_once


@pytest.mark.parametrize("name", ["web", "server-worker"])
def test_tables_are_brought_up_to_date_before_the_server_starts(name: str) -> None:
    assert SERVICES[name]["depends_on"][ONE_SHOT] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", ["STRIDE_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"])
def test_secret_has_no_default_and_says_what_to_set(name: str) -> None:
    assert re.search(rf"\$\{{{name}:\?set {name}", TEXT)
    assert not re.search(rf"\$\{{{name}:?-", TEXT)


def test_variables_of_the_compose_file_are_documented() -> None:
    documented = (ROOT / "docs" / "operators.md").read_text()
    assert {name for name in variables() if f"`{name}`" not in documented} == set()


def test_example_environment_sets_what_the_compose_file_reads() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert {line.partition("=")[0] for line in lines if line and not line.startswith("#")} <= variables()


def test_every_foreign_image_has_a_stand_in() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    stages = set(re.findall(r" AS (\w+)", dockerfile))
    images = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) - stages
    images |= {service["image"] for service in SERVICES.values() if not OURS.fullmatch(service["image"])}
    script = (ROOT / "scripts" / "base-images").read_text()
    assert set(re.search(r"for image in (.*); do", script)[1].split()) == images
    others = images - {"debian:bookworm-slim"}
    assert all((ROOT / "deploy" / "stand-ins" / image.partition(":")[0] / "Dockerfile").is_file() for image in others)


def test_image_gets_every_package_and_no_more_than_is_named() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"}
    assert packages | {"assignments", "deploy", "pyproject.toml", "constraints.txt"} <= let_in
    assert {".env", "var", ".git"} & let_in == set()
