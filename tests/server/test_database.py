from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from server.database import make_engine, make_sessions, migrate, migration_config
from server.models import Base, Course, Enrolment, EnrolmentRole, Person


def migrate_url(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


def add_people(url: str, first: int) -> None:
    engine = make_engine(url)
    for number in range(first, first + 25):
        with make_sessions(engine).begin() as s:
            # Read first, then write: what a deferred transaction of SQLite cannot do beside other writers.
            assert s.scalar(select(Person).where(Person.number == str(number))) is None
            s.add(Person(number=str(number)))
    engine.dispose()


def test_migrations_give_the_tables_of_the_models(empty_database_url: str):
    engine = make_engine(empty_database_url)
    migrate(engine)

    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(empty_database_url: str):
    migrate_url(empty_database_url)
    migrate_url(empty_database_url)


def test_migrations_can_be_undone_and_done_again(empty_database_url: str):
    migrate_url(empty_database_url)
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        command.downgrade(migration_config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]

    migrate(engine)

    assert "submission" in inspect(engine).get_table_names()
    engine.dispose()


def test_processes_may_migrate_at_once(empty_database_url: str):
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(migrate_url, [empty_database_url] * 4))

    engine = make_engine(empty_database_url)
    assert "submission" in inspect(engine).get_table_names()
    engine.dispose()


def test_processes_may_write_at_once(database_url: str, engine: Engine):
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(add_people, [database_url] * 4, range(0, 400, 100)))

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM person")) == 100


def test_a_locked_row_is_read_and_changed_by_one_at_a_time(sessions: sessionmaker[Session]):
    with sessions.begin() as s:
        s.add(Person(number="1", session_epoch=0))

    def raise_epoch(_: int) -> None:
        with sessions.begin() as s:
            person = s.get_one(Person, 1, with_for_update=True)
            person.session_epoch += 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(raise_epoch, range(30)))

    with sessions() as s:
        assert s.get_one(Person, 1).session_epoch == 30


def test_readers_do_not_wait_for_a_writer(sessions: sessionmaker[Session]):
    with sessions() as writer:
        writer.add(Person(number="1"))
        writer.flush()
        seen: list[int] = []

        def read() -> None:
            with sessions() as reader:
                seen.append(len(list(reader.scalars(select(Person)))))

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(timeout=10)
        writer.rollback()

    assert seen == [0]


def test_a_rolled_back_savepoint_undoes_its_part_alone(s: Session):
    s.add(Person(number="1"))
    s.flush()
    savepoint = s.begin_nested()
    s.add(Person(number="1"))
    with pytest.raises(IntegrityError):
        s.flush()
    savepoint.rollback()
    s.add(Person(number="2"))
    s.commit()

    assert list(s.scalars(select(Person.number).order_by(Person.number))) == ["1", "2"]


def test_rows_cannot_point_at_nothing(s: Session):
    s.add(Enrolment(course_id=99, person_id=99, role=EnrolmentRole.STUDENT))

    with pytest.raises(IntegrityError):
        s.commit()


def test_a_time_keeps_its_moment_and_needs_a_zone(s: Session, course: Course):
    before = course.created_at
    s.refresh(course)

    assert course.created_at == before
    assert course.created_at.utcoffset().total_seconds() == 0


def test_sqlite_writes_ahead_and_syncs(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'new folder' / 'x.db'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()
