import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.envelope import payload_within, seal, sealed_length, unseal
from source_ordergroove.ledger.errors import LedgerError


@given(st.binary())
def test_bytes_come_back_from_a_text_of_the_promised_length(payload: Any) -> None:
    text = seal(payload, b"keys")
    assert unseal(text, b"keys") == payload
    assert len(text) == sealed_length(len(payload))
    assert json.dumps(text) == f'"{text}"'


@given(st.integers(20, 10_000))
def test_the_most_that_fits_fits_and_one_byte_more_does_not(characters: int) -> None:
    most = payload_within(characters)
    assert sealed_length(most) <= characters < sealed_length(most + 1)


@given(st.binary(), st.data())
def test_no_changed_character_gives_other_bytes(payload: Any, data: Any) -> None:
    text = seal(payload, b"keys")
    at = data.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + data.draw(st.characters()) + text[at + 1 :]
    try:
        read = unseal(changed, b"keys")
    except LedgerError:
        return
    # The last character has bits that stand for nothing.
    assert read == payload
    assert changed[:-1] == text[:-1]


@given(st.binary(), st.data())
def test_a_cut_or_longer_text_is_refused(payload: Any, data: Any) -> None:
    text = seal(payload, b"keys")
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    for damaged in (cut, text + "AAAA", text + text):
        with pytest.raises(LedgerError):
            unseal(damaged, b"keys")


def test_another_version_is_named() -> None:
    with pytest.raises(LedgerError, match="unknown version, '2'"):
        unseal("2" + seal(b"", b"keys")[1:], b"keys")


def test_a_text_of_another_kind_is_refused() -> None:
    with pytest.raises(LedgerError, match="checksum"):
        unseal(seal(b"", b"keys"), b"sketches")
