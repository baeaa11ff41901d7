"""Settings from environment variables, complete and checked before anything is opened."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any, Self

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from webhook_receiver.errors import SettingsError
from webhook_receiver.numbers import whole_number

SHORTEST_RETENTION_DAYS = 7
"""Ordergroove may repeat an event for 3 days (webhooks overview). An id forgotten earlier would be
stored again."""
LONGEST_RETENTION_DAYS = 36_500

SHORTEST_TOKEN = 16
LARGEST_BODY_LIMIT = 16 * 1024 * 1024
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _variable(parse: Callable[[str], Any], *, default: str = "", hint: str = "") -> dict[str, Any]:
    """Say how a field is read from the variable of its name in capitals.

    Without a *default* it is required; *hint* then says where its value comes from. An empty
    variable counts as absent, because Compose and Kubernetes pass unset ones that way.
    """
    return {"parse": parse, "default": default, "hint": hint}


def _keys(text: str) -> tuple[bytes, ...]:
    keys = [key.strip() for key in text.split(",")]
    if not all(key and key.isascii() and key.isprintable() for key in keys):
        raise ValueError(
            "must be verification keys in ASCII, separated by commas, none of them empty"
        )
    return tuple(key.encode() for key in keys)


def _token(text: str) -> bytes:
    if len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(
            f"must be at least {SHORTEST_TOKEN} printable ASCII characters without a space, "
            "for example from `openssl rand -hex 32`"
        )
    return text.encode()


def _database_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # `from None`: the cause quotes the URL, and with it a password.
        raise ValueError("must be a database URL") from None
    match url.get_backend_name():
        case "postgresql" | "postgres":
            # Providers write `postgres://`; without a driver SQLAlchemy would look for psycopg2.
            return url.set(drivername="postgresql+psycopg")
        case "sqlite" if url.database not in (None, "", ":memory:"):
            return url.set(drivername="sqlite")
    raise ValueError("must be sqlite:///file or postgresql://user:password@host/database")


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    return partial(whole_number, lowest=lowest, highest=highest)


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=whole_number(text, 1, 366 * 86_400))


def _retention(text: str) -> timedelta | None:
    if text == "unlimited":
        return None
    return timedelta(days=whole_number(text, SHORTEST_RETENTION_DAYS, LONGEST_RETENTION_DAYS))


def _proxies(text: str) -> str:
    if text not in {"*", "none"}:
        try:
            for part in text.split(","):
                ip_network(part.strip())
        except ValueError:
            raise ValueError(
                "must be IP addresses or networks separated by commas, `*` or `none`"
            ) from None
    return text


def _log_level(text: str) -> str:
    if text.upper() not in _LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(_LOG_LEVELS)}")
    return text.upper()


@dataclass(frozen=True, kw_only=True)
class StorageSettings:
    """What the commands that only look into the store need."""

    database_url: URL = field(metadata=_variable(_database_url, default="sqlite:///webhooks.db"))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every field from *environment*.

        Raises:
            SettingsError: naming every variable that is missing or wrong, without its value.

        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for setting in fields(cls):
            try:
                values[setting.name] = _read(setting, environment)
            except ValueError as error:
                problems.append(f"{setting.name.upper()} {error}.")
        if problems:
            raise SettingsError(problems)
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class Settings(StorageSettings):
    """What the service needs; README.md describes each for its user."""

    webhook_verification_keys: tuple[bytes, ...] = field(
        repr=False,
        metadata=_variable(
            _keys,
            hint="copy it from the route in Ordergroove, Developers > Webhooks",
        ),
    )
    webhook_events_token: bytes = field(
        repr=False,
        metadata=_variable(
            _token, hint="make one with `openssl rand -hex 32` and give it to the connector too"
        ),
    )
    host: str = field(metadata=_variable(str, default="127.0.0.1"))
    port: int = field(metadata=_variable(_number(0, 65_535), default="8080"))
    max_body_bytes: int = field(
        metadata=_variable(_number(1_024, LARGEST_BODY_LIMIT), default=str(1024 * 1024))
    )
    timestamp_tolerance_seconds: timedelta = field(
        metadata=_variable(_seconds, default=str(3 * 86_400))
    )
    retention_days: timedelta | None = field(metadata=_variable(_retention, default="unlimited"))
    forwarded_allow_ips: str = field(metadata=_variable(_proxies, default="none"))
    log_level: str = field(metadata=_variable(_log_level, default="INFO"))


def _read(setting: Field[Any], environment: Mapping[str, str]) -> Any:
    text = environment.get(setting.name.upper(), "").strip() or setting.metadata["default"]
    if not text:
        raise ValueError(f"is missing: {setting.metadata['hint']}")
    return setting.metadata["parse"](text)
