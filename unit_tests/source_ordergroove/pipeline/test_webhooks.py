"""The receiver's log is read once for all, from where the one furthest behind stands."""

from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.pipeline.account import Account
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.messages import singly
from source_ordergroove.pipeline.shared import Shared
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.webhooks import Mailbox, WebhookFamily
from source_ordergroove.rules.stamps import Stamps
from source_ordergroove.walk import Leg, LegFailed, Page, Walk
from unit_tests.source_ordergroove.pipeline.builders import NOON, declaration, settings, table

LOG = declaration("event", deletes="never")


def event(arrival: int, kind: str = "order.delete") -> dict[str, Any]:
    """An event as the receiver's log has it, about the order of its number."""
    about = {"object": {"public_id": str(arrival)}}
    return {"public_id": f"e{arrival}", "arrival": arrival, "type": kind, "data": about}


def log(mailbox: Mailbox, *, read_to: int | None = None) -> WebhookFamily:
    """The log's family; with *read_to* its own stream is selected."""
    shared = Shared(settings(), Stamps(None), Account(), LedgerBudget())
    parent = table(LOG, state=StreamState(webhooks=read_to))
    return WebhookFamily(parent, [] if read_to is None else [parent], shared, mailbox)


def page(leg: Leg, *events: dict[str, Any]) -> Page:
    return Page(leg, list(events), "next", NOON.timestamp(), 0.0, None, 1)


def test_log_is_read_from_the_lowest_number_that_anybody_needs() -> None:
    mailbox = Mailbox({"orders": 7, "item": 5})

    assert log(mailbox).first_legs()[0].params == {"after": "5"}
    assert log(mailbox, read_to=2).first_legs()[0].params == {"after": "2"}
    assert log(mailbox, read_to=9).first_legs()[0].params == {"after": "5"}


def test_stream_of_the_log_repeats_no_event() -> None:
    """Although the log is read again for orders that are further behind."""
    family = log(Mailbox({"orders": 2}), read_to=4)
    (leg,) = family.first_legs()
    messages = singly(family.on(Walk(), page(leg, event(3), event(4), event(5))))

    assert [m.record.data["public_id"] for m in messages if m.record] == ["e5"]


def test_only_what_says_that_a_row_is_gone_is_a_deletion() -> None:
    """A cancelled order is still a row."""
    mailbox = Mailbox({"orders": 0, "item": 0})
    kinds = ["order.cancel", "order.delete", "item.remove", "subscription.cancel", "order.success"]
    for arrival, kind in enumerate(kinds, 1):
        mailbox.offer(event(arrival, kind))
    mailbox.close(len(kinds))

    assert {name: list(mailbox.deletions(name)) for name in ("orders", "item")} == {
        "orders": ["2"],
        "item": ["3"],
    }


def test_log_that_breaks_off_is_unread() -> None:
    """Else the stream that is further ahead would go back and apply its events again."""
    mailbox = Mailbox({"orders": 7, "item": 2})
    family = log(mailbox)
    (leg,) = family.first_legs()
    failure = LegFailed(leg, AirbyteTracedException())
    assert [*family.on(Walk(), page(leg, event(3))), *family.on(Walk(), failure)] == []

    assert mailbox.last is None
