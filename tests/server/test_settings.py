from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.settings import Settings, SettingsError

SECRET = "x" * 40


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"STRIDE_DATA": str(tmp_path / "var")}


def test_nothing_needs_to_be_set(env: dict[str, str], tmp_path: Path):
    settings = Settings.from_environment(env)

    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'stride.db'}"
    assert settings.broker_url == "filesystem://"
    assert settings.assignments.name == "assignments"
    assert not settings.https


def test_an_empty_variable_counts_as_unset(env: dict[str, str]):
    empty = dict.fromkeys(("STRIDE_ENV", "DATABASE_URL", "BROKER_URL", "STRIDE_SECRET_KEY", "STRIDE_HTTPS"), "")

    assert Settings.from_environment(env | empty) == Settings.from_environment(env)


@pytest.mark.parametrize("secret", ["", "short"])
def test_production_refuses_to_start_without_a_real_secret(env: dict[str, str], secret: str):
    with pytest.raises(SettingsError, match=r"STRIDE_SECRET_KEY .*at least 32\. Make one with"):
        Settings.from_environment(env | {"STRIDE_ENV": "production", "STRIDE_SECRET_KEY": secret})


def test_production_with_a_secret_has_safe_cookies(env: dict[str, str]):
    settings = Settings.from_environment(env | {"STRIDE_ENV": "production", "STRIDE_SECRET_KEY": SECRET})

    assert settings.is_production
    assert settings.secret_key == SECRET
    assert settings.https


def test_the_development_key_is_kept_and_for_its_owner_alone(env: dict[str, str], tmp_path: Path):
    first, second = Settings.from_environment(env), Settings.from_environment(env)

    kept = tmp_path / "var" / "secret_key"
    assert first.secret_key == second.secret_key == kept.read_text()
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_processes_that_start_together_share_one_key(env: dict[str, str], tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        keys = {settings.secret_key for settings in pool.map(lambda _: Settings.from_environment(env), range(16))}

    assert len(keys) == 1
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_secrets_stay_out_of_the_repr(env: dict[str, str]):
    url = "postgresql://stride:hunter2@db/stride"
    settings = Settings.from_environment(env | {"STRIDE_SECRET_KEY": SECRET, "DATABASE_URL": url})

    assert SECRET not in repr(settings)
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("STRIDE_ENV", "prod", "STRIDE_ENV must be one of"),
        ("DATABASE_URL", "stride.db", "DATABASE_URL is no database address"),
        ("DATABASE_URL", "mysql://u:hunter2@h/d", "DATABASE_URL must begin with"),
        ("BROKER_URL", "amqp://u:hunter2@h", "BROKER_URL must be"),
        ("STRIDE_ASSIGNMENTS", "/nowhere", "/nowhere is not a folder"),
        ("STRIDE_SESSION_HOURS", "0", "STRIDE_SESSION_HOURS must be a whole number from 1 up"),
        ("STRIDE_SESSION_HOURS", "many", "not 'many'"),
        ("STRIDE_PROXIES", "-1", "STRIDE_PROXIES must be a whole number from 0 up"),
        ("STRIDE_HTTPS", "maybe", "STRIDE_HTTPS must be 1 or 0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(env: dict[str, str], name: str, value: str, reason: str):
    with pytest.raises(SettingsError, match=reason) as refusal:
        Settings.from_environment(env | {name: value})

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql://h/d", "postgresql+psycopg://h/d", "sqlite:////x.db"])
def test_every_spelling_of_a_database_is_taken(env: dict[str, str], url: str):
    assert Settings.from_environment(env | {"DATABASE_URL": url}).database_url == url
