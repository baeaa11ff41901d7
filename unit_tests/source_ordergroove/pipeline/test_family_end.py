"""The end of a walk: what is called deleted then, and what is not."""

from dataclasses import replace

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.scope import scope_of
from source_ordergroove.pipeline.state import StreamState
from source_ordergroove.pipeline.table import Table
from source_ordergroove.walk import LegDone, Opening
from unit_tests.source_ordergroove.pipeline.builders import (
    HEX_IDS,
    NOON,
    Reading,
    declaration,
    settings,
    sketch,
    table,
)

LINK = "https://restapi.ordergroove.com/customers/?cursor="


def customers(state: StreamState) -> Table:
    return table(state=replace(state, scope=scope_of(settings(), declaration())))


@pytest.mark.parametrize(("merchant", "flagged"), [("m", ["1", "2"]), ("another", [])])
def test_rows_of_another_merchant_under_the_same_key_flag_nothing(
    merchant: str, flagged: list[str]
) -> None:
    """The first rows may be the first to show whose list it is: the end asks again."""
    scope = scope_of(settings(), declaration()).with_merchant("m")
    known = Baseline.of(KeySet.from_keys(["1", "2"]), 1000)
    reading = Reading(table(state=StreamState(scope=scope, known=known)))
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, "3", merchant=merchant)
    reading(LegDone(leg))
    reading.messages += reading.family.complete()

    assert reading.flagged() == flagged


def test_table_that_failed_alone_flags_nothing_and_remembers_nothing_new() -> None:
    """What it lacks is unknown, not gone; the walk's other tables are complete."""
    known = Baseline.of(KeySet.from_keys(["1"]), 1000)
    failed = table(declaration("relation"), state=StreamState(known=known))
    reading = Reading(customers(StreamState(known=known)), failed)
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, "2")
    reading(LegDone(leg))
    failed.error = AirbyteTracedException()
    reading.messages += reading.family.complete()

    gone = [m.record.stream for m in reading.messages if m.record and m.record.data["_og_deleted"]]
    assert gone == ["customer"]
    assert len(reading.states()) == 1


@pytest.mark.parametrize(("percent", "known"), [(15, 2000), (100, 1)])
def test_compressed_ledger_that_cannot_name_the_deletions_flags_nothing(
    percent: int, known: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It stays, and the log says so, until the user accepts the list as it is."""
    state = StreamState(known=sketch(HEX_IDS[:2000]), watermark=NOON)
    reading = Reading(customers(state), max_deletion_percent=percent)
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, HEX_IDS[0])
    reading(LegDone(leg))
    reading.messages += reading.family.complete()

    (after,) = map(StreamState.from_blob, reading.states())
    assert reading.flagged() == []
    assert after.known is not None
    assert len(after.known) == known
    assert "more than its compressed ledger can name" in caplog.text


def test_rows_born_since_the_last_walk_do_not_fill_a_compressed_ledger() -> None:
    """3,000 new customers hide no deletion from a ledger that can tell 170 differences."""
    old, new = HEX_IDS[:2000], HEX_IDS[2000:]
    state = StreamState(known=sketch(old), watermark=NOON)
    reading = Reading(customers(state))
    reading(Opening())
    leg = reading.leg()
    reading.page(leg, *old[3:], link=f"{LINK}1", created="2026-03-02T08:59:59")
    reading.page(leg, *new, created="2026-03-02T09:00:00")
    reading(LegDone(leg))
    reading.messages += reading.family.complete()

    assert sorted(reading.flagged()) == sorted(old[:3])
