"""POST /webhooks/ordergroove: what is kept, what is refused, and what is never kept."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from unit_tests.webhook_receiver.builders import (
    KEY,
    NEXT_KEY,
    NOW,
    FlakyStore,
    envelope,
    signature,
)
from webhook_receiver.store import Store

PATH = "/webhooks/ordergroove"


def stored_ids(store: Store) -> list[str]:
    return [event.id for event in store.page(0, 1000).events]


def outcomes(client: TestClient) -> dict[str, float]:
    """The counter of `/metrics`, by outcome."""
    prefix = 'webhook_receiver_webhooks_total{outcome="'
    lines = client.get("/metrics").text.splitlines()
    found = [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]
    return {name: float(count) for name, _, count in (line.partition('"} ') for line in found)}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_signed_event_is_stored_as_received(client: TestClient, store: Store, path: str) -> None:
    body = envelope(f"stored by {path}")

    answer = client.post(path, content=body, headers=signature(body, at=NOW))

    assert (answer.status_code, answer.json()) == (200, {"status": "stored"})
    [event] = store.page(0, 10).events
    assert (event.body, event.type, event.received_at) == (body, "order.delete", NOW)
    assert not event.late


def test_event_is_acknowledged_again_and_stored_once(client: TestClient, store: Store) -> None:
    """The vendor repeats what it was not sure of: a refusal would make it repeat for days."""
    body = envelope("repeated")
    again = envelope("repeated", created=1772438500)

    answers = [
        client.post(PATH, content=each, headers=signature(each, at=NOW)).json()["status"]
        for each in (body, body, again)
    ]

    assert answers == ["stored", "duplicate", "duplicate"]
    assert [event.body for event in store.page(0, 10).events] == [body]


@pytest.mark.parametrize("keys", [(KEY,), (NEXT_KEY,), (NEXT_KEY, KEY), ("unknown", KEY)])
def test_rotation_loses_nothing(client: TestClient, store: Store, keys: tuple[str, ...]) -> None:
    body = envelope(f"signed with {keys}")

    answer = client.post(PATH, content=body, headers=signature(body, *keys, at=NOW))

    assert answer.status_code == 200
    assert stored_ids(store) == [f"signed with {keys}"]


@pytest.mark.parametrize(
    ("age", "late"),
    [
        (timedelta(days=3), False),
        (timedelta(days=3, seconds=1), True),
        (timedelta(days=300), True),
        (timedelta(days=-1), False),
    ],
)
def test_late_event_is_kept_and_marked(
    client: TestClient, store: Store, age: timedelta, *, late: bool
) -> None:
    """Whether the vendor signs a retry anew is unknown, so age is no reason to refuse."""
    body = envelope(f"signed {age} ago")

    answer = client.post(PATH, content=body, headers=signature(body, at=NOW - age))

    assert answer.status_code == 200
    assert [event.late for event in store.page(0, 10).events] == [late]


BODY = envelope("refused")
UNUSABLE = b'{"type": "order.delete"}'
LARGE = envelope("large", filling="x" * 4096)


@pytest.mark.parametrize(
    ("body", "headers", "status", "outcome"),
    [
        (BODY, {}, 401, "malformed_signature"),
        (BODY, {"Ordergroove-Signature": "x"}, 401, "malformed_signature"),
        (BODY, signature(BODY, "wrong"), 401, "signature_mismatch"),
        (BODY + b" ", signature(BODY), 401, "signature_mismatch"),
        (UNUSABLE, signature(UNUSABLE), 400, "unusable_event"),
        (LARGE, signature(LARGE), 413, "body_too_large"),
    ],
)
def test_refused_request_is_counted_and_stored_nowhere(
    client: TestClient,
    store: Store,
    body: bytes,
    headers: Mapping[str, str],
    status: int,
    outcome: str,
) -> None:
    answer = client.post(PATH, content=body, headers=headers)

    assert (answer.status_code, list(answer.json())) == (status, ["detail"])
    assert outcomes(client) == {outcome: 1}
    assert stored_ids(store) == []


def test_answer_does_not_say_why_a_signature_is_refused(client: TestClient) -> None:
    """The difference helps only who tries to forge one."""
    malformed = client.post(PATH, content=BODY)
    mismatch = client.post(PATH, content=BODY, headers=signature(BODY, "wrong"))

    assert (malformed.status_code, malformed.text) == (mismatch.status_code, mismatch.text)


def test_other_methods_are_refused(client: TestClient) -> None:
    assert client.get(PATH).status_code == 405
    assert client.put(PATH, content=BODY, headers=signature(BODY)).status_code == 405


def test_storage_outage_asks_the_vendor_to_retry(client: TestClient, store: FlakyStore) -> None:
    """503 without the database's words; the same request does once the database is back."""
    body = envelope("during an outage")

    store.fails = True
    refused = client.post(PATH, content=body, headers=signature(body))
    store.fails = False
    stored = client.post(PATH, content=body, headers=signature(body))

    assert (refused.status_code, refused.json()) == (
        503,
        {"detail": "The database of this receiver does not answer; send this again later."},
    )
    assert outcomes(client) == {"storage_unavailable": 1, "stored": 1}
    assert (stored.status_code, stored_ids(store)) == (200, ["during an outage"])
