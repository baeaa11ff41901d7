"""GET /events: the log in arrival order and the vendor's paging shape, for who has the token."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from unit_tests.webhook_receiver.builders import AUTHORIZED, NOW, TOKEN, FlakyStore, envelope
from webhook_receiver.app import create_app
from webhook_receiver.events import Event
from webhook_receiver.settings import Settings

FIRST = int(NOW.timestamp() * 1000)
"""The first event's number: the clock stands, so the following ones count up from it."""


def fill(store: FlakyStore, count: int, filling: str = "") -> None:
    bodies = {f"e{n}": envelope(f"e{n}", filling=filling) for n in range(count)}
    store.append([Event(i, "order.delete", b, NOW, late=False) for i, b in bodies.items()])


def pages(client: TestClient, url: str) -> list[dict[str, Any]]:
    """Follow `next` from *url* to the end."""
    found = [client.get(url, headers=AUTHORIZED).json()]
    while found[-1]["next"]:
        found.append(client.get(found[-1]["next"], headers=AUTHORIZED).json())
    return found


@pytest.mark.parametrize("path", ["/events", "/events/"])
def test_page_in_the_vendors_shape(client: TestClient, store: FlakyStore, path: str) -> None:
    body = envelope("e0", context={"actor": {"type": "og-system-process"}}, snapshot={})
    store.append([Event("e0", "order.delete", body, NOW, late=True)])

    answer = client.get(path, headers=AUTHORIZED)

    ours = {"arrival": FIRST, "received_at": "2026-03-02T08:00:00.000000Z", "late": True}
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"next": None, "previous": None, "results": [json.loads(body) | ours]}


def test_empty_log_is_an_empty_page(client: TestClient) -> None:
    answer = client.get("/events", headers=AUTHORIZED)

    assert answer.json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("page_size", [1, 2, 3, 5, 6, 1000])
def test_pages_join_to_the_whole_log(client: TestClient, store: FlakyStore, page_size: int) -> None:
    fill(store, 6)

    found = pages(client, f"/events?page_size={page_size}")

    sizes = [len(page["results"]) for page in found]
    assert [e["id"] for page in found for e in page["results"]] == [f"e{n}" for n in range(6)]
    assert sizes[:-1] == [page_size] * (len(found) - 1)
    assert sizes[-1] == 6 - page_size * (len(found) - 1)


def test_next_is_on_the_host_that_was_asked(client: TestClient, store: FlakyStore) -> None:
    """The connector sends its token nowhere else, so another host would end its walk."""
    fill(store, 2)

    answer = client.get(
        "https://hooks.example.com:8443/events?page_size=1&after=5", headers=AUTHORIZED
    )

    assert answer.json()["next"] == (
        f"https://hooks.example.com:8443/events/?after={FIRST}&page_size=1"
    )


@pytest.mark.parametrize("after", [0, FIRST - 1, FIRST, FIRST + 2, FIRST + 3, 2**63 - 1])
def test_reading_goes_on_where_a_cursor_stopped(
    client: TestClient, store: FlakyStore, after: int
) -> None:
    fill(store, 4)

    found = client.get(f"/events?after={after}", headers=AUTHORIZED).json()["results"]

    assert [e["arrival"] for e in found] == [n for n in range(FIRST, FIRST + 4) if n > after]


def test_page_of_large_events_ends_early(
    client: TestClient, store: FlakyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page's memory is bounded by bytes, not only by a number of events."""
    fill(store, 5, filling="x" * 1000)
    monkeypatch.setattr("webhook_receiver.store.LARGEST_PAGE_BYTES", 2500)

    found = pages(client, "/events")

    assert [len(page["results"]) for page in found] == [2, 2, 1]


def test_event_larger_than_a_page_is_a_page(
    client: TestClient, store: FlakyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 2, filling="x" * 1000)
    monkeypatch.setattr("webhook_receiver.store.LARGEST_PAGE_BYTES", 10)

    found = pages(client, "/events")

    assert [len(page["results"]) for page in found] == [1, 1]


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("after=-1", "`after` must be a whole number from 0 to 9223372036854775807."),
        ("after=", "`after` must be a whole number from 0 to 9223372036854775807."),
        (f"after={2**63}", "`after` must be a whole number from 0 to 9223372036854775807."),
        (f"after={'9' * 5000}", "`after` must be a whole number from 0 to 9223372036854775807."),
        ("after=%D9%A1", "`after` must be a whole number from 0 to 9223372036854775807."),
        ("after=%00", "`after` must be a whole number from 0 to 9223372036854775807."),
        ("page_size=0", "`page_size` must be a whole number from 1 to 1000."),
        ("page_size=1001", "`page_size` must be a whole number from 1 to 1000."),
        ("page_size=all", "`page_size` must be a whole number from 1 to 1000."),
    ],
)
def test_query_without_meaning_is_refused(client: TestClient, query: str, detail: str) -> None:
    answer = client.get(f"/events?{query}", headers=AUTHORIZED)

    assert (answer.status_code, answer.json()) == (400, {"detail": detail})


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": ""}, id="empty"),
        pytest.param({"Authorization": TOKEN}, id="no scheme"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, id="other scheme"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, id="longer"),
        pytest.param({"Authorization": f"Bearer {TOKEN[:-1]}"}, id="shorter"),
        pytest.param({"Authorization": b"Bearer \xff\xfe"}, id="not ASCII"),
    ],
)
def test_reader_without_the_token_learns_nothing(
    client: TestClient, store: FlakyStore, headers: dict[str, str]
) -> None:
    fill(store, 1)

    answer = client.get("/events?after=nonsense", headers=headers)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {
        "detail": "Send `Authorization: Bearer` with this receiver's WEBHOOK_EVENTS_TOKEN."
    }


def test_outage_is_told_from_an_empty_log(client: TestClient, store: FlakyStore) -> None:
    """A reader must not take a database that is away for one without events."""
    store.fails = True

    answer = client.get("/events", headers=AUTHORIZED)

    assert (answer.status_code, list(answer.json())) == (503, ["detail"])


def test_liveness_does_not_depend_on_the_database(client: TestClient, store: FlakyStore) -> None:
    """Restarting the receiver would not bring the database back."""
    store.fails = True

    for path in ("/healthz", "/healthz/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_readiness_follows_the_database(client: TestClient, store: FlakyStore) -> None:
    ready = client.get("/readyz")
    store.fails = True
    unready = client.get("/readyz")

    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
    assert (unready.status_code, unready.json()) == (503, {"status": "unavailable"})


def test_two_applications_count_apart(settings: Settings, store: FlakyStore) -> None:
    """Nothing global holds metrics or routes."""
    for _ in range(2):
        with TestClient(create_app(settings, store)) as client:
            client.post("/webhooks/ordergroove")
            expected = 'webhook_receiver_webhooks_total{outcome="malformed_signature"} 1.0'
            assert client.get("/metrics").text.splitlines().count(expected) == 1
