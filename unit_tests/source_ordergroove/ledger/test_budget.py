from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from source_ordergroove.ledger.budget import STREAM_BYTES, TOTAL_BYTES, share

STREAMS = st.dictionaries(st.text(max_size=3), st.integers(0, 2_000), max_size=8)
TOTALS = st.integers(-10, 5_000)
MAXIMA = st.integers(0, 1_500)


@given(TOTALS, STREAMS, MAXIMA)
def test_no_limit_is_ever_exceeded(total: int, sizes: Any, most: int) -> None:
    granted = share(total, sizes, most)
    assert list(granted) == list(sizes)
    assert sum(granted.values()) <= max(0, total)
    assert all(0 <= granted[name] <= min(sizes[name], most) for name in sizes)


@given(TOTALS, STREAMS, MAXIMA)
def test_whoever_wants_no_more_than_an_equal_share_gets_it(
    total: int, sizes: Any, most: int
) -> None:
    granted = share(total, sizes, most)
    equal = max(0, total) // len(sizes) if sizes else 0
    assert [name for name in sizes if granted[name] < min(sizes[name], most, equal)] == []


@given(TOTALS, STREAMS, MAXIMA)
def test_nothing_is_left_while_somebody_wants_more(total: int, sizes: Any, most: int) -> None:
    granted = share(total, sizes, most)
    if any(granted[name] < min(sizes[name], most) for name in sizes):
        assert sum(granted.values()) == max(0, total)


@given(TOTALS, STREAMS, MAXIMA)
def test_who_wants_more_gets_no_less(total: int, sizes: Any, most: int) -> None:
    granted = share(total, sizes, most)
    amounts = [granted[name] for name in sorted(sizes, key=sizes.__getitem__)]
    assert amounts == sorted(amounts)


@given(TOTALS, st.integers(0, 100), STREAMS, MAXIMA)
def test_a_larger_total_takes_from_nobody(total: int, more: int, sizes: Any, most: int) -> None:
    before, after = share(total, sizes, most), share(total + more, sizes, most)
    assert [name for name in sizes if after[name] < before[name]] == []


@given(TOTALS, STREAMS, MAXIMA, st.data())
def test_a_growing_stream_gets_no_less_and_leaves_no_more(
    total: int, sizes: Any, most: int, data: Any
) -> None:
    if not sizes:
        return
    grown = data.draw(st.sampled_from(sorted(sizes)))
    larger = {**sizes, grown: sizes[grown] + data.draw(st.integers(0, 2_000))}
    before, after = share(total, sizes, most), share(total, larger, most)
    assert after[grown] >= before[grown]
    assert [name for name in sizes if name != grown and after[name] > before[name]] == []


def test_the_default_keeps_small_ledgers_exact_beside_large_ones() -> None:
    sizes = {f"large {n}": 50_000_000 for n in range(8)} | {"small": 40_000, "smaller": 700}
    granted = share(TOTAL_BYTES, sizes)
    assert granted == {f"large {n}": 744_162 for n in range(4)} | {
        f"large {n}": 744_163 for n in range(4, 8)
    } | {"small": 40_000, "smaller": 700}
    assert share(TOTAL_BYTES, {"alone": 50_000_000}) == {"alone": STREAM_BYTES}
