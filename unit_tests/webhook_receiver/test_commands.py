"""The command line, over a store of its own."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from unit_tests.webhook_receiver.builders import StandingClock, envelope
from unit_tests.webhook_receiver.builders import settings as settings_of
from webhook_receiver.__main__ import main
from webhook_receiver.events import Event
from webhook_receiver.store import Store

TODAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
KINDS = ("order.delete", "item.remove", "order.delete", "item.create")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The commands' database, and nothing else in their environment."""
    for name in ("WEBHOOK_VERIFICATION_KEYS", "WEBHOOK_EVENTS_TOKEN", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'webhooks.db'}")
    return tmp_path / "webhooks.db"


def fill(database: Path, age: timedelta = timedelta(0)) -> list[int]:
    """Store four events, a day apart, the last *age* ago; return their numbers."""
    clock = StandingClock(datetime.now(UTC) - age - timedelta(days=3))
    with Store.open(settings_of(database).database_url, clock) as store:
        for number, kind in enumerate(KINDS):
            body = envelope(f"e{number}", kind, email="ann@example.com")
            store.append([Event(f"e{number}", kind, body, TODAY, late=False)])
            clock.advance(days=1)
        return [event.arrival for event in store.page(0, 10).events]


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert main(["events", *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_events_are_listed_without_personal_data(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arrivals = fill(database)

    assert listed(capsys, "--after", str(arrivals[2])) == [
        {
            "arrival": arrivals[3],
            "id": "e3",
            "type": "item.create",
            "received_at": "2026-03-02T08:00:00.000000Z",
            "late": False,
            "bytes": len(envelope("e3", "item.create", email="ann@example.com")),
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ([], ["e0", "e1", "e2", "e3"]),
        (["--limit", "2"], ["e2", "e3"]),
        (["--after", "0", "--limit", "2"], ["e0", "e1"]),
        (["--type", "order.delete"], ["e0", "e2"]),
        (["--type", "order.delete", "--limit", "1"], ["e2"]),
        (["--type", "order.create"], []),
    ],
)
def test_events_are_chosen(
    database: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], ids: list[str]
) -> None:
    """Without a start the last ones, as a log is looked at; always oldest first."""
    fill(database)

    assert [line["id"] for line in listed(capsys, *arguments)] == ids


def test_prune_deletes_what_is_older(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four events, 8 to 11 days old; the others keep their numbers."""
    arrivals = fill(database, age=timedelta(days=8))

    assert main(["prune", "--older-than", "10d"]) == 0
    assert capsys.readouterr().out == '{"pruned": 2}\n'
    assert [line["arrival"] for line in listed(capsys)] == arrivals[2:]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["prune"], "the following arguments are required: --older-than"),
        (["prune", "--older-than", "90"], "must be a number of days such as 90d"),
        (["prune", "--older-than", "6d"], "must be a whole number from 7 to 36500"),
        (["events", "--limit", "0"], "must be a whole number from 1 to 9223372036854775807"),
        (["events", "--after", "-1"], "must be a whole number from 0 to 9223372036854775807"),
        (["unknown"], "invalid choice: 'unknown'"),
    ],
)
def test_wrong_arguments_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)

    assert exit_.value.code == 2
    assert capsys.readouterr().err.count(complaint) == 1


@pytest.mark.parametrize("arguments", [[], ["serve"]])
def test_serving_is_refused_with_every_missing_variable(
    database: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """Before anything is opened: not even the database's file is created."""
    assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines() == [
        "The webhook receiver does not start with these settings:",
        (
            "- WEBHOOK_VERIFICATION_KEYS is missing: "
            "copy it from the route in Ordergroove, Developers > Webhooks."
        ),
        (
            "- WEBHOOK_EVENTS_TOKEN is missing: "
            "make one with `openssl rand -hex 32` and give it to the connector too."
        ),
    ]
    assert not database.exists()


def test_database_that_cannot_be_opened_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/webhooks.db")

    assert main(["events"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        (
            "The database at DATABASE_URL cannot be used: "
            "OperationalError: unable to open database file"
        ),
        "Check that it runs, that the URL is right, and that its user may create tables.",
    ]
