"""Query parameters: time filters on naive Chicago wall values, refusals, unknown names."""

from datetime import UTC, datetime

import pytest

from emulator.clock import Clock, wall
from emulator.world import World
from unit_tests.emulator.vendor_client import VendorClient


def updated(vendor: VendorClient, query: str) -> list[str]:
    return sorted(o["updated"] for o in vendor.walk(f"/orders/?page_size=100&{query}"))


def filled(vendor: VendorClient) -> list[str]:
    stamps = (row["updated"] for row in vendor.stage.world["orders"].rows)
    return sorted(stamp for stamp in stamps if stamp and stamp != "null")


def test_both_ends_of_a_time_filter_are_inclusive(vendor: VendorClient) -> None:
    stamps = filled(vendor)
    first, last = stamps[20], stamps[60]
    query = f"updated_start={first.replace(' ', 'T')}&updated_end={last.replace(' ', 'T')}"
    assert updated(vendor, query) == [stamp for stamp in stamps if first <= stamp <= last]


def test_a_day_means_its_beginning_at_the_start_and_its_end_at_the_end(
    vendor: VendorClient,
) -> None:
    stamps = filled(vendor)
    first, last = stamps[20][:10], stamps[60][:10]
    within = [stamp for stamp in stamps if first <= stamp[:10] <= last]
    assert updated(vendor, f"updated_start={first}&updated_end={last}") == within
    assert updated(vendor, f"updated={first}") == [s for s in stamps if s[:10] == first]


def test_rows_without_an_update_time_match_no_time_filter(vendor: VendorClient) -> None:
    every = vendor.walk("/orders/?page_size=100")
    empty = [order["updated"] for order in every if order["updated"] in {None, "", "null"}]
    assert {None, "", "null"} == set(empty)
    assert updated(vendor, "updated_start=1900-01-01") == filled(vendor)


def test_items_are_filtered_by_their_orders_update(vendor: VendorClient) -> None:
    since = filled(vendor)[60]
    items = vendor.walk(f"/items/?page_size=100&order_updated_start={since.replace(' ', 'T')}")
    orders = {o["public_id"]: o["updated"] for o in vendor.walk("/orders/?page_size=100")}
    assert {item["order"] for item in items} == {
        key for key, stamp in orders.items() if stamp in filled(vendor) and stamp >= since
    }
    assert all(item["order_updated"] == orders[item["order"]] for item in items)


def test_the_repeated_hour_of_autumn_is_one_hour_to_the_filter() -> None:
    """Two instants an hour apart carry the same wall time: a filter cannot part them."""
    world = World(clock=Clock(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), frozen=True))
    before = world.now()
    world.clock.set(datetime(2026, 11, 1, 7, 30, tzinfo=UTC), frozen=True)
    assert (before, world.now()) == ("2026-11-01 01:30:00", "2026-11-01 01:30:00")


def test_a_change_in_the_repeated_hour_can_look_older_than_one_before_it(
    vendor: VendorClient,
) -> None:
    """01:50 on summer time comes before 01:10 on winter time, and the filter has it backwards."""
    world = vendor.stage.world
    first, second = world["orders"].rows[:2]
    for order, instant in ((first, "2026-11-01T06:50:00Z"), (second, "2026-11-01T07:10:00Z")):
        world.clock.set(datetime.fromisoformat(instant), frozen=True)
        world.change("orders", order, tries=9)
    found = vendor.walk("/orders/?updated_start=2026-11-01T01:30:00&page_size=100")
    assert [order["public_id"] for order in found] == [first["public_id"]]


def test_an_hour_of_spring_does_not_exist() -> None:
    instants = ("2026-03-08T07:59:59+00:00", "2026-03-08T08:00:00+00:00")
    walls = [wall(datetime.fromisoformat(instant)) for instant in instants]
    assert walls == ["2026-03-08 01:59:59", "2026-03-08 03:00:00"]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/orders/?updated_start=yesterday", {"updated_start": ["Enter a valid date/time."]}),
        (
            "/orders/?updated_start=2026-02-30T00:00:00",
            {"updated_start": ["Enter a valid date/time."]},
        ),
        ("/orders/?updated_end=2026-13-01", {"updated_end": ["Enter a valid date."]}),
        (
            "/orders/?updated_start=2026-01-01T00:00:00Z",
            {"updated_start": ["Enter a valid date/time."]},
        ),
        (
            "/orders/?updated_start=2026-01-01T00:00:00.000000",
            {"updated_start": ["Enter a valid date/time."]},
        ),
        ("/orders/?created=2026-01-01T00:00:00", {"created": ["Enter a valid date."]}),
        ("/orders/?status=open", {"status": ["Enter a number."]}),
        (
            "/placement_logs/responses/?start_date=2026-01-01T00:00:00",
            {"start_date": ["Enter a valid date/time."]},
        ),
    ],
)
def test_a_malformed_value_is_refused_by_name(
    vendor: VendorClient, target: str, error: dict[str, list[str]]
) -> None:
    assert vendor.ask(target) == (400, error)


def test_unknown_parameters_do_not_filter_and_are_logged(vendor: VendorClient) -> None:
    _, plain = vendor.ask("/customers/")
    _, odd = vendor.ask("/customers/?updated_since=2026-01-01&ordering=created")
    assert odd["results"] == plain["results"]
    logged = vendor.stage.log.as_list()[-1]["query"]
    assert logged == [("updated_since", "2026-01-01"), ("ordering", "created")]


def test_placement_responses_end_before_their_end(vendor: VendorClient) -> None:
    rows = [row["created"] for row in vendor.stage.world["placement_responses"].rows]
    start, end = rows[10].replace(" ", "%20"), rows[50].replace(" ", "%20")
    target = f"/placement_logs/responses/?page_size=1000&start_date={start}&end_date={end}"
    found = [response["created"] for response in vendor.walk(target)]
    assert found == [stamp for stamp in rows if rows[10] <= stamp < rows[50]]


def test_customers_filter_last_updated_by_the_name_updated(vendor: VendorClient) -> None:
    stamps = sorted(row["last_updated"] for row in vendor.stage.world["customers"].rows)
    start = stamps[30].replace(" ", "T")
    found = vendor.walk(f"/customers/?page_size=100&updated_start={start}")
    assert sorted(c["last_updated"] for c in found) == [s for s in stamps if s >= stamps[30]]


def test_a_subscription_finds_its_orders_through_its_items(vendor: VendorClient) -> None:
    item = next(r for r in vendor.stage.world["items"].rows if r["subscription"])
    items = vendor.walk(f"/items/?subscription={item['subscription']}")
    orders = vendor.walk(f"/orders/?subscription={item['subscription']}")
    assert {i["order"] for i in items} == {o["public_id"] for o in orders}


def test_live_filters_booleans_that_are_texts_too(vendor: VendorClient) -> None:
    every = vendor.walk("/subscriptions/?page_size=100")
    assert {True, False, "True"} == {s["live"] for s in every}
    living = vendor.walk("/subscriptions/?page_size=100&live=true")
    assert living == [s for s in every if s["live"]]
    assert vendor.walk("/subscriptions/?page_size=100&live=true&live=false") == every
