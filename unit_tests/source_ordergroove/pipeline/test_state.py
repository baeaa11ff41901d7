"""What a stream remembers comes back as it was, and what cannot have been ours starts it anew."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.scope import Scope
from source_ordergroove.pipeline.state import VERSION, Checkpoint, StateError, StreamState

AT = "2026-03-02T18:00:00Z"

instants = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 hypothesis adds the zone itself
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
key_sets = st.lists(st.text()).map(KeySet.from_keys)
ledgers = key_sets.map(lambda keys: Baseline.of(keys, 10_000))
states = st.builds(
    StreamState,
    synced_at=st.none() | instants,
    scope=st.none() | st.builds(Scope, st.text(), st.text(), st.none() | st.text()),
    watermark=st.none() | instants,
    walked=st.none() | instants,
    known=st.none() | ledgers,
    checkpoint=st.none() | st.builds(Checkpoint, st.text(), instants, st.none() | ledgers),
    webhooks=st.none() | st.integers(0, 2**63),
    flagged=st.none() | key_sets,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(AT),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
checkpoints = st.fixed_dictionaries(
    {"next": json_values, "started": json_values}, optional={"seen": json_values}
)
blobs = st.fixed_dictionaries(
    {"version": st.just(VERSION)},
    optional={
        "synced_at": json_values,
        "watermark": json_values,
        "walked": json_values,
        "flagged": json_values,
        "webhooks": json_values,
        "known": json_values,
        "scope": json_values | st.fixed_dictionaries({"reading": json_values, "key": json_values}),
        "checkpoint": json_values | checkpoints,
    },
)


@given(states)
def test_state_survives_the_platform(state: StreamState) -> None:
    """As JSON text and back."""
    blob = state.to_blob()

    read = StreamState.from_blob(json.loads(json.dumps(blob)))

    assert read.to_blob() == blob
    without_keys = {"known": None, "checkpoint": None, "flagged": None}
    assert replace(read, **without_keys) == replace(state, **without_keys)
    assert list(read.flagged or ()) == list(state.flagged or ())
    assert list(read.known.kept if read.known else ()) == list(
        state.known.kept if state.known else ()
    )


def test_nothing_remembered_takes_no_room() -> None:
    assert StreamState().to_blob() == {"version": 1}


@pytest.mark.parametrize("version", [None, 0, 2, "1", [1]])
def test_other_version_is_refused(version: object) -> None:
    with pytest.raises(StateError, match="version"):
        StreamState.from_blob({"version": version, "watermark": AT})


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"__ab_no_cursor_state_message": True},
        {"updated": "2026-03-02 18:00:00"},
        {"slices": [], "state_type": "date-range"},
    ],
)
def test_state_of_another_connector_is_refused(foreign: dict[str, Any]) -> None:
    with pytest.raises(StateError):
        StreamState.from_blob(foreign)


def assert_usable(state: StreamState) -> None:
    """Every part has the type that the sync goes on to rely on."""
    for instant in (state.synced_at, state.watermark, state.walked):
        assert instant is None or instant.tzinfo is not None
    if state.scope is not None:
        assert isinstance(state.scope.reading, str)
        assert isinstance(state.scope.key, str)
        assert isinstance(state.scope.merchant, str | None)
    if state.checkpoint is not None:
        assert isinstance(state.checkpoint.next, str)
        assert state.checkpoint.started.tzinfo is not None
        assert isinstance(state.checkpoint.seen, Baseline | None)
    assert isinstance(state.known, Baseline | None)
    assert isinstance(state.flagged, KeySet | None)
    assert isinstance(state.webhooks, int | None)
    assert not isinstance(state.webhooks, bool)


@given(blobs)
@example({"version": 1, "synced_at": "2026-03-02T18:00:00"})
@example({"version": 1, "watermark": 7})
@example({"version": 1, "webhooks": "7"})
@example({"version": 1, "flagged": ["7"]})
@example({"version": 1, "scope": "production"})
@example({"version": 1, "scope": {"reading": 1, "key": None}})
@example({"version": 1, "checkpoint": {"next": 7, "started": AT}})
@example({"version": 1, "checkpoint": {"next": "n", "started": "2026-03-02T18:00:00"}})
@example({"version": 1, "checkpoint": ["next", "started"]})
@example({"version": 1, "checkpoint": {"next": "n", "started": AT, "seen": "of another version"}})
@example({"version": 1, "flagged": "of another version"})
@example({"version": 1, "checkpoint": {"next": "n", "started": AT, "seen": {"v": 1, "n": 1}}})
@example({"version": 1, "known": {"v": 99, "n": 0}})
@example({"version": 1, "known": {"v": 1, "n": "1", "keys": ""}})
def test_damaged_state_is_refused_or_usable(blob: dict[str, Any]) -> None:
    """It never gets as far as failing a sync, which would fail every sync after it too."""
    try:
        state = StreamState.from_blob(blob)
    except StateError:
        return
    assert_usable(state)
