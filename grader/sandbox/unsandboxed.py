"""No wall at all: for one's own file on one's own machine, where bubblewrap does not exist (macOS, Windows)."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys

from grader.contract import Limits
from grader.sandbox.errors import SandboxFailure
from grader.sandbox.inside import guest
from grader.sandbox.process import ChildLife, Sandbox

CONNECT_SECONDS = 60.0


class Unsandboxed:
    """Starts the same process without a wall and without limits but time. It talks over a loopback port."""

    name = "none"

    def start(self, profile: str, limits: Limits, *, core: int | None = None) -> Sandbox:
        """A fresh process that only this one can talk to (it must show a token). Raises SandboxFailure.

        It inherits the core of the caller, who must have brought itself there.
        """
        token = secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(CONNECT_SECONDS)
            address = f"tcp:{server.getsockname()[1]}:{token}"
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-B",
                    "-u",
                    "-m",
                    guest.__name__,
                    address,
                    profile,
                    str(limits.returned_mib * 2**20),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=dict(os.environ) | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            try:
                channel = _accept(server, token)
            except TimeoutError:
                process.kill()
                raise SandboxFailure("the process that runs the submission did not start") from None
        assert process.stdout is not None
        sandbox = Sandbox(ChildLife(process), channel, process.stdout, limits, has_torch=profile == "torch")
        sandbox.pid = process.pid
        return sandbox

    def close(self) -> None:
        """Nothing is kept running."""


def _accept(server: socket.socket, token: str) -> socket.socket:
    """The first connection that shows the token. Raises TimeoutError."""
    while True:
        channel, _ = server.accept()
        channel.settimeout(CONNECT_SECONDS)
        if channel.recv(len(token), socket.MSG_WAITALL) == token.encode():
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return channel
        channel.close()
