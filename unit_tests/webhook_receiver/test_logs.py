"""What is logged: one JSON object a line, and nothing that should not be there."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from unit_tests.webhook_receiver.builders import KEY, NOW, TOKEN, FlakyStore, envelope, signature
from webhook_receiver import logs

PATH = "/webhooks/ordergroove"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process would print; the test run's own logging comes back afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers, root.level = before[0], before[1]


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    """Every line but those of the test's own client."""
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in found if line["logger"] != "httpx2"]


def test_line_has_stable_keys(log: io.StringIO) -> None:
    logging.getLogger("webhook_receiver.test").warning("%s of %s", 1, 2, extra={"reason": "é\n"})

    [line] = lines(log)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "webhook_receiver.test",
        "message": "1 of 2",
        "reason": "é\n",
    }


def test_traceback_stays_on_its_line(log: io.StringIO) -> None:
    try:
        raise ValueError("a defect")  # noqa: TRY301
    except ValueError:
        logging.getLogger("webhook_receiver.test").exception("failed")

    [line] = lines(log)
    assert line["traceback"].splitlines()[-1] == "ValueError: a defect"


def test_each_webhook_leaves_one_line(client: TestClient, log: io.StringIO) -> None:
    body = envelope("e1")
    for key in (KEY, KEY, "wrong"):
        client.post(PATH, content=body, headers=signature(body, key, at=NOW))

    acknowledged = {"event_id": "e1", "event_type": "order.delete", "late": False}
    kept = ("outcome", "status", "event_id", "event_type", "late")
    assert [{name: line[name] for name in kept if name in line} for line in lines(log)] == [
        acknowledged | {"outcome": "stored"},
        acknowledged | {"outcome": "duplicate"},
        {"outcome": "signature_mismatch", "status": 401},
    ]


def test_outage_is_explained_in_the_log_alone(
    client: TestClient, store: FlakyStore, log: io.StringIO
) -> None:
    store.fails = True
    body = envelope("e1")

    client.post(PATH, content=body, headers=signature(body))

    [line] = lines(log)
    assert (line["status"], line["reason"]) == (503, "no connection to db-host as user og")


def test_no_personal_data_and_no_secret_in_any_line(client: TestClient, log: io.StringIO) -> None:
    """Whatever happens to a request: stored, repeated, refused for each reason, or not read."""
    email, secrets = "ann@example.com", (KEY, TOKEN)
    good = envelope("e1", email=email)
    for body, headers in [
        (good, signature(good)),
        (good, signature(good)),
        (good, signature(good, "another-secret-key")),
        (good, {"Ordergroove-Signature": f"ts={email},sig={email}"}),
        (good + email.encode() * 1000, signature(good)),
        (good[:-1], signature(good[:-1])),
        (email.encode(), signature(email.encode())),
    ]:
        client.post(PATH, content=body, headers=headers)
    client.get(f"/events?after={email}", headers={"Authorization": f"Bearer {TOKEN}"})
    client.get(f"/events?email={email}", headers={"Authorization": f"Bearer {TOKEN}x"})

    assert len(lines(log)) == 9
    forbidden = [email, "another-secret-key", *secrets, signature(good)["Ordergroove-Signature"]]
    assert [text for text in forbidden if text in str(lines(log))] == []
