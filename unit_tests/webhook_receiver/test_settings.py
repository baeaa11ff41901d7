from collections.abc import Mapping
from datetime import timedelta

import pytest

from unit_tests.webhook_receiver.builders import environment
from webhook_receiver.errors import SettingsError
from webhook_receiver.settings import Settings, StorageSettings

REQUIRED = {"WEBHOOK_VERIFICATION_KEYS": "a-key", "WEBHOOK_EVENTS_TOKEN": "a-token-of-16-chars"}


def problems(given: Mapping[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment(given)
    return refusal.value.problems


def test_defaults() -> None:
    """Two variables are enough."""
    settings = Settings.from_environment(REQUIRED)

    assert settings.webhook_verification_keys == (b"a-key",)
    assert settings.webhook_events_token == b"a-token-of-16-chars"
    assert str(settings.database_url) == "sqlite:///webhooks.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.max_body_bytes == 1_048_576
    assert settings.timestamp_tolerance_seconds == timedelta(days=3)
    assert settings.retention_days is None
    assert settings.forwarded_allow_ips == "none"
    assert settings.log_level == "INFO"


def test_everything_wrong_is_named_at_once() -> None:
    """Nobody should have to start it nine times to hear of nine mistakes."""
    given = {
        "WEBHOOK_EVENTS_TOKEN": "short",
        "DATABASE_URL": "mysql://host/database",
        "PORT": "70000",
        "MAX_BODY_BYTES": "1MB",
        "TIMESTAMP_TOLERANCE_SECONDS": "0",
        "RETENTION_DAYS": "3",
        "FORWARDED_ALLOW_IPS": "10.0.0.1,proxy",
        "LOG_LEVEL": "chatty",
    }

    assert problems(given) == [
        "DATABASE_URL must be sqlite:///file or postgresql://user:password@host/database.",
        (
            "WEBHOOK_VERIFICATION_KEYS is missing: "
            "copy it from the route in Ordergroove, Developers > Webhooks."
        ),
        (
            "WEBHOOK_EVENTS_TOKEN must be at least 16 printable ASCII characters without a space, "
            "for example from `openssl rand -hex 32`."
        ),
        "PORT must be a whole number from 0 to 65535.",
        "MAX_BODY_BYTES must be a whole number from 1024 to 16777216.",
        "TIMESTAMP_TOLERANCE_SECONDS must be a whole number from 1 to 31622400.",
        "RETENTION_DAYS must be a whole number from 7 to 36500.",
        "FORWARDED_ALLOW_IPS must be IP addresses or networks separated by commas, `*` or `none`.",
        "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR.",
    ]


def test_empty_variable_counts_as_absent() -> None:
    """Compose passes a variable that is not set as an empty one."""
    assert Settings.from_environment(REQUIRED | {"PORT": " "}).port == 8080
    assert problems(REQUIRED | {"WEBHOOK_EVENTS_TOKEN": ""}) == [
        (
            "WEBHOOK_EVENTS_TOKEN is missing: "
            "make one with `openssl rand -hex 32` and give it to the connector too."
        ),
    ]


def test_keys_are_separated_by_commas() -> None:
    settings = Settings.from_environment(REQUIRED | {"WEBHOOK_VERIFICATION_KEYS": "new, old"})

    assert settings.webhook_verification_keys == (b"new", b"old")


@pytest.mark.parametrize("keys", [",", "a-key,", "a-key,,b-key", "schlüssel"])
def test_unusable_keys_are_refused(keys: str) -> None:
    assert problems(REQUIRED | {"WEBHOOK_VERIFICATION_KEYS": keys}) == [
        (
            "WEBHOOK_VERIFICATION_KEYS must be verification keys in ASCII, separated by commas, "
            "none of them empty."
        ),
    ]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////var/lib/webhooks.db", "sqlite:////var/lib/webhooks.db"),
        ("postgres://og@db/webhooks", "postgresql+psycopg://og@db/webhooks"),
        ("postgresql://og@db:5433/webhooks", "postgresql+psycopg://og@db:5433/webhooks"),
        ("postgresql+psycopg2://og@db/webhooks", "postgresql+psycopg://og@db/webhooks"),
        (
            "postgresql://og@/w?host=/run/postgresql",
            "postgresql+psycopg://og@/w?host=%2Frun%2Fpostgresql",
        ),
    ],
)
def test_database_urls(given: str, used: str) -> None:
    """PostgreSQL is reached through psycopg 3, however a provider writes its URL."""
    settings = StorageSettings.from_environment({"DATABASE_URL": given})

    assert settings.database_url.render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "webhooks.db", "postgresql://u:p@host:port/d"]
)
def test_database_that_keeps_nothing_is_refused(url: str) -> None:
    """A database in memory would acknowledge events and lose them."""
    with pytest.raises(SettingsError, match=r"^The webhook receiver .*\n- DATABASE_URL must be "):
        StorageSettings.from_environment({"DATABASE_URL": url})


@pytest.mark.parametrize("text", ["1e3", "-1", "+8080", "\uff18\uff10", "9" * 5000, "80.0"])
def test_number_is_plain_digits(text: str) -> None:
    assert problems(REQUIRED | {"PORT": text})[0].startswith("PORT ")


def test_no_secret_in_what_is_printed() -> None:
    """Neither the settings nor a refusal repeat a key, a token or a password."""
    given = environment("postgresql://og:database-password@db/webhooks")
    shown = repr(Settings.from_environment(given))
    refused = "\n".join(
        problems(
            {
                "WEBHOOK_VERIFICATION_KEYS": "secret-key,",
                "WEBHOOK_EVENTS_TOKEN": "secret token 1234",
                "DATABASE_URL": "mysql://og:secret-password@db/webhooks",
            }
        )
    )

    secrets = [*given["WEBHOOK_VERIFICATION_KEYS"].split(","), given["WEBHOOK_EVENTS_TOKEN"]]
    assert [s for s in [*secrets, "database-password"] if s in shown] == []
    assert refused.count("must be") == 3
    assert "secret" not in refused
