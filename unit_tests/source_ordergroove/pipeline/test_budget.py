"""All ledgers together stay within what a platform takes, whoever comes first."""

import json
import logging
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.budget import PER_STREAM, TOTAL, LedgerBudget

SMALLEST = 64  # a ledger below it may take that much: it only says how many keys there were


def ledger(size: int, budget: int) -> Baseline:
    """A ledger of *size* keys that do not compress."""
    random = Random(size)
    keys = (f"{random.getrandbits(128):032x}" for _ in range(size))
    return Baseline.of(KeySet.from_keys(keys), budget)


def in_json(known: Baseline) -> int:
    return len(json.dumps(known.to_state(), separators=(",", ":")))


def test_limits_are_those_of_the_documentation() -> None:
    """Half of what Airbyte's server accepts in one request, which all streams' states share."""
    assert (TOTAL, PER_STREAM) == (6_000_000, 1_000_000)


@settings(deadline=None)
@given(
    came=st.lists(st.integers(0, 300), min_size=1, max_size=8),
    became=st.lists(st.integers(0, 300), min_size=1, max_size=8),
    total=st.integers(0, 20_000),
    per_stream=st.integers(0, 20_000),
)
def test_ledgers_stay_within_both_limits(
    came: list[int], became: list[int], total: int, per_stream: int
) -> None:
    """After each stream, those that are still as they came included."""
    budget = LedgerBudget(total, per_stream)
    held = {}
    for n, size in enumerate(came):
        brought = ledger(size, total // len(came))
        budget.hold(f"s{n}", brought)
        held[f"s{n}"] = in_json(brought)
    for n, size in enumerate(became):
        name = f"s{n}"
        spent = budget.spend(name, ledger(size, budget.of(name)))
        assert spent is not None
        held[name] = in_json(spent)
        assert held[name] <= max(per_stream, SMALLEST)
    assert sum(held.values()) <= max(total, 0) + SMALLEST * len(held)


def test_stream_alone_gets_its_share_and_no_more() -> None:
    budget = LedgerBudget(total=5000, per_stream=1000)

    assert budget.of("orders") == 1000


def test_what_others_hold_is_not_given_twice() -> None:
    budget = LedgerBudget(total=1000, per_stream=1000)
    known = ledger(10, 1000)
    budget.hold("item", known)
    budget.hold("orders", known)

    assert budget.of("orders") == 1000 - in_json(known)


def test_stream_without_a_ledger_spends_nothing() -> None:
    budget = LedgerBudget(total=1000, per_stream=1000)
    budget.hold("subscription", None)

    assert budget.spend("subscription", None) is None
    assert budget.of("orders") == 1000


def test_ledger_that_does_not_fit_is_paused_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    budget = LedgerBudget(total=70, per_stream=70)

    spent = budget.spend("orders", ledger(1000, budget.of("orders")))

    assert spent is not None
    assert spent.to_state() == {"v": 1, "n": 1000, "paused": "budget"}
    (entry,) = caplog.records
    assert entry.levelno == logging.WARNING
    assert entry.getMessage() == (
        "Stream orders: deletions are not looked for until its ledger fits the state again "
        "(1000 known keys, 70 bytes allowed, budget)."
    )
