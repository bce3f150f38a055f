from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from server.logging import configure_logging
from server.settings import Settings


@pytest.fixture
def plain(tmp_path: Path, assignments_root: Path) -> Iterator[Settings]:
    """Settings without a database; logging is put back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Settings("development", "secret", "sqlite://", "filesystem://", tmp_path, assignments_root)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_production_writes_one_json_object_a_line(plain: Settings, capsys: pytest.CaptureFixture[str]):
    configure_logging(replace(plain, environment="production"))
    structlog.get_logger("server.test").info("result recorded", submission=7, text="two\nlines")
    logging.getLogger("some.library").warning("it is %s", "late")

    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["submission"], ours["level"], ours["logger"]) == (
        *("result recorded", 7, "info"),
        "server.test",
    )
    assert (theirs["event"], theirs["logger"]) == ("it is late", "some.library")


def test_an_exception_is_part_of_its_line(plain: Settings, capsys: pytest.CaptureFixture[str]):
    configure_logging(replace(plain, environment="production"))
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("sweep failed")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"][0]["exc_value"] == "broken"


@pytest.mark.parametrize("environment", ["development", "production"])
def test_an_exception_is_written_down_without_the_values_of_variables(
    plain: Settings, capsys: pytest.CaptureFixture[str], environment: str
):
    def sign_in(password: str) -> None:
        raise ValueError("no database")

    configure_logging(replace(plain, environment=environment))
    try:
        sign_in(("correct-horse-" * 2).strip("-"))
    except ValueError:
        structlog.get_logger().exception("sign-in failed")

    written = capsys.readouterr().err
    assert "no database" in written
    assert "correct-horse-correct-horse" not in written


def test_a_terminal_gets_readable_lines_from_the_level_on(plain: Settings, capsys: pytest.CaptureFixture[str]):
    configure_logging(plain, logging.WARNING)
    structlog.get_logger().info("not this")
    structlog.get_logger().warning("but this", count=3)

    out, err = capsys.readouterr()
    assert out == ""
    assert "not this" not in err
    assert "but this" in err
    assert "count=3" in err
