"""The control API, the request log and the ways to start."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any

import httpx2
import pytest

from emulator import __main__ as command
from emulator.request_log import RequestLog, recognisable
from emulator.server import Running, spawned
from emulator.settings import DEFAULT_KEY
from unit_tests.emulator.vendor_client import VendorClient


def test_the_world_tells_its_time_and_its_rows(vendor: VendorClient) -> None:
    status, world = vendor.control("GET", "world")
    assert status == 200
    assert world["now"] == "2026-03-02T18:00:00+00:00"
    assert world["counts"] == vendor.stage.world.counts()
    status, orders = vendor.control("GET", "world/orders")
    rows = [row.data for row in vendor.stage.world["orders"].rows]
    assert (status, orders) == (200, {"primary_key": ["public_id"], "rows": rows})


def test_an_unknown_stream_is_answered_with_the_known_ones(vendor: VendorClient) -> None:
    status, body = vendor.control("GET", "world/order")
    assert status == 400
    assert body["error"].startswith("There is no stream `order`. Known: address, customer,")


def test_a_missing_argument_is_named(vendor: VendorClient) -> None:
    assert vendor.control("POST", "bulk", {"stream": "customer"}) == (
        400,
        {"error": "The body needs `count`."},
    )


def test_a_mutation_reports_its_net_effect(vendor: VendorClient) -> None:
    order = vendor.stage.world["orders"].find("status", 1)[0].key[0]
    items = [row.key[0] for row in vendor.stage.world["items"].find("order", order)]
    status, body = vendor.control("POST", "mutate", {"do": "skip", "order": order})
    assert (status, body["do"]) == (200, "skip")
    assert body["changes"]["deleted"]["orders"] == [[order]]
    assert body["changes"]["deleted"]["item"] == [[item] for item in items]
    created = body["changes"]["created"]
    assert (len(created["item"]), sorted(created)) == (len(items), ["item", "orders"])


def test_a_row_created_and_deleted_in_one_call_is_not_reported(vendor: VendorClient) -> None:
    before = {row.key[0] for row in vendor.stage.world["orders"].rows}
    _, body = vendor.control("POST", "advance", {"days": 90})
    after = {row.key[0] for row in vendor.stage.world["orders"].rows}
    changes = body["changes"]
    assert {key for (key,) in changes["created"]["orders"]} == after - before
    assert {key for (key,) in changes["deleted"]["orders"]} == before - after


def test_mutations_are_listed_with_what_they_take(vendor: VendorClient) -> None:
    _, mutations = vendor.control("GET", "mutations")
    assert mutations["skip"]["takes"] == ["order", "leave_order"]
    assert all(entry["does"].endswith((".", ":")) or entry["does"] for entry in mutations.values())


def test_the_clock_is_set_stopped_and_advanced(vendor: VendorClient) -> None:
    vendor.control("PUT", "clock", {"now": "2026-11-01T06:30:00Z", "frozen": True})
    order = vendor.stage.world["orders"].rows[0]
    vendor.stage.world.change("orders", order, tries=2)
    assert order["updated"] == "2026-11-01 01:30:00"
    _, body = vendor.control("POST", "advance", {"hours": 1, "life": False})
    assert body["now"] == "2026-11-01T07:30:00+00:00"
    refused = vendor.control("PUT", "clock", {"now": "2026-11-01T06:30:00"})
    assert refused[0] == 400
    assert "needs a time with a zone" in refused[1]["error"]


def test_the_date_header_is_the_worlds(vendor: VendorClient) -> None:
    vendor.control("PUT", "clock", {"now": "2031-05-06T07:08:09Z", "frozen": True})
    date = vendor.http.get("/orders/").headers["date"]
    assert parsedate_to_datetime(date) == datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


def test_seed_replaces_the_world_and_reset_restores_everything(vendor: VendorClient) -> None:
    vendor.control("PATCH", "settings", {"bad_key_status": 401, "shapes": {"orders": "array"}})
    vendor.control("PUT", "faults", [{"fault": "locked"}])
    vendor.ask("/orders/")
    _, other = vendor.control(
        "POST", "seed", {"seed": 8, "size": "small", "now": "2026-03-02T18:00:00Z", "frozen": True}
    )
    assert other["seed"] == 8
    _, again = vendor.control("POST", "reset")
    assert (again["seed"], again["counts"]) == (8, other["counts"])
    _, settings = vendor.control("GET", "settings")
    assert (settings["bad_key_status"], settings["shapes"]) == (403, {})
    assert vendor.control("GET", "faults") == (200, {"faults": []})
    assert vendor.control("GET", "requests") == (200, [])
    vendor.control("POST", "delete", {"stream": "orders", "all": True})
    vendor.control("PUT", "clock", {"now": "2031-05-06T07:08:09Z"})
    _, again = vendor.control("POST", "reset")
    assert again == other


def test_an_unknown_size_setting_or_envelope_is_refused(vendor: VendorClient) -> None:
    refusals = [
        vendor.control("POST", "seed", {"size": "huge"}),
        vendor.control("PATCH", "settings", {"speed": 1}),
        vendor.control("PATCH", "settings", {"shapes": {"orders": "xml"}}),
    ]
    assert [(status, body["error"].split(".")[0]) for status, body in refusals] == [
        (400, "There is no size `huge`"),
        (400, "There is no setting `speed`"),
        (400, "There is no envelope `xml`"),
    ]


def test_bulk_rows_are_read_like_any_other(vendor: VendorClient) -> None:
    vendor.control("POST", "seed", {"size": "empty"})
    status, body = vendor.control("POST", "bulk", {"stream": "customer", "count": 250})
    assert (status, body) == (200, {"stream": "customer", "rows": 250})
    walked = vendor.walk("/customers/?page_size=100")
    assert [row["created"] for row in walked] == sorted(
        (row["created"] for row in walked), reverse=True
    )
    assert len({row["merchant_user_id"] for row in walked}) == 250
    _, truth = vendor.control("GET", "world/customer")
    assert truth["rows"] == walked[::-1]
    refused = vendor.control("POST", "bulk", {"stream": "product_group", "count": 1})
    assert refused[1]["error"] == (
        "`product_group` has no rows with a single key of their own; name its parent."
    )


def test_an_enforced_rate_limit_throttles_the_request_above_it(vendor: VendorClient) -> None:
    vendor.control("PATCH", "settings", {"requests_per_minute": 3})
    assert [vendor.ask("/orders/")[0] for _ in range(5)] == [200, 200, 200, 429, 429]


def test_the_log_identifies_a_key_without_revealing_it(vendor: VendorClient) -> None:
    vendor.ask("/products/SKU%201%2F2/relationships/?type=upsell")
    (entry,) = vendor.control("GET", "requests")[1]
    assert entry.pop("started") <= entry.pop("ended")
    assert entry == {
        "n": 1,
        "method": "GET",
        "path": "/products/SKU%201%2F2/relationships/",
        "query": [["type", "upsell"]],
        "headers": {
            "x-api-key": recognisable(DEFAULT_KEY),
            "x-og-api-version": "2",
            "user-agent": "testclient",
        },
        "status": 200,
        "fault": None,
        "endpoint": "products/relationships",
        "in_flight_total": 1,
        "in_flight_endpoint": 1,
    }
    assert recognisable(DEFAULT_KEY).startswith("...sion sha256:")
    vendor.control("DELETE", "requests")
    assert vendor.control("GET", "requests") == (200, [])


def test_control_calls_are_not_vendor_requests(vendor: VendorClient) -> None:
    vendor.control("GET", "world")
    assert vendor.control("GET", "requests") == (200, [])


def test_requests_in_flight_are_counted_at_their_start(live: Running) -> None:
    """Five at once of two kinds: the log shows how many of each ran together."""
    address = live.url.removeprefix("http://").split(":")
    targets = ["/orders/", "/orders/", "/orders/", "/items/", "/items/"]
    connections = [socket.create_connection((address[0], int(address[1]))) for _ in targets]
    live.stage.settings.latency = 0.3
    for connection, target in zip(connections, targets, strict=True):
        request = f"GET {target} HTTP/1.1\r\nhost: x\r\nx-api-key: {live.api_key}\r\n\r\n"
        connection.sendall(request.encode())
    for connection in connections:
        assert connection.recv(15) == b"HTTP/1.1 200 OK"
        connection.close()
    live.stage.settings.latency = 0
    headers = {"x-api-key": live.api_key}
    assert httpx2.get(f"{live.url}/orders/", headers=headers).status_code == 200
    summary = httpx2.get(f"{live.url}/_emulator/requests/summary").json()
    assert summary == {
        "requests": 6,
        "max_in_flight": 5,
        "max_in_flight_by_endpoint": {"orders": 3, "items": 2},
        "max_in_60_seconds": 6,
        "by_endpoint": {"orders": 4, "items": 2},
        "by_status": {"200": 6},
        "by_fault": {},
    }
    last = httpx2.get(f"{live.url}/_emulator/requests").json()[-1]
    assert (last["in_flight_total"], last["in_flight_endpoint"]) == (1, 1)


def test_requests_one_after_the_other_never_overlap_in_the_log(live: Running) -> None:
    with httpx2.Client(base_url=live.url, headers={"x-api-key": live.api_key}) as http:
        for _ in range(20):
            http.get("/orders/?page_size=100")
    entries = live.stage.log.as_list()
    assert {entry["in_flight_total"] for entry in entries} == {1}
    assert all(before["ended"] <= after["started"] for before, after in pairwise(entries))


def test_the_busiest_minute_is_any_60_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    log = RequestLog()
    moments = [0.0, 30.0, 59.9, 60.0, 89.0, 200.0]
    for moment in moments:
        monkeypatch.setattr("emulator.request_log.time.monotonic", lambda now=moment: now)
        log.end(log.begin("orders", "GET", "/orders/", [], {}))
    assert log.summary()["max_in_60_seconds"] == 4
    assert log.in_last_minute() == 1


def test_the_command_prints_where_it_serves_and_serves_there() -> None:
    with spawned(seed=3, size="small") as emulator:
        world = httpx2.get(f"{emulator.url}/_emulator/world").json()
        orders = httpx2.get(f"{emulator.url}/orders/", headers={"x-api-key": emulator.api_key})
    assert (world["seed"], orders.status_code) == (3, 200)
    assert emulator.process.returncode is not None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--size", "huge"], "invalid choice: 'huge'"),
        (["--now", "2026-03-02T12:00:00"], "needs a time with a zone"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(arguments: list[str], complaint: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "emulator", *arguments], capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert complaint in result.stderr


def test_the_ready_line_is_one_line_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unserved:
        def run(self, sockets: list[Any]) -> None:
            sockets[0].close()

    monkeypatch.setattr(command, "make_server", lambda _stage: Unserved())
    command.main(["--api-key", "a-key-of-ones-own", "--size", "empty"])
    ready = json.loads(capsys.readouterr().out)
    assert ready["api_key"] == "a-key-of-ones-own"
    assert ready["url"].startswith("http://127.0.0.1:")
