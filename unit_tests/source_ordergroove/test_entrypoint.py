"""Pages leave as the very lines that the CDK would have written, counted as it counts."""

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast
from unittest.mock import patch

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification, Type
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.entrypoint import Entrypoint
from source_ordergroove.pipeline import messages
from source_ordergroove.pipeline.messages import Rows, singly
from source_ordergroove.rules.money import exact_number
from source_ordergroove.source import SourceOrdergroove

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False).map(str).map(exact_number),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PAGES = st.lists(st.dictionaries(st.text(), JSON, max_size=6), max_size=4)


def page(rows: list[dict[str, Any]], stream: str = "orders") -> Rows:
    return Rows(stream=stream, rows=rows, emitted_at=1_767_225_600_000)


def written(*said: AirbyteMessage) -> list[str]:
    """Everything that leaves, in its order: texts as they are written, other messages as lines."""
    out: list[str] = []
    source = SourceOrdergroove(config={"api_key": "a-key-long-enough"}, whole_pages=True)
    specification = ConnectorSpecification(connectionSpecification={})
    with patch.object(source, "read", return_value=said):
        others = Entrypoint(source, out.append).read(specification, {}, None, [])
        out.extend(f"{AirbyteEntrypoint.airbyte_message_to_string(other)}\n" for other in others)
    return out


@given(PAGES, st.text(min_size=1))
def test_lines_of_a_page_are_those_the_cdk_writes(rows: list[dict[str, Any]], name: str) -> None:
    """Byte for byte: nulls left out, numbers with all their digits, whatever the text."""
    together = page(rows, name)
    one_by_one = [AirbyteEntrypoint.airbyte_message_to_string(message) for message in together]

    assert together.lines() == "".join(f"{line}\n" for line in one_by_one)


def test_row_too_deep_for_the_fast_serialiser_leaves_all_the_same() -> None:
    deep: Any = "bottom"
    for _ in range(300):
        deep = [deep]
    (text,) = written(page([{"public_id": "1"}, {"public_id": "2", "extra": deep}]))

    assert [line.count("[") for line in text.splitlines()] == [0, 300]
    assert text.endswith("\n")


def test_pages_and_other_messages_leave_in_order_and_states_count_the_rows_before_them() -> None:
    """The platform holds a state's count against the records that arrived since the last one."""
    out = written(
        page([{"public_id": "1"}, {"public_id": "2"}]),
        page([{"public_id": "9"}], "item"),
        messages.record("orders", {"public_id": "3"}, 0),
        messages.state("orders", {"version": 1}),
        page([{"public_id": "4"}]),
        messages.state("orders", {"version": 1}),
        messages.state("item", {"version": 1}),
    )

    kinds = [
        (text.count('"RECORD"'), text.partition('"recordCount":')[2][:3] or None) for text in out
    ]
    assert kinds == [
        (2, None), (1, None), (1, None), (0, "3.0"), (1, None), (0, "1.0"), (0, "1.0")
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["orders", "item"]), PAGES), max_size=5))
def test_rows_are_counted_as_if_one_by_one(pages: list[tuple[str, list[dict[str, Any]]]]) -> None:
    def counted(said: Iterator[AirbyteMessage]) -> dict[HashableStreamDescriptor, float]:
        counts: defaultdict[HashableStreamDescriptor, float] = defaultdict(float)
        for message in said:
            assert Entrypoint.handle_record_counts(message, counts) is message
        return {name: count for name, count in counts.items() if count}

    whole = [page(rows, name) for name, rows in pages]

    assert counted(iter(whole)) == counted(singly(whole))


def test_page_that_nobody_took_apart_is_noticed() -> None:
    """The CDK's own entrypoint refuses it; no row is lost without a word."""
    with pytest.raises(ValueError, match="must have a record"):
        AirbyteEntrypoint.handle_record_counts(page([{}]), defaultdict(float))


def test_pages_are_taken_apart_in_place_and_other_messages_stay() -> None:
    mixed = [page([{"a": 1}, {"a": 2}]), messages.state("orders", {})]

    kinds = [message.type for message in singly(mixed)]

    assert kinds == [Type.RECORD, Type.RECORD, Type.STATE]
    assert [cast("Any", m).record.data for m in singly(mixed) if m.record] == [{"a": 1}, {"a": 2}]


def test_console_script_leaves_no_work_to_the_collector_but_its_own() -> None:
    """What start-up made is set aside; garbage is looked for again while a command runs."""
    program = (
        "import gc, sys\n"
        "from source_ordergroove import entrypoint, run\n"
        "seen = []\n"
        "entrypoint.write = lambda lines: seen.extend([gc.isenabled(), gc.get_freeze_count()])\n"
        "sys.argv = ['source-ordergroove', 'spec']\n"
        "run.run()\n"
        "print(seen[0], seen[1] > 100_000, gc.get_threshold()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "True True 10000"
