"""Canaries: secrets planted wherever a careless worker would leave them, and how each would be seen in a result."""

from __future__ import annotations

import os
import random
import secrets
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.contract import Assignment, Result, Visibility, load_assignment
from tests.grader.conftest import write_assignment

REPOSITORY = Path(__file__).resolve().parents[2]
IN_THE_REPOSITORY = "CANARY-repository-5f1d20c97ab3e846"
BOAST = "BREACH"
"""What a hostile submission prints when it sees for itself that it has succeeded."""

ENVIRONMENT = ("STRIDE_SECRET_KEY", "DATABASE_URL", "BROKER_URL", "REDIS_PASSWORD")

TOML = """
title = "Doubling"
summary = "Twice the input."
profile = "numpy"
filename = "twice.py"
points = 5

[[entry]]
name = "double"
signature = "(x, factor) -> (out, cache)"
returns = ["value", "handle"]

[[entry]]
name = "back"

[limits]
check_seconds = 1
total_seconds = 1.5
cpu_seconds = 2
memory_mib = 256
processes = 16
output_kib = 256
file_mib = 4
tmp_mib = 8
returned_mib = 8
"""

CHECKS = """
# {checks}
import numpy as np
import pytest
from grader.authoring import expect_close, expect_pure

ANSWER = {answer}
HIDDEN = {hidden}


@pytest.mark.points(2)
def test_values(student, rng):
    x = rng.standard_normal((2, 3))
    expected = np.vstack([2 * x, np.full((1, 3), ANSWER)])
    out, _ = student.double(x, 2)
    expect_close(out, expected[:-1])


@pytest.mark.points(2)
def test_pure(student, rng):
    x = rng.standard_normal((3, 4))
    expected = np.vstack([2 * x, np.full((1, 4), ANSWER)])
    out, _ = student.double(x, 2)
    expect_close(out, expected[:-1])
    expect_pure(student, "double")


@pytest.mark.points(1)
@pytest.mark.hidden
def test_cache_comes_back(student, rng):
    x = rng.standard_normal((3, 3))
    x[0, 0] = HIDDEN
    _, cache = student.double(x, 2)
    expect_close(student.back(cache), x, what="x")
"""

NEIGHBOUR = '''"""Twice the input, by somebody else: {neighbour}."""
import contextlib

NAME = "{neighbour}"
print(NAME)
for place in ("/tmp", "/dev/shm"):
    with contextlib.suppress(OSError):
        open(place + "/neighbour", "w").write(NAME)


def double(x, factor):
    return factor * x, (x,)


def back(cache):
    return cache[0]
'''


def drawn(kind: str) -> str:
    return f"CANARY-{kind}-{secrets.token_hex(8)}"


def unlikely_number(exponent: int) -> str:
    """A number that reads the same in JSON, in a message and printed by NumPy, and that chance does not give."""
    return f"{random.SystemRandom().randrange(1_000_01, 999_999) | 1}e+{exponent - 5}"


@dataclass
class Listeners:
    """Sockets of this machine that nobody but an attack talks to. `heard` counts who did."""

    folder: Path
    heard: list[str] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.abstract = f"stride-{secrets.token_hex(8)}"
        self.path = str(self.folder / "listener.sock")
        tcp = self._open("loopback", socket.socket(socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1", 0))
        udp = self._open("datagrams", socket.socket(socket.AF_INET, socket.SOCK_DGRAM), ("127.0.0.1", 0))
        self._open("an abstract socket", socket.socket(socket.AF_UNIX), "\0" + self.abstract)
        self._open("a socket in a folder", socket.socket(socket.AF_UNIX), self.path)
        Path(self.path).chmod(0o777)
        self.port, self.udp_port = tcp.getsockname()[1], udp.getsockname()[1]

    def _open(self, name: str, server: socket.socket, address: Any) -> socket.socket:
        server.bind(address)
        if server.type == socket.SOCK_STREAM:
            server.listen(64)
        self.sockets.append(server)
        threading.Thread(target=self._listen, args=(name, server), name=f"canary-{name}", daemon=True).start()
        return server

    def _listen(self, name: str, server: socket.socket) -> None:
        while True:
            try:
                if server.type == socket.SOCK_STREAM:
                    server.accept()[0].close()
                else:
                    server.recv(64)
            except OSError:
                return
            self.heard.append(name)

    def close(self) -> None:
        for server in self.sockets:
            if server.type == socket.SOCK_STREAM:
                server.shutdown(socket.SHUT_RDWR)
            server.close()


class Canaries:
    """All that is planted, below `root` and in this process's environment; `close` takes the environment back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.chmod(0o755)
        self.secret = {name: drawn(name) for name in ("environment", "file", "checks", "accepted", "neighbour")}
        self.mark = f"stride-{secrets.token_hex(4)}"
        self.answer, self.hidden = unlikely_number(88), unlikely_number(66)
        self.before = {name: os.environ.get(name) for name in ENVIRONMENT}
        os.environ.update(dict.fromkeys(ENVIRONMENT, f"redis://:{self.secret['environment']}@127.0.0.1:6379/0"))
        self.file = root / "secret.txt"
        self.file.write_text(f"{self.secret['file']}\n")
        self.assignment = self._assignment()
        self.neighbour = NEIGHBOUR.format(neighbour=self.secret["neighbour"])
        self.listeners = Listeners(root)

    def _assignment(self) -> Assignment:
        numbers = {"answer": float(self.answer), "hidden": float(self.hidden)}
        self.answer, self.hidden = repr(numbers["answer"]), repr(numbers["hidden"])
        checks = CHECKS.format(checks=self.secret["checks"], **numbers)
        folder = write_assignment(self.root, toml=TOML, checks=checks)
        with (folder / "submissions" / "accepted" / "plain.py").open("a") as accepted:
            accepted.write(f"# {self.secret['accepted']}\n")
        return load_assignment(folder)

    def filled_in(self, source: str) -> str:
        """A hostile submission, told all that it could ever find out about where things are."""
        known = {
            "PORT": self.listeners.port,
            "UDP_PORT": self.listeners.udp_port,
            "ABSTRACT": self.listeners.abstract,
            "SOCKET": self.listeners.path,
            "SECRET_FILE": self.file,
            "REPOSITORY": REPOSITORY,
            "ASSIGNMENT": self.assignment.folder,
            "WORKER": os.getpid(),
            "MARK": self.mark,
        }
        for name, value in known.items():
            source = source.replace("{{" + name + "}}", str(value))
        return source

    def leaks(self, result: Result) -> list[str]:
        """What came out in a result that should not have: names of canaries."""
        anywhere = {
            **self.secret,
            "the repository": IN_THE_REPOSITORY,
            "the reference": line_of(REPOSITORY / "reference" / "conv.py"),
            "an account": Path("/etc/passwd").read_text().splitlines()[-1],
            "the expected output": self.answer,
            "a boast": BOAST,
        }
        document = "\n".join(texts(result.to_dict()))
        found = [name for name, text in anywhere.items() if text in document]
        public = "\n".join(texts([result.stdout, [c.to_dict() for c in result.checks if is_visible(c.visibility)]]))
        for name, text in {"a hidden input": self.hidden, "the seed": str(result.seed)}.items():
            if text in public:
                found.append(name)
        return found

    def close(self) -> None:
        self.listeners.close()
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def is_visible(visibility: Visibility) -> bool:
    return visibility is Visibility.VISIBLE


def line_of(path: Path) -> str:
    """A long line of a file that looks the same however it is quoted."""
    plain = [line.strip() for line in path.read_text().splitlines() if line.isascii() and not set(line) & set("\"'\\")]
    return max(plain, key=len)


def texts(value: object) -> Iterator[str]:
    """Every text and number within a JSON-ready value, as text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    else:
        yield str(value)
