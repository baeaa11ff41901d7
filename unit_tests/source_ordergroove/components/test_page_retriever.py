"""A walk reads what it is told to, each list to the vendor's explicit end."""

from typing import Any, cast

import pytest
import requests

from source_ordergroove.walk import Leg, LegAbsent, LegDone, Opening, Page
from unit_tests.source_ordergroove.components.vendor import (
    DATE,
    LIST,
    URL,
    Vendor,
    answer,
    ids,
    page,
    read,
    retriever,
)


def test_list_is_read_to_its_explicit_end() -> None:
    vendor = Vendor([page("1", "2", cursor="b"), page("3", cursor="c"), page("4")])

    events = read(vendor, LIST)

    assert ids(events) == ["1", "2", "3", "4"]
    assert [type(event) for event in events] == [Page, Page, Page, LegDone]


def test_page_says_where_the_list_goes_on_and_when_it_was_asked_for() -> None:
    first, last, _ = read(Vendor([page("1", cursor="b"), page("2")]), LIST)

    assert isinstance(first, Page)
    assert isinstance(last, Page)
    assert (first.next, last.next) == (f"{URL}?cursor=b", None)
    assert (first.leg, first.attempts, first.vendor_time) == (LIST, 1, DATE)
    assert 0 <= first.elapsed < 60 < first.sent


def test_page_is_dated_by_the_request_that_brought_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later date would skip what changed while the vendor was answering."""
    answered: list[str | None] = []
    monkeypatch.setattr("time.time", lambda: 1_000_000 + 40 * len(answered))
    monkeypatch.setattr("time.monotonic", lambda: 500 + 40 * len(answered))

    def slow(path: str | None) -> requests.Response:
        answered.append(path)
        return page("1")

    (event, _) = read(Vendor(slow), LIST)

    assert isinstance(event, Page)
    assert (event.sent, event.elapsed) == (1_000_000, 40)


def test_every_request_carries_each_parameter_once() -> None:
    """Those of the stream, of the leg and the page size, unless the link repeats them itself."""
    link = f"{URL}?cursor=b&page_size=100"
    vendor = Vendor([answer({"next": link, "results": []}), page()])

    read(vendor, LIST, request_parameters={"status": "all"})

    since = {"updated_start": "2026-03-01T00:00:00"}
    assert vendor.asked == [
        (None, {"status": "all", "page_size": "100", **since}),
        (link, {"status": "all", **since}),
    ]


def test_page_size_can_be_the_endpoints_own() -> None:
    vendor = Vendor([page()])

    read(vendor, Leg("list"), page_size="1000")

    assert vendor.asked == [(None, {"page_size": "1000"})]


def test_legs_parameter_wins_over_the_streams() -> None:
    vendor = Vendor([page()])

    read(vendor, Leg("probe", params={"page_size": "1"}, max_pages=1))

    assert vendor.asked == [(None, {"page_size": "1"})]


def test_walk_resumes_at_its_checkpoint() -> None:
    vendor = Vendor([page("3", cursor="c"), page("4")])

    events = read(vendor, Leg("list", resume=f"{URL}?cursor=b"))

    assert ids(events) == ["3", "4"]
    assert [path for path, _ in vendor.asked] == [f"{URL}?cursor=b", f"{URL}?cursor=c"]


def test_leg_with_a_limit_ends_there() -> None:
    vendor = Vendor([page("1", cursor="b")])

    events = read(vendor, Leg("account", max_pages=1))

    assert [type(event) for event in events] == [Page, LegDone]
    assert len(vendor.asked) == 1


def test_single_object_is_asked_for_by_its_path_without_list_parameters() -> None:
    vendor = Vendor([answer({"public_id": "7", "status": 1})])

    events = read(vendor, Leg("confirm", path="7/", single=True), request_parameters={"a": "b"})

    assert ids(events) == ["7"]
    assert vendor.asked == [("7/", {})]
    assert [type(event) for event in events] == [Page, LegDone]


@pytest.mark.parametrize(
    "leg",
    [
        Leg("list", resume=f"{URL}?cursor=forgotten"),
        Leg("confirm", path="7/", single=True, isolated=True),
        Leg("fan_out", path="7/relationships/", isolated=True),
    ],
)
def test_missing_cursor_or_object_is_an_answer(leg: Leg) -> None:
    vendor = Vendor([answer({"detail": "Not found."}, status=404), page("1")])

    events = read(vendor, leg, Leg("list"))

    assert events[0] == LegAbsent(leg)
    assert ids(events) == ["1"]


def test_cursor_that_is_forgotten_on_the_way_is_an_answer() -> None:
    vendor = Vendor([page("1", cursor="b"), answer({"detail": "Invalid cursor"}, status=404)])

    events = read(vendor, LIST)

    assert [type(event) for event in events] == [Page, LegAbsent]


def test_missing_object_gives_the_room_of_its_page_back() -> None:
    legs = [Leg("confirm", path=f"{n}/", single=True, isolated=True) for n in range(9)]
    vendor = Vendor([answer({"detail": "Not found."}, status=404) for _ in legs])

    assert read(vendor, *legs) == [LegAbsent(leg) for leg in legs]


def test_abandoned_walk_asks_for_nothing_more() -> None:
    vendor = Vendor(lambda _: page("1", cursor=str(len(vendor.asked))))
    events = []
    for item in retriever(vendor).read_records({}, None):
        data = cast("dict[str, Any]", item)
        events.append(data["event"])
        if isinstance(events[-1], Opening):
            data["walk"].read(LIST, LIST)
        elif len(vendor.asked) == 2:
            data["walk"].abandon()

    assert [type(event) for event in events] == [Opening, Page, Page]
    assert len(vendor.asked) == 2


def test_answered_request_is_emptied() -> None:
    """The limiter keeps it for minutes: 17,000 of them would take 45 MB."""
    answers = [page("1", cursor="b"), page("2")]
    asked = [each.request for each in answers]

    read(Vendor([*answers]), LIST)

    assert [vars(each) for each in asked] == [vars(requests.PreparedRequest())] * 2
