from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger import coding

WORD = st.integers(0, 2**64 - 1)
WORDS = st.one_of(WORD, st.sampled_from([0, 1, 2**32, 2**63, 2**64 - 1]))


@given(st.sets(WORDS, min_size=1))
def test_integers_come_back(numbers: Any) -> None:
    given_numbers = np.array(sorted(numbers), np.uint64)[:, None]
    packed = coding.pack_numbers(given_numbers)
    assert np.array_equal(coding.unpack_numbers(packed, len(numbers), 1), given_numbers)


@given(st.sets(st.tuples(WORDS, WORDS), min_size=1))
def test_numbers_of_128_bits_come_back(numbers: Any) -> None:
    """Borrow and carry between the words included: the edge values meet often."""
    given_numbers = np.array(sorted(numbers), np.uint64)
    packed = coding.pack_numbers(given_numbers)
    assert np.array_equal(coding.unpack_numbers(packed, len(numbers), 2), given_numbers)


@given(
    st.integers(1, 600).flatmap(
        lambda width: st.sets(
            st.one_of(
                st.binary(min_size=width, max_size=width),
                st.integers(0, 255).map(lambda last: bytes(width - 1) + bytes([last])),
            ),
            min_size=1,
            max_size=30,
        )
    )
)
def test_rows_of_bytes_come_back(rows: Any) -> None:
    """Shared beginnings above 255 bytes need longer lengths, hence the widths."""
    width = len(next(iter(rows)))
    given_rows = np.frombuffer(b"".join(sorted(rows)), np.uint8).reshape(-1, width)
    packed = coding.pack_rows(given_rows)
    assert np.array_equal(coding.unpack_rows(packed, len(rows), width), given_rows)


def test_a_sequence_takes_next_to_nothing() -> None:
    numbers = np.arange(10**9, 10**9 + 100_000, dtype=np.uint64)[:, None]
    assert len(coding.pack_numbers(numbers)) < 1_000


def test_a_shared_beginning_is_written_once() -> None:
    rows = np.frombuffer(b"".join(b"x" * 300 + bytes([n]) for n in range(256)), np.uint8)
    assert len(coding.pack_rows(rows.reshape(256, 301))) < 320
