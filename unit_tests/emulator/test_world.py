"""The merchant: reproducible, complete, and true to the vendor's rules whatever happens."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.clock import Clock
from emulator.days import advance
from emulator.mutations import MUTATIONS, NothingToDo, mutate
from emulator.seed import make_world
from emulator.streams import STREAMS
from emulator.upcoming import OPEN
from emulator.world import World

NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)


def a_world(seed: int = 7, size: str = "small") -> World:
    return make_world(seed, size, Clock(NOON, frozen=True))


def truth(world: World) -> dict[tuple[str, tuple[Any, ...]], bytes]:
    """Every row of the 21 streams by stream and key."""
    return {
        (name, stream.key_of(row)): orjson.dumps(row)
        for name, stream in STREAMS.items()
        for row in world.truth(stream)
    }


def assert_rules_hold(world: World) -> None:
    """A live subscription has one upcoming item, items follow their orders, keys are unique."""
    upcoming: Counter[str] = Counter()
    for item in world["items"].rows:
        order = world["orders"].get(item["order"])
        assert order is not None
        assert item["order_updated"] == order["updated"]
        if order["status"] in OPEN and item["subscription"]:
            upcoming[item["subscription"]] += 1
    for subscription in world["subscriptions"].rows:
        expected = 1 if subscription["live"] else 0
        assert upcoming.pop(subscription["public_id"], 0) == expected
        assert bool(subscription["live"]) != bool(subscription["cancel_reason"])
    assert not upcoming
    for incentive in world["one_time_incentives"].rows:
        level = "orders" if incentive["order"] else "items"
        assert world[level].get(incentive["order"] or incentive["item"]) is not None
    for table in world.tables.values():
        assert len({row.key for row in table.rows}) == len(table)
        assert all(
            a.position < b.position for a, b in zip(table.rows, table.rows[1:], strict=False)
        )


@pytest.mark.parametrize("size", ["small", "medium"])
def test_every_table_has_rows_and_the_rules_hold(size: str) -> None:
    world = a_world(size=size)
    assert [name for name, count in world.counts().items() if count == 0] == []
    assert_rules_hold(world)


def test_one_seed_gives_the_same_bytes_and_another_gives_others() -> None:
    assert truth(a_world(7)) == truth(a_world(7))
    assert truth(a_world(7)) != truth(a_world(8))


def test_a_world_without_a_size_is_empty() -> None:
    assert set(a_world(size="empty").counts().values()) == {0}


@given(
    st.integers(0, 9),
    st.lists(st.sampled_from(sorted(MUTATIONS)), max_size=25),
)
@settings(max_examples=60, deadline=None)
def test_any_life_keeps_the_rules_and_is_reported_exactly(seed: int, names: list[str]) -> None:
    """What a mutation reports as created, changed and deleted is the difference it made."""
    world = a_world(seed)
    before = truth(world)
    with world.journal() as journal:
        for name in names:
            with suppress(NothingToDo):
                mutate(world, name, {})
    after = truth(world)
    assert_rules_hold(world)
    touched = {(change.stream, change.key) for change in journal}
    different = {
        where for where in before.keys() | after.keys() if before.get(where) != after.get(where)
    }
    assert different <= touched
    first_op: dict[Any, str] = {}
    last_op: dict[Any, str] = {}
    for change in journal:
        first_op.setdefault((change.stream, change.key), change.op)
        last_op[change.stream, change.key] = change.op
    assert {where for where, op in last_op.items() if op == "deleted"} == touched - after.keys()
    assert {where for where, op in first_op.items() if op == "created"} == touched - before.keys()


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_each_mutation_changes_something(name: str) -> None:
    world = a_world()
    before = truth(world)
    arguments = {"count": 3} if name == "age_out_responses" else {}
    mutate(world, name, arguments)
    assert truth(world) != before


def test_days_pass_the_same_in_one_step_or_in_many() -> None:
    leap, steps = a_world(), a_world()
    advance(leap, timedelta(days=6))
    for _ in range(24):
        advance(steps, timedelta(hours=6))
    assert leap.clock.now() == steps.clock.now() == NOON + timedelta(days=6)
    assert truth(leap) == truth(steps)
    assert truth(leap) != truth(a_world())
    assert_rules_hold(leap)


def test_time_can_pass_without_life_but_not_backwards() -> None:
    world = a_world()
    advance(world, timedelta(days=6), life=False)
    assert truth(world) == truth(a_world())
    with pytest.raises(ValueError, match="Time only advances"):
        advance(world, timedelta(seconds=-1))


def test_a_placement_creates_the_next_order_then_sends_this_one() -> None:
    world = a_world()
    order = world["orders"].find("status", 1)[0]
    items = world["items"].find("order", order.key[0])
    with world.journal() as journal:
        mutate(world, "place", {"order": order.key[0]})
    assert order["status"] == 5
    assert {item["first_placed"] for item in items} == {world.now()}
    response = world["placement_responses"].rows[-1]
    assert (response["order"], response["response_code"]) == (order.key[0], "000")
    assert response["response_order_id"] == order["order_merchant_id"]
    ops = [change.op for change in journal if change.stream == "orders" and change.key == order.key]
    assert set(ops) == {"changed"}
    first_created = next(change for change in journal if change.op == "created")
    assert first_created.stream in {"orders", "item"}
    assert_rules_hold(world)


def test_a_failed_placement_says_why_as_json_in_a_text() -> None:
    world = a_world()
    order = world["orders"].find("status", 1)[0]
    mutate(world, "fail_placement", {"order": order.key[0], "code": "140"})
    assert order["status"] == 3
    expected = {"code": "140", "message": "Card was declined."}
    assert orjson.loads(order["rejected_message"]) == expected
    assert world["placement_responses"].rows[-1]["response_code"] == "140"


def test_a_skip_deletes_order_and_items_for_real() -> None:
    world = a_world()
    order = world["orders"].find("status", 1)[0]
    items = [item.key for item in world["items"].find("order", order.key[0])]
    mutate(world, "skip", {"order": order.key[0]})
    assert world["orders"].get(*order.key) is None
    assert [key for key in items if world["items"].get(*key)] == []
    assert_rules_hold(world)


def test_a_skip_can_leave_the_emptied_order_behind() -> None:
    world = a_world()
    order = world["orders"].find("status", 1)[0]
    mutate(world, "skip", {"order": order.key[0], "leave_order": True})
    assert world["orders"].get(*order.key) is order
    assert world["items"].find("order", order.key[0]) == []
    assert (order["status"], order["sub_total"]) == (1, "0.00")


def test_a_merged_order_stays_and_names_the_other() -> None:
    world = a_world()
    with world.journal() as journal:
        mutate(world, "merge_orders", {})
    source = next(row for row in world["orders"].rows if row["status"] == 17)
    target = source["extra_data"]["merged_order_id"]
    assert world["items"].find("order", source.key[0]) == []
    moved = [change.key[0] for change in journal if change.stream == "item"]
    assert set(moved) <= {item.key[0] for item in world["items"].find("order", target)}


def test_an_erased_customer_leaves_only_history() -> None:
    world = a_world()
    customer = next(r for r in world["customers"].rows if r["live"]).key[0]
    mutate(world, "delete_customer", {"customer": customer})
    assert world["customers"].get(customer) is None
    assert world["addresses"].find("customer", customer) == []
    assert world["payments"].find("customer", customer) == []
    assert {row["live"] for row in world["subscriptions"].find("customer", customer)} == {False}
    assert {1, 6}.isdisjoint(r["status"] for r in world["orders"].find("customer", customer))


@pytest.mark.parametrize("bump", [True, False])
@pytest.mark.parametrize(
    ("name", "table", "stamp"),
    [
        ("remove_group", "products", "last_update"),
        ("add_rule", "products", "last_update"),
        ("remove_element", "products", "last_update"),
        ("remove_component", "subscriptions", "updated"),
        ("add_discount", "subscriptions", "updated"),
        ("change_address", "addresses", "updated"),
    ],
)
def test_the_parents_update_time_moves_only_if_asked(
    name: str, table: str, stamp: str, *, bump: bool
) -> None:
    world = a_world()
    before = {row.key: row[stamp] for row in world[table].rows}
    mutate(world, name, {"bump": bump})
    moved = [row[stamp] for row in world[table].rows if row[stamp] != before[row.key]]
    assert moved == ([world.now()] if bump else [])


def test_a_mutation_refuses_what_it_does_not_know() -> None:
    world = a_world()
    with pytest.raises(ValueError, match=r"There is no mutation `fly`. Known: add_cancel_reason"):
        mutate(world, "fly", {})
    with pytest.raises(ValueError, match=r"`skip` does not take when; it takes order, leave_order"):
        mutate(world, "skip", {"when": 1})
    with pytest.raises(ValueError, match="`orders` has no row 'none' this can happen to"):
        mutate(world, "skip", {"order": "none"})


VARIANCE = {
    ("orders", "extra_data"): {"NoneType", "dict", "str"},
    ("orders", "cancelled"): {"NoneType", "str"},
    ("orders", "updated"): {"NoneType", "str"},
    ("orders", "type"): {"int", "str"},
    ("customers", "extra_data"): {"NoneType", "dict", "str"},
    ("customers", "locale"): {"int", "str"},
    ("payments", "payment_method"): {"int", "str"},
    ("subscriptions", "live"): {"bool", "str"},
    ("subscriptions", "components"): {"list", "str"},
    ("subscriptions", "cancel_reason_code"): {"NoneType", "int", "str"},
    ("subscriptions", "prepaid_subscription_context"): {"NoneType", "dict"},
    ("cancel_reasons", "cancel_reason"): {"int", "str"},
    ("placement_responses", "response_code"): {"int", "str"},
    ("products", "extra_data"): {"NoneType", "dict", "str"},
}


@pytest.mark.parametrize(("table", "field"), VARIANCE)
def test_a_small_merchant_already_shows_every_type(table: str, field: str) -> None:
    types = {type(row[field]).__name__ for row in a_world()[table].rows}
    assert types == VARIANCE[table, field]


def test_discounts_come_in_both_places_and_both_forms() -> None:
    rows = [row.data for row in a_world()["subscriptions"].rows]
    top = [row["discounts"] for row in rows if "discounts" in row]
    nested = [
        row["extra_data"]["discounts"]
        for row in rows
        if isinstance(row["extra_data"], dict) and "discounts" in row["extra_data"]
    ]
    assert {type(d).__name__ for discounts in top for d in discounts} == {"dict", "str"}
    assert {type(d).__name__ for discounts in nested for d in discounts} == {"dict"}
