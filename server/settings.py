"""Everything that can be set from outside, read from the environment once and frozen."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ENVIRONMENTS = ("development", "production", "testing")
DATABASES = ("sqlite", "postgresql")
BROKERS = ("filesystem://", "redis://", "rediss://")
SHORTEST_SECRET = 32


class SettingsError(ValueError):
    """The environment asks for something impossible; the message names the variable and what to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs. Secrets stay out of its repr."""

    environment: str
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    broker_url: str = field(repr=False)
    data: Path
    assignments: Path
    session_hours: int = 12
    login_rate: str = "10 per minute"
    https: bool = False
    proxies: int = 0

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read STRIDE_*, DATABASE_URL and BROKER_URL; an empty variable counts as unset. Raises SettingsError."""
        environment = env.get("STRIDE_ENV") or "development"
        if environment not in ENVIRONMENTS:
            raise SettingsError(f"STRIDE_ENV must be one of {', '.join(ENVIRONMENTS)}, not {environment!r}.")
        data = Path(env.get("STRIDE_DATA") or "var").absolute()
        return cls(
            environment=environment,
            secret_key=_secret_key(env, environment, data),
            database_url=_database_url(env.get("DATABASE_URL") or f"sqlite:///{data / 'stride.db'}"),
            broker_url=_broker_url(env.get("BROKER_URL") or "filesystem://"),
            data=data,
            assignments=_assignments(env),
            session_hours=_number(env, "STRIDE_SESSION_HOURS", 12, least=1),
            login_rate=env.get("STRIDE_LOGIN_RATE") or "10 per minute",
            https=_switch(env, "STRIDE_HTTPS", default=environment == "production"),
            proxies=_number(env, "STRIDE_PROXIES", 0, least=0),
        )

    @property
    def is_production(self) -> bool:
        """Whether real students rely on this installation."""
        return self.environment == "production"


def _secret_key(env: Mapping[str, str], environment: str, data: Path) -> str:
    key = env.get("STRIDE_SECRET_KEY") or ""
    if key and (len(key) >= SHORTEST_SECRET or environment != "production"):
        return key
    if environment == "production":
        problem = f"has {len(key)} characters" if key else "is not set"
        raise SettingsError(
            f"STRIDE_SECRET_KEY {problem}; production needs at least {SHORTEST_SECRET}. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return _kept_key(data / "secret_key")


def _kept_key(path: Path) -> str:
    """The development key, made on the first start. The link makes it appear whole, and once, under a race."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsError(
            "DATABASE_URL is no database address; write sqlite:////path/to/stride.db "
            "or postgresql://user:password@host/name."
        ) from None
    if url.get_backend_name() not in DATABASES and url.drivername != "postgres":
        raise SettingsError(f"DATABASE_URL must begin with sqlite:/// or postgresql://, not {url.drivername}://.")
    return text


def _broker_url(text: str) -> str:
    if not text.startswith(BROKERS):
        raise SettingsError("BROKER_URL must be filesystem:// or redis://host:port/number.")
    return text


def _assignments(env: Mapping[str, str]) -> Path:
    folder = Path(env.get("STRIDE_ASSIGNMENTS") or Path(__file__).parent.parent / "assignments").absolute()
    if not folder.is_dir():
        raise SettingsError(f"STRIDE_ASSIGNMENTS: {folder} is not a folder.")
    return folder


def _number(env: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise SettingsError(f"{name} must be a whole number from {least} up, not {text!r}.")
    return int(text)


def _switch(env: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = (env.get(name) or ("1" if default else "0")).lower()
    if text not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise SettingsError(f"{name} must be 1 or 0, not {text!r}.")
    return text in {"1", "true", "yes", "on"}
