"""All ledgers together stay within what a platform takes, whoever comes first."""

import json
import logging
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet
from source_ordergroove.pipeline.budget import LedgerBudget
from source_ordergroove.pipeline.state import Checkpoint
from unit_tests.source_ordergroove.pipeline.builders import NOON

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
    budget = LedgerBudget()
    assert budget.of("alone") == 999_000
    for number in range(12):
        budget.hold(f"s{number}", None)
    assert budget.of("s0") == 5_994_000 // 12


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
    """After each stream that ended; those still to come may wait with what they came with."""
    budget = LedgerBudget(total, per_stream)
    for n, size in enumerate(came):
        budget.hold(f"s{n}", ledger(size, total // len(came)))
    held = {}
    for n, size in enumerate(became):
        name = f"s{n}"
        spent = budget.spend(name, ledger(size, budget.of(name)))
        assert spent is not None
        held[name] = in_json(spent)
        assert held[name] <= max(per_stream, SMALLEST)
    assert sum(held.values()) <= max(total, 0) + SMALLEST * len(held)


@given(
    sizes=st.lists(st.integers(0, 100_000), min_size=1, max_size=20),
    order=st.randoms(use_true_random=False),
    known=st.sampled_from(["known", ""]),
)
def test_no_stream_finds_the_room_gone(sizes: list[int], order: Random, known: str) -> None:
    """Each gets an equal share or room to double, whoever ended first and took the most."""
    total, streams = 1_000_000, [f"s{n}" for n in range(len(sizes))]
    budget = LedgerBudget(total, per_stream=1_000_000)
    equal = total // len(streams)
    budgets = dict(zip(streams, sizes, strict=True))
    for name, size in budgets.items():
        budget.hold(name, Sized(size) if known and size <= equal else None)
    order.shuffle(streams)
    for name in streams:
        granted = budget.of(name)
        assert granted >= min(equal, 2 * budgets[name] if known else total)
        budget.spend(name, Sized(granted))


class Sized(Baseline):
    """A ledger of which only the size matters."""

    def __init__(self, size: int) -> None:
        super().__init__(KeySet(), None, None, {"v": 1, "n": 0})
        object.__setattr__(self, "size", size)

    @property
    def json_bytes(self) -> int:
        return int(vars(self)["size"])


def test_stream_alone_gets_its_share_and_no_more() -> None:
    budget = LedgerBudget(total=5000, per_stream=1000)

    assert budget.of("orders") == 1000


def test_what_others_hold_is_not_given_twice() -> None:
    budget = LedgerBudget(total=1000, per_stream=1000)
    budget.hold("item", Sized(200))
    budget.hold("orders", Sized(400))

    assert budget.of("orders") == 500
    budget.spend("item", Sized(700))
    assert budget.of("orders") == 300


def test_what_nobody_wants_is_there_for_whoever_comes() -> None:
    budget = LedgerBudget(total=100_000, per_stream=50_000)
    budget.hold("resources", Sized(1_000))

    assert budget.of("resources") == 50_000


def test_small_ledger_may_grow_beside_large_ones() -> None:
    budget = LedgerBudget(total=100_000, per_stream=50_000)
    for name, size in {"address": 49_000, "customer": 49_000, "resources": 400}.items():
        budget.hold(name, Sized(size))
    for name in ("address", "customer"):
        budget.spend(name, Sized(budget.of(name)))

    assert budget.of("resources") == 16_800


def test_checkpoint_shares_the_room_with_the_ledger_its_stream_came_with() -> None:
    """And all checkpoints share what the ledgers leave."""
    budget = LedgerBudget(total=1000, per_stream=500)
    budget.hold("item", Sized(300))
    budget.hold("orders", None)
    assert budget.room("item") == 200
    assert budget.room("orders") == 500

    budget.put_down("orders", Checkpoint("link", NOON, Sized(450)))
    assert budget.room("orders") == 500
    assert budget.room("item") == 200
    budget.put_down("orders", Checkpoint("link", NOON, Sized(600)))
    assert budget.room("item") == 100
    budget.spend("orders", Sized(500))
    assert budget.room("item") == 200


def test_stream_without_a_ledger_spends_nothing() -> None:
    budget = LedgerBudget(total=1000, per_stream=1000)
    budget.hold("subscription_discount", None)

    assert budget.of("orders") == 500
    assert budget.spend("subscription_discount", None) is None
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
