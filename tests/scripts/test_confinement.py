"""What `make compose-demo` says of a container that is less confined than docker-compose.yml promises."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.confinement import FILTER, asked, seen

STATUS = """Name:\tdocker-init
Uid:\t10001\t10001\t10001\t10001
CapInh:\t0000000000000000
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t0000000000000000
CapAmb:\t0000000000000000
NoNewPrivs:\t1
Seccomp:\t2
"""


def container(service: str = "timer", environment: tuple[str, ...] = (), **host: Any) -> dict[str, Any]:
    """As docker inspect describes it, cut down to what is looked at."""
    confined = {
        "Privileged": False,
        "CapDrop": ["ALL"],
        "CapAdd": None,
        "ReadonlyRootfs": True,
        "Devices": None,
        "SecurityOpt": ["no-new-privileges:true", f"seccomp={FILTER.read_text()}"],
    }
    return {
        "HostConfig": confined | host,
        "Config": {
            "Labels": {"com.docker.compose.service": service},
            "Env": ["BROKER_URL=redis://redis", "PATH=/bin", *environment],
        },
        "NetworkSettings": {"Networks": {"stride_grading": {}}},
    }


def test_container_as_the_compose_file_makes_it_has_nothing_open():
    assert list(asked(container())) == []
    assert list(seen(STATUS)) == []


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ({"Privileged": True}, "it is privileged"),
        ({"CapDrop": []}, "capabilities: [] dropped, None added"),
        ({"CapAdd": ["SYS_ADMIN"]}, "capabilities: ['ALL'] dropped, ['SYS_ADMIN'] added"),
        ({"ReadonlyRootfs": False}, "its root can be written"),
        ({"Devices": ["/dev/kvm"]}, "devices: ['/dev/kvm']"),
        ({"SecurityOpt": ['seccomp={"defaultAction": "SCMP_ACT_ALLOW"}']}, "filter is not"),
        ({"SecurityOpt": ["no-new-privileges:true"]}, "its system call filter is not grader-seccomp.json"),
    ],
)
def test_each_thing_that_is_left_open_is_told(host: dict[str, Any], told: str):
    (problem,) = asked(container(**host))
    assert told in problem


def test_grader_that_knows_the_database_is_told():
    (problem,) = asked(container("grader", ("DATABASE_URL=postgresql://stride:word@postgres/stride",)))
    assert problem == "it was given DATABASE_URL"


def test_grader_on_a_second_network_is_told():
    found = container("grader")
    found["NetworkSettings"]["Networks"]["stride_front"] = {}
    assert list(asked(found)) == ["networks: stride_front, stride_grading"]


def test_web_may_know_the_database_and_has_its_own_networks():
    found = container("web", ("DATABASE_URL=postgresql://stride:word@postgres/stride",), SecurityOpt=[])
    found["NetworkSettings"]["Networks"]["stride_front"] = {}
    assert list(asked(found)) == []


@pytest.mark.parametrize(
    ("line", "changed", "told"),
    [
        ("CapBnd:\t0000000000000000", "CapBnd:\t00000000a80425fb", "the kernel gives it capabilities: CapBnd"),
        ("Uid:\t10001\t10001", "Uid:\t0\t0", "it runs as root"),
        ("NoNewPrivs:\t1", "NoNewPrivs:\t0", "it may gain privileges"),
        ("Seccomp:\t2", "Seccomp:\t0", "no system call filter is on"),
    ],
)
def test_what_the_kernel_lets_it_do_is_told(line: str, changed: str, told: str):
    assert list(seen(STATUS.replace(line, changed))) == [told]
