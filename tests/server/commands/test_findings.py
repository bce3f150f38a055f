"""What `stride doctor` says of the database and of the room on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.contract.findings import Finding, Health
from server.commands import findings
from server.database import make_engine, migrate


def found(monkeypatch: pytest.MonkeyPatch, url: str, data: Path) -> dict[str, Finding]:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("STRIDE_DATA", str(data))
    return {finding.subject: finding for finding in findings.server_findings()}


def test_tables_of_this_version_are_good(monkeypatch, database_url: str, tmp_path: Path):
    seen = found(monkeypatch, database_url, tmp_path)["database"]
    assert seen.health is Health.GOOD
    assert "tables 0" in seen.seen
    assert "next start of the pages" not in seen.seen


def test_database_without_tables_is_good_and_says_when_they_are_made(
    monkeypatch, empty_database_url: str, tmp_path: Path
):
    seen = found(monkeypatch, empty_database_url, tmp_path)["database"]
    assert seen.health is Health.GOOD
    assert "no tables yet: the next start of the pages makes them 0" in seen.seen


def test_tables_of_a_later_version_are_named_with_what_to_do(monkeypatch, empty_database_url: str, tmp_path: Path):
    engine = make_engine(empty_database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    seen = found(monkeypatch, empty_database_url, tmp_path)["database"]

    assert seen.health is Health.MISSING
    assert "restore the backup" in seen.mend


@pytest.mark.parametrize(
    ("mebibytes", "health"), [(10_000, Health.GOOD), (1_000, Health.LIMITED), (100, Health.MISSING)]
)
def test_room_on_the_disk_is_told(monkeypatch, tmp_path: Path, mebibytes: int, health: Health):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=mebibytes << 20))
    seen = findings.room(tmp_path / "not yet" / "made")
    assert seen.health is health
    assert f"{mebibytes / 1024:.1f} GiB free" in seen.seen
    assert ("make room" in seen.mend) == (health is not Health.GOOD)
