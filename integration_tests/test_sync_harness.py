"""The harness itself: what it must refuse, it refuses.

A run of the connector is recorded once; each case spoils its messages in one way.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from integration_tests.harness.destination import Destination
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.server import Running

Messages = list[dict[str, Any]]


@pytest.fixture(scope="module")
def replica(shared_emulator: Running) -> Replica:
    return Replica(shared_emulator, ["resources"])


@pytest.fixture(scope="module")
def recorded(replica: Replica) -> Messages:
    """A first sync, and a second one in which a resource is gone."""
    messages = replica.sync(exact=True).messages
    replica.emulator.world.delete("resources", [replica.emulator.world["resources"].rows[3]])
    return [*messages, *replica.sync(exact=True).messages]


def _records(messages: Messages, *, deleted: bool) -> Messages:
    data = [message["record"]["data"] for message in messages if message["type"] == "RECORD"]
    return [row for row in data if row["_og_deleted"] == deleted]


def _without_a_row(messages: Messages) -> None:
    row = _records(messages, deleted=False)[-1]
    key = row["public_id"]
    spoilt = [
        m for m in messages if m["type"] == "RECORD" and m["record"]["data"]["public_id"] == key
    ]
    for message in spoilt:
        message["type"] = "LOG"
        message["log"] = {}
    for message in messages:
        if message["type"] == "STATE":
            message["state"]["sourceStats"]["recordCount"] -= 1


def _with_a_stale_value(messages: Messages) -> None:
    _records(messages, deleted=False)[-1]["name"] = "Piano lesson of yesterday"


def _with_a_lost_digit(messages: Messages) -> None:
    _records(messages, deleted=False)[-1]["created"] += ".5"


def _without_the_tombstone(messages: Messages) -> None:
    (tombstone,) = _records(messages, deleted=True)
    tombstone["public_id"] = "0" * 32


def _with_a_tombstone_for_a_live_row(messages: Messages) -> None:
    (tombstone,) = _records(messages, deleted=True)
    tombstone["public_id"] = _records(messages, deleted=False)[-1]["public_id"]


def _with_a_stamp_that_goes_back(messages: Messages) -> None:
    _records(messages, deleted=False)[-1]["_og_synced_at"] = "2001-01-01T00:00:00.000000Z"


def _with_a_tombstone_no_later_than_its_row(messages: Messages) -> None:
    (tombstone,) = _records(messages, deleted=True)
    rows = _records(messages, deleted=False)
    (row,) = [row for row in rows if row["public_id"] == tombstone["public_id"]]
    tombstone["_og_synced_at"] = tombstone["_og_deleted_at"] = row["_og_synced_at"]


def _with_two_rows_of_one_stamp(messages: Messages) -> None:
    (tombstone,) = _records(messages, deleted=True)
    row = _records(messages, deleted=False)[-1]
    tombstone.clear()
    tombstone.update(row, name="Another name at the same instant")


def _with_a_wrong_type(messages: Messages) -> None:
    _records(messages, deleted=False)[0]["name"] = 7


def _with_a_live_row_that_names_a_deletion(messages: Messages) -> None:
    _records(messages, deleted=False)[0]["_og_deletion_source"] = "parent"


def _with_a_state_of_other_counts(messages: Messages) -> None:
    (*_, state) = [message["state"] for message in messages if message["type"] == "STATE"]
    state["sourceStats"]["recordCount"] += 1


def test_the_recorded_run_is_accepted(replica: Replica, recorded: Messages) -> None:
    assert _apply(replica, recorded) is None


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_without_a_row, "1 rows are missing"),
        (_with_a_stale_value, "differs"),
        (_with_a_lost_digit, "differs"),
        (_without_the_tombstone, "1 vanished rows are live"),
        (_with_a_tombstone_for_a_live_row, "1 rows are missing"),
        (_with_a_stamp_that_goes_back, "went back"),
        (_with_a_tombstone_no_later_than_its_row, "not later than its row"),
        (_with_two_rows_of_one_stamp, "two different rows with one stamp"),
        (_with_a_wrong_type, "7 is not of type"),
        (_with_a_live_row_that_names_a_deletion, "a live row carries"),
        (_with_a_state_of_other_counts, ""),
    ],
)
def test_a_spoilt_run_is_refused(
    replica: Replica, recorded: Messages, spoil: Callable[[Messages], None], complaint: str
) -> None:
    messages = deepcopy(recorded)
    spoil(messages)
    refusal = _apply(replica, messages)
    assert refusal is not None
    assert complaint in refusal


def _apply(replica: Replica, messages: Messages) -> str | None:
    """Apply messages to fresh tables; return what the harness says against it."""
    replica.destination = Destination(replica.catalog)
    try:
        replica.destination.apply(messages)
        replica.assert_exact()
    except Exception as refusal:  # noqa: BLE001 - an assertion's or the validator's
        return str(refusal)
    return None
