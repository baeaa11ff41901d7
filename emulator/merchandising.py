"""What the merchant's staff change: products and all that hangs on them, offers, reasons.

Where a list inside a product changes, *bump* says whether the product's update time moves: the
documentation does not say which of them do.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from emulator import catalogue
from emulator.mutations import mutation, pick

if TYPE_CHECKING:
    from emulator.tables import Record, Row
    from emulator.world import World


@mutation
def add_product(world: World, product: str | None = None) -> None:
    """Add a product, by default with a fresh numeric id."""
    number = world["products"].issued
    product_id = product or f"{catalogue.FIRST_PRODUCT_ID + number}"
    ids = [row.key[0] for row in world["products"].rows] or [product_id]
    world.insert("products", catalogue.product(world, number, product_id, ids, world.now()))


@mutation
def discontinue_product(world: World, product: str | None = None, *, bump: bool = True) -> None:
    """Discontinue a product: the default list hides it, nothing deletes it."""
    row = pick(world, "products", product, lambda r: not r["discontinued"])
    world.change("products", row, bump=bump, discontinued=True)


@mutation
def change_price(world: World, product: str | None = None, price: str = "11.50") -> None:
    """Change a product's price."""
    world.change("products", pick(world, "products", product), price=price)


@mutation
def remove_product(world: World, product: str | None = None) -> None:
    """Remove a product for good, with its relationships."""
    row = pick(world, "products", product)
    sides = ("from_product", "to_product")
    concerned = [r for r in world["relationships"].rows if row.key[0] in {r[s] for s in sides}]
    world.delete("relationships", concerned)
    world.delete("products", [row])


@mutation
def add_relationship(
    world: World,
    from_product: str | None = None,
    to_product: str | None = None,
    relationship_type: str = "swap_on_purchase",
) -> None:
    """Relate two products."""
    taken = world["relationships"].get
    source = pick(world, "products", from_product).key[0]
    target = pick(
        world,
        "products",
        to_product,
        lambda r: r.key[0] != source and not taken(relationship_type, source, r.key[0]),
    ).key[0]
    sides = {"from_product": source, "to_product": target}
    world.insert("relationships", {"relationship_type": relationship_type, **sides})


@mutation
def remove_relationship(world: World) -> None:
    """Remove a relationship between two products."""
    world.delete("relationships", [pick(world, "relationships")])


@mutation
def add_group(
    world: World,
    product: str | None = None,
    group_type: str = "incentive",
    name: str = "winter_sale",
    *,
    bump: bool = True,
) -> None:
    """Put a product into a group."""
    group = {"group_type": group_type, "name": name}
    row = pick(world, "products", product, lambda r: group not in r["groups"])
    if world["product_groups"].get(group_type, name) is None:
        world.insert("product_groups", {"name": name, "group_type": group_type})
    world.change("products", row, bump=bump, groups=[*row["groups"], group])


@mutation
def remove_group(world: World, product: str | None = None, *, bump: bool = True) -> None:
    """Take a product out of its first group."""
    row = pick(world, "products", product, lambda r: bool(r["groups"]))
    world.change("products", row, bump=bump, groups=row["groups"][1:])


@mutation
def add_rule(
    world: World, product: str | None = None, kind: str = "TIME_WINDOW", *, bump: bool = True
) -> None:
    """Give a product a selection rule, `TIME_WINDOW` or `ORDINAL`, with three elements."""
    row = pick(world, "products", product)
    ids = [other.key[0] for other in world["products"].rows]
    rules = deepcopy(row["product_selection_rules"])
    rules.append(catalogue.selection_rule(world, kind, len(rules), ids))
    world.change("products", row, bump=bump, product_selection_rules=rules)


@mutation
def remove_rule(world: World, product: str | None = None, *, bump: bool = True) -> None:
    """Remove a product's first selection rule with its elements."""
    row = pick(world, "products", product, _has_rules)
    rules = row["product_selection_rules"][1:]
    world.change("products", row, bump=bump, product_selection_rules=rules)


@mutation
def add_element(world: World, product: str | None = None, *, bump: bool = True) -> None:
    """Append an element to a product's first selection rule."""
    row = pick(world, "products", product, _has_rules)
    rules = deepcopy(row["product_selection_rules"])
    elements = rules[0]["product_selection_list_elements"]
    kind = rules[0]["selection_rule_type"]
    delivered = pick(world, "products").key[0]
    elements.append(catalogue.selection_element(world, kind, len(elements), delivered))
    world.change("products", row, bump=bump, product_selection_rules=rules)


@mutation
def remove_element(world: World, product: str | None = None, *, bump: bool = True) -> None:
    """Remove the first element of a product's first selection rule."""

    def has_elements(row: Row) -> bool:
        rules = row["product_selection_rules"]
        return bool(rules) and bool(rules[0]["product_selection_list_elements"])

    row = pick(world, "products", product, has_elements)
    rules = deepcopy(row["product_selection_rules"])
    del rules[0]["product_selection_list_elements"][0]
    world.change("products", row, bump=bump, product_selection_rules=rules)


@mutation
def add_offer(world: World, offer_profile: str | None = None) -> None:
    """Add an offer to an offer profile."""
    row = pick(world, "offer_profiles", offer_profile)
    world.change("offer_profiles", row, offers=[*row["offers"], world.new_id()])


@mutation
def remove_offer(world: World, offer_profile: str | None = None) -> None:
    """Remove an offer profile's first offer."""
    row = pick(world, "offer_profiles", offer_profile, lambda r: bool(r["offers"]))
    world.change("offer_profiles", row, offers=row["offers"][1:])


@mutation
def add_coupon_discount(
    world: World, offer_profile: str | None = None, coupon: str = "recurring_coupon"
) -> None:
    """Add a discount to the `initial_coupon` or `recurring_coupon` of an offer profile."""
    row = pick(world, "offer_profiles", offer_profile, lambda r: bool(r[coupon]))
    discounts = row[coupon]["discounts"]
    added = catalogue.coupon_discount(world, row[coupon]["public_id"], len(discounts))
    _set_discounts(world, row, coupon, [*discounts, added])


@mutation
def remove_coupon_discount(
    world: World, offer_profile: str | None = None, coupon: str = "recurring_coupon"
) -> None:
    """Remove the first discount of a coupon."""

    def has_discounts(row: Row) -> bool:
        return bool(row[coupon]) and bool(row[coupon]["discounts"])

    row = pick(world, "offer_profiles", offer_profile, has_discounts)
    _set_discounts(world, row, coupon, row[coupon]["discounts"][1:])


@mutation
def archive_offer_profile(world: World, offer_profile: str | None = None) -> None:
    """Archive an offer profile: the default list hides it."""
    row = pick(world, "offer_profiles", offer_profile, lambda r: r["status"] == "available")
    world.change("offer_profiles", row, status="archived", live=False)


@mutation
def add_cancel_reason(world: World, application: str = "msi", cancel_reason: Any = None) -> None:
    """Offer another reason to cancel."""
    reason = 200 + world["cancel_reasons"].issued if cancel_reason is None else cancel_reason
    world.insert("cancel_reasons", {"cancel_reason": reason, "application": application})


@mutation
def remove_cancel_reason(world: World) -> None:
    """Withdraw a reason to cancel."""
    world.delete("cancel_reasons", [pick(world, "cancel_reasons")])


@mutation
def add_resource(world: World) -> None:
    """Add a digital resource."""
    now = world.now()
    world.insert("resources", catalogue.resource(world, world["resources"].issued, now))


@mutation
def remove_resource(world: World, resource: str | None = None) -> None:
    """Remove a digital resource."""
    world.delete("resources", [pick(world, "resources", resource)])


def _has_rules(row: Row) -> bool:
    return bool(row["product_selection_rules"])


def _set_discounts(world: World, row: Row, coupon: str, discounts: list[Record]) -> None:
    changed: Record = {coupon: {**row[coupon], "discounts": discounts}}
    world.change("offer_profiles", row, **changed)
