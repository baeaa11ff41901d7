"""The vendor's rules for clients, read off the emulator's log of a whole sync."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from emulator.clock import CHICAGO
from emulator.endpoints import ENDPOINTS
from emulator.request_log import recognisable
from integration_tests.conftest import PRESENT
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.request_log import Entry
    from emulator.server import Running

HIDDEN_BY_DEFAULT = {
    "products": {
        "autoship_enabled": "all",
        "allow_discontinued": "true",
        "include_product_selection_rules": "true",
    },
    "offer_profiles": {"status": "all"},
    "one_time_incentives": {"include_item_level": "true"},
}
BY_ID = {"orders/id", "items/id", "products/relationships"}
OPEN = {"orders": {"status": "1"}, "items": {"status": "1", "omit_price_calculation": "true"}}
TIME_FILTERS = {
    "orders": "updated_start",
    "items": "order_updated_start",
    "subscriptions": "updated_start",
}


def log_of(emulator: Running, *endpoints: str) -> list[Entry]:
    """Return the requests, of some endpoints alone if any are named."""
    entries = emulator.stage.log.entries
    return [entry for entry in entries if not endpoints or entry.endpoint in endpoints]


@pytest.fixture(scope="module")
def synced(shared_emulator: Running) -> Running:
    """An emulator whose 21 streams were read twice, in many pages and not too fast."""
    with pytest.MonkeyPatch.context() as patch:
        for path, endpoint in ENDPOINTS.items():
            patch.setitem(ENDPOINTS, path, replace(endpoint, largest_page=20))
        replica = Replica(shared_emulator)
        replica.sync()
        orders = shared_emulator.world["orders"]
        shared_emulator.world.delete("orders", orders.find("status", 1)[:1])
        shared_emulator.stage.settings.latency = 0.02
        shared_emulator.stage.log.clear()
        replica.sync(exact=True)
    return shared_emulator


def test_one_request_per_object_type_and_five_in_all(synced: Running) -> None:
    summary = synced.stage.log.summary()

    assert summary["max_in_flight"] == 5
    assert set(summary["max_in_flight_by_endpoint"].values()) == {1}


@pytest.mark.parametrize(
    "of_one_type",
    [("products", "products/relationships"), ("orders", "orders/id"), ("items", "items/id")],
)
def test_lists_and_single_objects_of_a_type_are_not_asked_for_at_once(
    synced: Running, of_one_type: tuple[str, str]
) -> None:
    entries = log_of(synced, *of_one_type)

    assert {entry.endpoint for entry in entries} == set(of_one_type)
    for before, after in pairwise(entries):
        assert before.ended is not None
        assert before.ended <= after.started


def test_every_request_carries_key_and_version(synced: Running) -> None:
    entries = log_of(synced)

    assert {entry.method for entry in entries} == {"GET"}
    assert {entry.headers["x-api-key"] for entry in entries} == {recognisable(synced.api_key)}
    assert {entry.headers["x-og-api-version"] for entry in entries} == {"2"}


def test_every_path_ends_in_a_slash(synced: Running) -> None:
    assert {entry.path[-1] for entry in log_of(synced)} == {"/"}


@pytest.mark.parametrize("keeps", [True, False])
def test_every_page_is_as_large_as_the_vendor_allows(
    emulator: Running, small_pages: Callable[[int], None], *, keeps: bool
) -> None:
    """Whether or not `next` repeats the size; no parameter is sent twice."""
    small_pages(20)
    emulator.stage.settings.next_keeps_page_size = keeps

    Replica(emulator).sync(exact=True)

    for entry in log_of(emulator):
        names = [name for name, _ in entry.query]
        assert len(names) == len(set(names)), entry
        if entry.endpoint not in BY_ID:
            largest = "1000" if entry.endpoint == "placement_logs/responses" else "100"
            assert dict(entry.query)["page_size"] == largest, entry


def test_no_default_of_the_vendor_hides_rows(synced: Running) -> None:
    """On the first page and on those that follow it."""
    for endpoint, parameters in HIDDEN_BY_DEFAULT.items():
        for entry in log_of(synced, endpoint):
            assert parameters.items() <= dict(entry.query).items(), entry


def test_requests_carry_nothing_else(synced: Running) -> None:
    """But the open set's filter and the time filters of the three tables that have one."""
    for entry in log_of(synced):
        query = dict(entry.query)
        for name in ("page_size", "cursor", TIME_FILTERS.get(entry.endpoint, "")):
            query.pop(name, None)
        allowed = HIDDEN_BY_DEFAULT.get(entry.endpoint, {})
        assert query in (allowed, OPEN.get(entry.endpoint, allowed)), entry


def test_relationships_are_asked_for_one_product_after_the_other(synced: Running) -> None:
    """Once each, in the order of the list, their ids escaped."""
    paths = [entry.path for entry in log_of(synced, "products/relationships")]

    ids = [row.data["external_product_id"] for row in synced.world["products"].rows]
    assert sorted(paths) == sorted(f"/products/{quote(i, safe='')}/relationships/" for i in ids)
    assert any("%" in path for path in paths)


def filters(emulator: Running) -> dict[str, set[str]]:
    """Return the values of time filters that were sent, by endpoint."""
    sent: dict[str, set[str]] = {}
    for entry in log_of(emulator):
        for name, value in entry.query:
            if name.endswith(("_start", "_end")):
                assert name == TIME_FILTERS[entry.endpoint]
                sent.setdefault(entry.endpoint, set()).add(value)
    return sent


def test_first_sync_filters_nothing(emulator: Running) -> None:
    Replica(emulator).sync()

    assert filters(emulator) == {}


def test_later_sync_starts_three_hours_before_the_last_walk(emulator: Running) -> None:
    """In the vendor's wall time; every page of the changed rows, and no list of the open ones."""
    replica = Replica(emulator)
    replica.sync()
    emulator.stage.log.clear()
    replica.sync()

    walked = PRESENT + timedelta(seconds=1)  # a second passes before each sync
    latest = (walked - timedelta(hours=3)).astimezone(CHICAGO)
    assert filters(emulator).keys() == TIME_FILTERS.keys()
    for (sent,) in filters(emulator).values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", sent)
        since = datetime.fromisoformat(sent).replace(tzinfo=CHICAGO)
        # The vendor's `Date` has whole seconds, and the answer took its time.
        assert latest - timedelta(seconds=3) < since <= latest
    for entry in log_of(emulator, *OPEN):
        query = dict(entry.query)
        assert ("status" in query) != (TIME_FILTERS[entry.endpoint] in query)


def test_start_date_filters_the_first_sync(emulator: Running) -> None:
    Replica(emulator, start_date="2026-05-01T00:00:00Z").sync()

    assert filters(emulator).keys() == TIME_FILTERS.keys()
    for sent in filters(emulator).values():
        assert sent == {"2026-04-30T19:00:00"}


FAMILIES = {
    ("product",): {"products": 1},
    ("product_group",): {"products": 1},
    ("product_group", "product_selection_rule", "product_selection_rule_element"): {"products": 1},
    ("product", "product_group", "product_selection_rule"): {"products": 1},
    ("product_relationships",): {"products": 1, "products/relationships": 24},
    ("product", "product_group", "product_relationships"): {
        "products": 1,
        "products/relationships": 24,
    },
    ("offer_profile_offer",): {"offer_profiles": 1},
    (
        "offer_profile",
        "offer_profile_offer",
        "offer_profile_initial_coupon_discount",
        "offer_profile_recurring_coupon_discount",
    ): {"offer_profiles": 1},
    ("subscription_discount",): {"subscriptions": 1},
    ("subscription", "subscription_component", "subscription_discount"): {"subscriptions": 1},
    ("customer", "merchant_cancel_reason"): {"customers": 1, "merchant/cancel_reason": 1},
}


@pytest.mark.parametrize("selected", FAMILIES, ids="+".join)
def test_family_costs_one_walk(emulator: Running, selected: tuple[str, ...]) -> None:
    """However many of its streams are selected; what is not selected costs nothing."""
    Replica(emulator, selected).sync(exact=True)

    assert emulator.stage.log.summary()["by_endpoint"] == FAMILIES[selected]


def test_whole_sync_reads_each_list_once(emulator: Running) -> None:
    """Orders and items twice: what is open, then what changed. Both have two pages of 100."""
    Replica(emulator).sync()

    counts = emulator.stage.log.summary()["by_endpoint"]
    products = len(emulator.world["products"])
    assert counts.pop("products/relationships") == products
    assert counts.pop("orders") == counts.pop("items") == 3
    assert set(counts.values()) == {1}
