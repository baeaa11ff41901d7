import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_receiver.errors import UnusableEventError
from webhook_receiver.events import StoredEvent, recognise

RECEIVED = datetime(2026, 3, 2, 8, 0, 0, 250_000, tzinfo=UTC)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def stored(body: bytes) -> StoredEvent:
    return StoredEvent("e1", "order.delete", body, RECEIVED, late=False, arrival=7)


def test_id_and_type_are_all_that_is_looked_at() -> None:
    assert recognise(b' {"type": "x.y", "id": "e1", "data": null} \n') == ("e1", "x.y")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html></html>", id="not JSON"),
        pytest.param(b'{"id": "e1", "type": "t"', id="cut off"),
        pytest.param(b'{"id": "e1", "type": "t"}{}', id="two values"),
        pytest.param('{"id": "e1", "type": "t"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'\xef\xbb\xbf{"id": "e1", "type": "t"}', id="byte order mark"),
        pytest.param(b'{"id": "e1", "type": "t", "x": "\xff"}', id="not UTF-8"),
        pytest.param(b'{"id": "e1", "type": "t", "x": NaN}', id="NaN"),
        pytest.param(b'{"id": "e1", "type": "t", "x": ' + b"9" * 5_000 + b"}", id="huge integer"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="nested beyond the stack"),
        pytest.param(b'[{"id": "e1", "type": "t"}]', id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"type": "t"}', id="no id"),
        pytest.param(b'{"id": "e1"}', id="no type"),
        pytest.param(b'{"id": 1, "type": "t"}', id="id is a number"),
        pytest.param(b'{"id": "", "type": "t"}', id="empty id"),
        pytest.param(b'{"id": "' + b"e" * 256 + b'", "type": "t"}', id="id too long"),
        pytest.param(b'{"id": "\\u0000", "type": "t"}', id="NUL"),
        pytest.param(b'{"id": "\\ud800", "type": "t"}', id="lone surrogate"),
        pytest.param('{"id": "é", "type": "t"}'.encode(), id="not ASCII"),
        pytest.param(b'{"id": "e1", "type": ["t"]}', id="type is a list"),
    ],
)
def test_unusable_body_is_refused(body: bytes) -> None:
    with pytest.raises(UnusableEventError):
        recognise(body)


def test_refusal_does_not_quote_the_body() -> None:
    """Its text goes into the log, and the body is personal data."""
    with pytest.raises(UnusableEventError) as refusal:
        recognise(b'{"email": "ann@example.com"')

    assert str(refusal.value) == "The body is not JSON in UTF-8."
    assert refusal.value.__cause__ is None


def test_envelope_is_handed_on_to_the_last_digit() -> None:
    """Only our three members are added; numbers, escapes and order stay as they were signed."""
    body = b' {"id":"e1","total":8.350,"n":12345678901234567890,"name":"\\u00e9"} \n'

    assert stored(body).as_json() == (
        b' {"id":"e1","total":8.350,"n":12345678901234567890,"name":"\\u00e9", '
        b'"arrival": 7, "received_at": "2026-03-02T08:00:00.250000Z", "late": false}'
    )


def test_members_of_ours_win_over_the_senders() -> None:
    body = b'{"id": "e1", "arrival": 1, "late": "maybe"}'

    assert json.loads(stored(body).as_json()) == {
        "id": "e1",
        "arrival": 7,
        "received_at": "2026-03-02T08:00:00.250000Z",
        "late": False,
    }


@given(
    envelope=st.dictionaries(st.text(), json_values),
    indent=st.none() | st.integers(0, 2),
)
def test_any_envelope_comes_out_with_our_members_added(
    envelope: dict[str, Any], indent: int | None
) -> None:
    envelope |= {"id": "e1", "type": "t"}
    body = json.dumps(envelope, indent=indent).encode()
    ours = {"arrival": 7, "received_at": "2026-03-02T08:00:00.250000Z", "late": False}

    assert recognise(body) == ("e1", "t")
    assert json.loads(stored(body).as_json()) == envelope | ours
