"""Hand a file in as a student does, over HTTP through the pages, and wait for its score.

python -m scripts.hand_in ADDRESS COURSE ASSIGNMENT FILE --number NUMBER, with the password in STRIDE_PASSWORD. With
--timed it waits for the submission's speed as well, and looks whether the board has it.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.request
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import click

POLL_SECONDS = 0.1
ANSWER_SECONDS = 30


class Refusal(click.ClickException):
    """The pages did not do as they were asked; the message says where."""

    exit_code = 3


class Visitor:
    """Somebody with a browser's cookies, and nothing else of a browser."""

    def __init__(self, address: str) -> None:
        self.address = address if address.endswith("/") else f"{address}/"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.posted_at = 0.0
        """when the latest upload began, in seconds since the epoch"""

    def sign_in(self, number: str, password: str) -> None:
        """Sign in by number and password. Raises Refusal."""
        fields = {"csrf_token": self._token("sign-in"), "number": number, "password": password}
        address, _ = self._open("sign-in", urlencode(fields).encode(), "application/x-www-form-urlencoded")
        if address.endswith("/sign-in"):
            raise Refusal(f"{number} could not sign in at {self.address}")

    def hand_in(self, course: str, assignment: str, file: Path) -> str:
        """Upload `file`; the address of the submission's page. Raises Refusal."""
        return self.upload(course, assignment, file, self.open_form(course, assignment))

    def open_form(self, course: str, assignment: str) -> str:
        """The token of the page on which a file is handed in. Raises Refusal."""
        return self._token(page_of(course, assignment))

    def upload(self, course: str, assignment: str, file: Path, token: str) -> str:
        """Send the form of a page that is already open; the address of the submission's page. Raises Refusal."""
        page = page_of(course, assignment)
        body, kind = multipart({"csrf_token": token}, file)
        self.posted_at = time.time()
        address, _ = self._open(f"{page}submissions", body, kind)
        if "/submissions/" not in address:
            raise Refusal(f"{file.name} was not accepted for {assignment}: the answer came from {address}")
        return address

    def wait(self, submission: str, seconds: float) -> str:
        """Wait until a submission is graded; what the page announces then. Raises Refusal after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = json.loads(self._open(f"{submission}state")[1])
            if state["done"]:
                return str(state["announcement"])
            time.sleep(POLL_SECONDS)
        raise Refusal(f"{submission} was not graded within {seconds:.0f} s")

    def wait_for_speed(self, submission: str, seconds: float) -> dict[str, Any]:
        """Wait until a submission is timed; its speed as the page's state has it.

        Raises Refusal after `seconds`, where nothing is timed, and where the timing was refused or failed.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            state = json.loads(self._open(f"{submission}state")[1])
            if state["settled"]:
                return speed_of(submission, state["timing"])
            time.sleep(POLL_SECONDS)
        raise Refusal(f"{submission} was not timed within {seconds:.0f} s")

    def stands_on_board(self, course: str, assignment: str) -> bool:
        """Whether the board has a row of one's own. Raises Refusal."""
        return 'id="own"' in self._open(f"{page_of(course, assignment)}board/")[1]

    def _token(self, page: str) -> str:
        finder = TokenFinder()
        finder.feed(self._open(page)[1])
        if finder.token is None:
            raise Refusal(f"{self.address}{page} has no form")
        return finder.token

    def _open(self, page: str, body: bytes | None = None, kind: str = "") -> tuple[str, str]:
        address, headers = urljoin(self.address, page), {"Content-Type": kind} if kind else {}
        request = urllib.request.Request(address, body, headers)  # noqa: S310 - the caller's own server
        try:
            with self.opener.open(request, timeout=ANSWER_SECONDS) as answer:
                return answer.url, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Refusal(f"{request.full_url}: {error}") from None


def speed_of(submission: str, timing: dict[str, Any] | None) -> dict[str, Any]:
    """The speed of a submission that has one. Raises Refusal with what became of the timing otherwise."""
    if timing is None or timing["outcome"] != "timed":
        became = "never timed" if timing is None else f"{timing['state']}, {timing['outcome'] or 'without an outcome'}"
        raise Refusal(f"{submission} has no speed: {became}")
    return timing


def page_of(course: str, assignment: str) -> str:
    """The page of an assignment, below the platform's address."""
    return f"courses/{course}/assignments/{assignment}/"


class TokenFinder(HTMLParser):
    """Finds a page's CSRF token."""

    token: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the value of the token's field."""
        fields = dict(attrs)
        if tag == "input" and fields.get("name") == "csrf_token":
            self.token = fields.get("value")


def multipart(fields: dict[str, str], file: Path) -> tuple[bytes, str]:
    """A form with one file (RFC 7578), and its content type."""
    boundary = uuid.uuid4().hex
    head = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    ]
    head.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n')
    body = "".join(head).encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


@click.command()
@click.argument("address")
@click.argument("course")
@click.argument("assignment")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--number", required=True, help="Who hands it in.")
@click.option("--password", envvar="STRIDE_PASSWORD", required=True, help="Their password; better in STRIDE_PASSWORD.")
@click.option("--seconds", default=120.0, show_default=True, help="How long to wait for the score, and for the speed.")
@click.option("--timed", is_flag=True, help="Wait for the speed too, and see that the board shows it.")
def main(
    address: str, course: str, assignment: str, file: Path, number: str, password: str, seconds: float, timed: bool
) -> None:
    """Hand FILE in for ASSIGNMENT of COURSE at ADDRESS, and print the score that its page shows."""
    visitor = Visitor(address)
    visitor.sign_in(number, password)
    begin = time.perf_counter()
    submission = visitor.hand_in(course, assignment, file)
    announcement = visitor.wait(submission, seconds)
    click.echo(
        f"{file.name}, handed in as {number} at {submission}: {announcement} ({time.perf_counter() - begin:.1f} s)"
    )
    if timed:
        speed = visitor.wait_for_speed(submission, seconds)
        if not visitor.stands_on_board(course, assignment):
            raise Refusal(f"the board of {assignment} does not show {number}")
        click.echo(f"timed, and on the board: {told(speed)} ({time.perf_counter() - begin:.1f} s)")


def told(speed: dict[str, Any]) -> str:
    """A speed in one line."""
    interval = f"{speed['low']:.3f} to {speed['high']:.3f}"
    return (
        f"{speed['ratio']:.3f} times the reference's speed ({interval}), tier {speed['tier'] or 'none'}, "
        f"on {speed['device_name']}"
    )


if __name__ == "__main__":
    main()
