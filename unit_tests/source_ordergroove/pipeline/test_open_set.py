"""Open rows over many syncs: asked for is what vanished, and only that."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_ordergroove.ledger import Baseline, KeySet, Reason
from source_ordergroove.pipeline.open_set import OpenSet
from source_ordergroove.pipeline.tracking import NoRoomError, exact_keys

AMPLE = 1_000_000
#: Five hundred random ids do not fit without loss; a sketch of it tells some two hundred apart.
TIGHT = 8_000


@dataclass
class Orders:
    """A merchant's orders, by id whether they are open; and what the syncs remember of them."""

    random: Random
    open: dict[str, bool] = field(default_factory=dict)
    ledger: Baseline | None = None
    changed: set[str] = field(default_factory=set)
    emitted_open: set[str] = field(default_factory=set)

    def live(self, born: int, sent: int, touched: int, deleted: int) -> set[str]:
        """Let time pass; return what was deleted."""
        opened = [key for key, is_open in self.open.items() if is_open]
        picked = self.random.sample(opened, min(len(opened), sent + touched + deleted))
        gone = set(picked[:deleted])
        for key in gone:
            del self.open[key]
        for key in picked[deleted : deleted + sent]:
            self.open[key] = False
        new = [f"{self.random.getrandbits(128):032x}" for _ in range(born)]
        self.open.update(dict.fromkeys(new, True))
        self.changed = {*picked, *new} - gone
        return gone

    def sync(self, budget: int, *, first: bool = False) -> OpenSet:
        """Read the open list, then what changed (at first: everything), and compare."""
        walk = OpenSet(self.ledger)
        walk.listed(key for key, is_open in self.open.items() if is_open)
        read = sorted(self.open if first else self.changed)
        walk.emitted(read, [key for key in read if self.open[key]])
        walk.compare()
        self.ledger = reread(walk.ledger([], budget, held_back=True))
        return walk


def reread(ledger: Baseline | None) -> Baseline | None:
    return None if ledger is None else Baseline.from_state(ledger.to_state())


def exact(ledger: Baseline | None) -> set[str]:
    keys = exact_keys(ledger)
    assert keys is not None
    return set(keys)


few = st.integers(0, 8)


@pytest.mark.parametrize("budget", [AMPLE, TIGHT])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), syncs=st.lists(st.tuples(few, few, few, few), max_size=5))
def test_exactly_the_deleted_rows_are_missed(
    budget: int, seed: int, syncs: list[tuple[int, int, int, int]]
) -> None:
    """With all keys in the ledger or only a sketch of them; sent rows are in the other list."""
    orders = Orders(Random(seed))
    orders.live(500, 0, 0, 0)
    walk = orders.sync(budget, first=True)
    assert (walk.vanished(), walk.overlooked(), len(walk)) == ([], [], 0)
    assert orders.ledger is not None
    assert (orders.ledger.sketch is None) == (budget == AMPLE)
    for counts in syncs:
        gone = orders.live(*counts)
        walk = orders.sync(budget)
        assert set(walk.vanished()) == gone
        assert all(map(walk.had, gone))
        assert walk.overlooked() == []
        assert len(orders.ledger) == sum(orders.open.values())


def test_sketch_is_not_worn_out_by_orders_that_come_and_go_as_usual() -> None:
    """Born and sent rows are told by their times; only guesses that are wrong take its room."""
    orders = Orders(Random(3))
    orders.live(500, 0, 0, 0)
    orders.sync(TIGHT, first=True)
    before = [key for key, is_open in orders.open.items() if is_open]
    gone = orders.live(born=450, sent=400, touched=10, deleted=5)
    assert orders.sync(TIGHT).overflow is not None

    orders.ledger = reread(Baseline.of(KeySet.from_keys(before), TIGHT))
    walk = OpenSet(orders.ledger)
    assert walk.compressed
    walk.listed(key for key, is_open in orders.open.items() if is_open)
    read = sorted(orders.changed)
    rows: list[dict[str, Any]] = [
        {"created": "2026-01-01" if key in before else "2026-03-03", "updated": "2026-03-03"}
        for key in read
    ]
    walk.emitted(read, [key for key in read if orders.open[key]])
    walk.births.read(read, rows, "2026-03-02", "updated")
    walk.compare()
    assert set(walk.vanished()) == gone


def test_sketch_that_overflows_names_nothing_and_stays_until_the_user_releases_it() -> None:
    orders = Orders(Random(4))
    orders.live(500, 0, 0, 0)
    orders.sync(TIGHT, first=True)
    before = orders.ledger
    assert before is not None
    orders.live(born=400, sent=400, touched=0, deleted=20)
    walk = orders.sync(TIGHT)

    assert (walk.vanished(), walk.overlooked()) == ([], [])
    assert walk.overflow is not None
    assert walk.overflow[0] is Reason.OVERFLOW
    assert orders.ledger is not None
    assert orders.ledger.to_state() == before.to_state()
    released = walk.ledger([], AMPLE, held_back=False)
    assert exact(released) == {key for key, is_open in orders.open.items() if is_open}


def test_row_that_no_sync_emitted_is_asked_for_and_not_missed_later() -> None:
    """It is listed as open and no filter returns it, for it has no time of change."""
    walk = OpenSet(Baseline.of(KeySet.from_keys(["a"]), AMPLE))
    walk.listed(["a", "untimed"])
    walk.emitted([], [])
    walk.compare()

    assert (walk.vanished(), walk.overlooked()) == ([], ["untimed"])
    assert not walk.had("untimed")
    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"a"}
    walk.emitted(["untimed"], [])  # it was asked for and is there
    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"a", "untimed"}


def test_first_walk_remembers_only_what_it_emitted() -> None:
    """A listed row that was deleted before its page came was never in the destination."""
    walk = OpenSet(None)
    walk.listed(["a", "deleted since"])
    walk.emitted(["a", "closed", "born since"], ["born since"])
    walk.compare()

    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"a", "born since"}


def test_first_walk_of_many_rows_keeps_the_open_ones_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_ordergroove.pipeline.open_set._PENDING", 10)
    walk = OpenSet(None)
    walk.listed(["1", "15", "29"])
    for number in range(30):
        walk.emitted([str(number)], [])

    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"1", "15", "29"}


def test_without_a_ledger_a_list_that_earlier_syncs_read_completely_is_trusted() -> None:
    walk = OpenSet(None, trusts_list=True)
    walk.listed(["a", "b"])
    walk.emitted(["c"], ["c"])
    walk.compare()

    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"a", "b", "c"}
    with pytest.raises(NoRoomError):
        walk.remaining()


def test_paused_ledger_is_no_ledger() -> None:
    walk = OpenSet(Baseline.of(KeySet.from_keys(["a", "b"]), 0), trusts_list=True)
    walk.listed(["a"])
    walk.compare()

    assert (len(walk), walk.vanished()) == (0, [])
    assert exact(walk.ledger([], AMPLE, held_back=True)) == {"a"}


def test_undecided_row_stays_known() -> None:
    walk = OpenSet(Baseline.of(KeySet.from_keys(["a", "b"]), AMPLE))
    walk.listed(["a"])
    walk.compare()

    assert walk.vanished() == ["b"]
    assert exact(walk.ledger(["b"], AMPLE, held_back=True)) == {"a", "b"}


rows = st.sets(st.sampled_from("abcdefgh"))


@given(known=rows, listed=rows, before=rows, after=rows, still=rows)
def test_walk_taken_up_again_misses_what_an_unbroken_one_would(
    known: set[str], listed: set[str], before: set[str], after: set[str], still: set[str]
) -> None:
    """Minus what the killed run had read; the open list is read anew and may be shorter then."""
    killed = OpenSet(Baseline.of(KeySet.from_keys(known), AMPLE))
    killed.listed(listed)
    killed.emitted(sorted(before), before & listed)
    left, carried = killed.remaining(), killed.carried(AMPLE)

    resumed = OpenSet(reread(left), carried=reread(carried))
    resumed.listed(still)
    resumed.emitted(sorted(after), after & still)
    resumed.compare()

    assert set(resumed.vanished()) == known - before - still - after
    emitted_open = before & listed
    assert set(resumed.overlooked()) == still - known - after - emitted_open | (
        still & known & before - after - emitted_open
    )
    ledger = exact(resumed.ledger(resumed.vanished(), AMPLE, held_back=True))
    assert ledger >= emitted_open | (after & still) | (known - before - after)


def test_first_walk_with_too_many_open_rows_is_taken_up_again() -> None:
    """A sketch of those emitted so far is enough, and the rest is added to it."""
    random = Random(5)
    ids = [f"{random.getrandbits(128):032x}" for _ in range(600)]
    killed = OpenSet(None)
    killed.listed(ids)
    killed.emitted(ids[:500], ids[:500])
    assert killed.remaining() is None
    resumed = OpenSet(None, carried=reread(killed.carried(TIGHT)))
    resumed.listed(ids[10:])
    resumed.emitted(ids[500:], [])
    resumed.compare()
    ledger = reread(resumed.ledger([], TIGHT, held_back=True))
    assert ledger is not None
    assert (ledger.sketch is not None, len(ledger)) == (True, 600)

    following = OpenSet(ledger)
    following.listed(ids[30:])
    following.compare()

    assert set(following.vanished()) == set(ids[:30])


def test_walk_that_compares_with_a_sketch_starts_anew_after_a_kill() -> None:
    """What it has read cannot be taken out of the sketch."""
    random = Random(6)
    walk = OpenSet(
        Baseline.of(KeySet.from_keys(f"{random.getrandbits(128):032x}" for _ in range(500)), TIGHT)
    )
    with pytest.raises(NoRoomError):
        walk.remaining()
