"""Orders and items, event by event: what the log and somebody else's list may decide."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.declaration import Declaration
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.open_family import OpenFamily
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.state import Checkpoint, StreamState
from source_ordergroove.pipeline.webhooks import Mailbox
from source_ordergroove.rules.stamps import Stamps
from source_ordergroove.walk import Leg, LegAbsent, LegDone, Opening, Page, Walk
from unit_tests.source_ordergroove.pipeline.builders import (
    HEX_IDS,
    NOON,
    declaration,
    settings,
    sketch,
    table,
)

ORDERS = declaration("orders", deletes="open_set", time_filter="updated_start")
#: Rows without a status of their own, as items are: what changed lately may have been born open.
ITEMS = declaration(
    "orders",
    deletes="open_set",
    time_filter="updated_start",
    open_when={"position": [None]},
    open_since="created",
)


def known(**fields: Any) -> StreamState:
    """A state of merchant `m` that knows the orders 1 and 2 as open."""
    scope = scope_of(settings(), ORDERS).with_merchant("m")
    ledger = Baseline.of(KeySet.from_keys(["1", "2"]), 1000)
    return StreamState(scope=scope, watermark=NOON, known=ledger, **fields)


def deletion(key: str, arrival: int) -> dict[str, Any]:
    """An event as the receiver's log has it."""
    return {"type": "order.delete", "arrival": arrival, "data": {"object": {"public_id": key}}}


def sync(
    state: StreamState,
    changed: list[dict[str, Any]],
    mailbox: Mailbox | None = None,
    listed: list[dict[str, Any]] | None = None,
    asked: list[str] | None = None,
    answer: str | None = None,
    declared: Declaration = ORDERS,
    lost: str = "",
    **changes: Any,
) -> list[AirbyteMessage]:
    """*listed* is open, nothing else is, *changed* changed, and the vendor knows no id.

    With *answer* it knows every id and answers with the row of that key.
    The legs that were read are added to *asked*: a list's name, or the id of a row. A *lost* place
    in the list is answered with 404.
    """
    chosen = settings(**changes)
    shared = Shared(chosen, Stamps(None), Account(), LedgerBudget())
    orders = table(declared, state=state, scope=scope_of(chosen, declared))
    family, walk = OpenFamily(orders, shared, mailbox), Walk()
    legs: Iterator[Leg] = walk.legs()
    messages = [*family.on(walk, Opening())]
    for leg in legs:
        if asked is not None:
            asked.append((leg.key or leg.name) + (" resumed" if leg.resume else ""))
        if (leg.name == family.CONFIRM and answer is None) or (lost and leg.resume):
            messages += family.on(walk, LegAbsent(leg))
            continue
        rows = changed if leg.name == family.LIST else listed or []
        rows = [{"public_id": answer}] if leg.name == family.CONFIRM else rows
        page = Page(leg, rows, None, NOON.timestamp(), 0.0, NOON.timestamp(), 1)
        messages += [*family.on(walk, page), *family.on(walk, LegDone(leg))]
    return [*singly(messages), *family.complete()]


def flagged(messages: list[AirbyteMessage]) -> list[tuple[str, str]]:
    rows = [message.record.data for message in messages if message.record]
    return sorted((r["public_id"], r["_og_deletion_source"]) for r in rows if r["_og_deleted"])


def last_state(messages: list[AirbyteMessage]) -> StreamState:
    state = messages[-1].state
    assert state
    assert state.stream
    assert state.stream.stream_state
    return StreamState.from_blob(state.stream.stream_state.__dict__)


@pytest.mark.parametrize(
    ("merchant", "gone"), [("m", [("1", "open_orders"), ("2", "open_orders")]), ("another", [])]
)
def test_rows_of_another_merchant_under_the_same_key_flag_nothing(
    merchant: str, gone: list[tuple[str, str]]
) -> None:
    """The first changed row may be the first to show whose list it is: the end asks again."""
    assert flagged(sync(known(), [{"public_id": "3", "merchant": merchant}])) == gone


def test_what_is_open_is_listed_before_what_changed() -> None:
    """An order sent in between shows in the second list; else it would have to be asked for."""
    asked: list[str] = []
    sync(known(), [{"public_id": "1"}, {"public_id": "2"}], asked=asked)

    assert asked == ["open", "list"]


@pytest.mark.parametrize(
    ("start", "ids"), [({}, ["5"]), ({"start_date": "2026-01-01T00:00:00Z"}, [])]
)
def test_open_row_that_no_filter_returned_is_asked_for(
    start: dict[str, Any], ids: list[str]
) -> None:
    """Rows without an update time exist. What a start date leaves out is not asked for."""
    asked: list[str] = []
    state = replace(known(), scope=scope_of(settings(**start), ORDERS))
    sync(state, [], listed=[{"public_id": key} for key in "125"], asked=asked, **start)

    assert asked == ["open", "list", *ids]


def test_answer_about_another_row_decides_nothing() -> None:
    """Neither is it that row's news nor a sign of life: the next sync asks again."""
    messages = sync(known(), [], answer="7")

    assert [message.record for message in messages if message.record] == []
    after = last_state(messages)
    assert after.known is not None
    assert list(after.known.kept) == ["1", "2"]


@pytest.mark.parametrize(("read_to", "offset"), [(9, 9), (None, 7)])
def test_offset_moves_only_when_the_log_was_read_to_its_end(
    read_to: int | None, offset: int
) -> None:
    """Without it the next sync would apply the whole log once more."""
    mailbox = Mailbox({"orders": 7})
    mailbox.close(read_to)

    assert last_state(sync(known(webhooks=7), [], mailbox)).webhooks == offset


def test_event_is_applied_once_by_each_stream() -> None:
    """Streams stand at different places in the log, which is read from the lowest."""
    mailbox = Mailbox({"orders": 7, "item": 2})
    for event in (deletion("8", 7), deletion("9", 8)):
        mailbox.offer(event)
    mailbox.close(8)

    assert ("9", "webhook") in flagged(sync(known(webhooks=7), [], mailbox))
    assert ("8", "webhook") not in flagged(sync(known(webhooks=7), [], mailbox))


@pytest.mark.parametrize(("listed", "changed"), [(["8"], []), ([], ["8"])])
def test_row_that_either_list_shows_is_alive(listed: list[str], changed: list[str]) -> None:
    """The log was read before both: its event is older."""
    mailbox = Mailbox({"orders": 7})
    mailbox.offer(deletion("8", 8))
    mailbox.close(8)
    rows = [[{"public_id": key} for key in keys] for keys in (changed, listed)]

    gone = flagged(sync(known(webhooks=7), rows[0], mailbox, listed=rows[1]))
    assert gone == [("1", "open_orders"), ("2", "open_orders")]


def test_half_read_log_decides_nothing() -> None:
    """Its end may hold what is to be said of the same rows; the next sync reads it all."""
    mailbox = Mailbox({"orders": 7})
    mailbox.offer(deletion("9", 8))
    mailbox.close(None)

    assert flagged(sync(known(webhooks=7), [], mailbox)) == [
        ("1", "open_orders"),
        ("2", "open_orders"),
    ]


@pytest.mark.parametrize(
    ("start", "remembered"), [({}, ["5"]), ({"start_date": "2026-01-01T00:00:00Z"}, [])]
)
def test_open_row_older_than_the_start_date_is_not_remembered(
    start: dict[str, Any], remembered: list[str]
) -> None:
    """No sync has emitted it: its tombstone would be one too many. Without a date all were."""
    state = StreamState(scope=scope_of(settings(**start), ORDERS), watermark=NOON)
    after = last_state(sync(state, [], listed=[{"public_id": "5"}], **start))

    assert after.known is not None
    assert list(after.known.kept) == remembered


@pytest.mark.parametrize(
    ("changed", "remembered"),
    [("2026-03-02T09:00:00", ["5"]), ("2026-03-02T08:59:59", []), (None, [])],
)
def test_row_without_a_status_is_open_for_three_hours_after_its_last_change(
    changed: str | None, remembered: list[str]
) -> None:
    """The sync began at noon in Chicago; one born since then is in no open list."""
    row = {"public_id": "5", "created": changed}
    after = last_state(sync(StreamState(), [row], declared=ITEMS))

    assert after.known is not None
    assert list(after.known.kept) == remembered


def test_row_without_a_status_that_was_sent_is_not_open() -> None:
    row = {"public_id": "5", "created": "2026-03-02T12:00:00", "position": 1}
    after = last_state(sync(StreamState(), [row], declared=ITEMS))

    assert after.known is not None
    assert list(after.known.kept) == []


def test_place_in_a_list_is_dropped_if_nobody_watched_what_was_emitted_before_it() -> None:
    """Else rows that were open then would be in no ledger, and never be missed."""
    place = Checkpoint("https://restapi.ordergroove.com/orders/?cursor=7", NOON)
    state = StreamState(scope=scope_of(settings(), ORDERS), checkpoint=place)
    asked: list[str] = []
    after = last_state(sync(state, [{"public_id": "5"}], asked=asked))

    assert asked == ["open", "list"]
    assert after.known is not None
    assert list(after.known.kept) == ["5"]


def test_row_that_was_only_asked_for_is_not_missed_later_if_there_was_no_answer() -> None:
    """No sync has emitted it: what is asked again is whether it is there, not whether it went."""
    failing = sync(known(), [], listed=[{"public_id": key} for key in "125"], answer="7")
    after = last_state(failing)

    assert after.known is not None
    assert list(after.known.kept) == ["1", "2"]


@pytest.mark.parametrize(("lost", "remembered"), [("", ["5", "9"]), ("lost", ["5"])])
def test_open_rows_emitted_before_a_place_that_is_lost_do_not_count(
    lost: str, remembered: list[str]
) -> None:
    """The list brings them again, or they are gone; else they count as this walk's own."""
    seen = Baseline.of(KeySet.from_keys(["9"]), 1_000)
    place = Checkpoint("https://restapi.ordergroove.com/orders/?cursor=7", NOON, seen)
    state = StreamState(scope=scope_of(settings(), ORDERS), checkpoint=place)
    asked: list[str] = []
    after = last_state(sync(state, [{"public_id": "5"}], asked=asked, lost=lost))

    assert asked == ["open", "list resumed", *(["list"] if lost else [])]
    assert after.known is not None
    assert list(after.known.kept) == remembered


@pytest.mark.parametrize(("merchant", "remembered"), [("m", 2000), ("another", 1)])
def test_sketch_that_overflows_is_kept_for_its_own_merchant_alone(
    merchant: str, remembered: int
) -> None:
    """Another one's orders would overflow it in each sync from then on."""
    state = replace(known(), known=sketch(HEX_IDS[:2000]))
    messages = sync(state, [{"public_id": "5", "merchant": merchant}])

    assert flagged(messages) == []
    after = last_state(messages)
    assert after.known is not None
    assert len(after.known) == remembered
