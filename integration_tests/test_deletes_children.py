"""Rows that live inside a parent: their lists shrink, grow, empty and move.

The vendor never says that a child is gone; it is no longer in its parent's list. The children are
read with their parents and without them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from emulator.mutations import mutate
from integration_tests.harness.replica import Replica

if TYPE_CHECKING:
    from emulator.server import Running
    from emulator.tables import Row
    from emulator.world import World

PARENTS = ("offer_profile", "product", "subscription")
CHANGES = {
    "offer_profile_initial_coupon_discount": ("coupon_discount", {"coupon": "initial_coupon"}),
    "offer_profile_offer": ("offer", {}),
    "offer_profile_recurring_coupon_discount": ("coupon_discount", {"coupon": "recurring_coupon"}),
    "product_group": ("group", {}),
    "product_relationships": ("relationship", {}),
    "product_selection_rule": ("rule", {}),
    "product_selection_rule_element": ("element", {}),
    "subscription_component": ("component", {}),
    "subscription_discount": ("discount", {}),
}
"""The emulator's words for a child of each table: `add_...`, `remove_...`."""


@pytest.fixture(params=[(), PARENTS], ids=["alone", "with_parents"])
def replica(emulator: Running, request: pytest.FixtureRequest) -> Replica:
    """A copy of all children, and of their parents or not."""
    replica = Replica(emulator, (*request.param, *CHANGES))
    replica.sync(exact=True)
    return replica


def test_lists_grow_and_shrink(replica: Replica) -> None:
    """A new child has no tombstone, one that leaves has exactly one."""
    world = replica.emulator.world
    for _ in range(2):
        for child, arguments in CHANGES.values():
            mutate(world, f"add_{child}", arguments)
    assert replica.sync(exact=True).tombstones == []

    for child, arguments in CHANGES.values():
        mutate(world, f"remove_{child}", arguments)
    flagged = {stream for stream, _ in replica.sync(exact=True).tombstones}
    assert flagged == CHANGES.keys()


def test_a_parent_loses_its_last_child(replica: Replica) -> None:
    """An empty list is an answer: its children are gone. So is a list that became a text."""
    world = replica.emulator.world
    product = parent_with(world, "products", "product_selection_rules")
    world.change("products", product, groups=[], product_selection_rules=[])
    profile = parent_with(world, "offer_profiles", "initial_coupon")
    world.change("offer_profiles", profile, offers=[], initial_coupon=None)
    first, second = [row for row in world["subscriptions"].rows if components(row)][:2]
    world.change("subscriptions", first, components=[])
    world.change("subscriptions", second, components="48398751430001,2")
    bargain = next(row for row in world["subscriptions"].rows if row.data.get("discounts"))
    world.change("subscriptions", bargain, discounts=[], extra_data={})
    assert len(replica.sync(exact=True).tombstones) > 6


def test_children_move_to_another_parent(replica: Replica) -> None:
    """Under its new parent a child is another row: the old one is flagged, the new one is live."""
    world = replica.emulator.world
    giver, taker = [row for row in world["products"].rows if row["product_selection_rules"]][:2]
    rules = [*taker["product_selection_rules"], *giver["product_selection_rules"]]
    world.change("products", taker, product_selection_rules=rules)
    world.change("products", giver, product_selection_rules=[])

    giver, taker = [row for row in world["subscriptions"].rows if components(row)][:2]
    moved = [*components(taker), *components(giver)]
    world.change("subscriptions", taker, components=moved)
    world.change("subscriptions", giver, components=[])

    giver, taker = [row for row in world["offer_profiles"].rows if row["recurring_coupon"]][:2]
    coupons: list[Any] = [deepcopy(row["recurring_coupon"]) for row in (giver, taker)]
    coupons[1]["discounts"] += coupons[0]["discounts"]
    coupons[0]["discounts"] = []
    offers = [*taker["offers"], *giver["offers"]]
    world.change("offer_profiles", giver, recurring_coupon=coupons[0], offers=[])
    world.change("offer_profiles", taker, recurring_coupon=coupons[1], offers=offers)

    flagged = {stream for stream, _ in replica.sync(exact=True).tombstones}
    assert flagged == {
        "offer_profile_offer",
        "offer_profile_recurring_coupon_discount",
        "product_selection_rule",
        "subscription_component",
    }


def test_an_element_moves_to_another_rule(replica: Replica) -> None:
    """Its rule is part of its key, so the same holds two lists deep."""
    world = replica.emulator.world
    product = next(row for row in world["products"].rows if len(row["product_selection_rules"]) > 1)
    rules = deepcopy(product["product_selection_rules"])
    element = rules[0]["product_selection_list_elements"].pop()
    rules[1]["product_selection_list_elements"].append(element)
    world.change("products", product, product_selection_rules=rules)
    ((stream, row),) = replica.sync(exact=True).tombstones
    assert stream == "product_selection_rule_element"
    assert (row["product_selection_rule_id"], row["public_id"]) == (
        rules[0]["public_id"],
        element["public_id"],
    )


def test_a_subscription_that_did_not_change_keeps_its_children(replica: Replica) -> None:
    """It is not read, and what is not read says nothing about what is in it."""
    world = replica.emulator.world
    changed = next(row for row in world["subscriptions"].rows if components(row))
    world.clock.set(world.clock.now().replace(year=2027), frozen=True)
    world.change("subscriptions", changed, quantity=9)
    output = replica.sync(exact=True)
    assert output.tombstones == []
    assert {row["subscription_id"] for row in output.records("subscription_component")} == {
        changed.key[0]
    }


def test_children_of_a_parent_that_is_gone_are_gone(replica: Replica) -> None:
    world = replica.emulator.world
    product = next(
        row for row in world["products"].rows if row["product_selection_rules"] and row["groups"]
    )
    mutate(world, "remove_product", {"product": product.key[0]})
    profile = parent_with(world, "offer_profiles", "recurring_coupon")
    world.delete("offer_profiles", [profile])
    sources = {
        (stream, row["_og_deletion_source"]) for stream, row in replica.sync(exact=True).tombstones
    }
    assert {source for stream, source in sources if stream in CHANGES} == {"parent"}
    assert {source for stream, source in sources if stream not in CHANGES} <= {"reconciliation"}
    assert {stream for stream, _ in sources} >= {
        "offer_profile_offer",
        "offer_profile_recurring_coupon_discount",
        "product_group",
        "product_relationships",
        "product_selection_rule",
        "product_selection_rule_element",
    }


def parent_with(world: World, table: str, children: str) -> Row:
    return next(row for row in world[table].rows if row[children])


def components(subscription: Row) -> list[Any]:
    """Return a subscription's components if they are objects, as no legacy bundle's are."""
    found = subscription["components"]
    return found if isinstance(found, list) and all(isinstance(c, dict) for c in found) else []
