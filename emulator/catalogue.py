"""What a merchant configures: products, groups, rules, offers, reasons, resources.

Reference B.7 to B.12. Every size of world gets the same kinds, in different numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.variety import one_in, variant

if TYPE_CHECKING:
    from emulator.tables import Record
    from emulator.world import World

ODD_PRODUCT_IDS = ("SKU 1/2", "café-9", "100%", "a?b=c&d")
"""Product ids are the merchant's own, so nothing keeps them clean for a URL."""

FIRST_PRODUCT_ID = 48398751430001

ORPHAN_PRODUCT_ID = "48398759999999"
"""Referenced by subscriptions and items, but in no list (seen with a live merchant)."""

GROUPS = (
    ("eligibility", "subscription"),
    ("eligibility", "prepaid"),
    ("incentive", "summer_sale"),
    ("sku_swap", "swap-size"),
)


def populate(world: World, products: int, created: str) -> list[str]:
    """Give *world* its configuration and return the ids of products that can be subscribed to."""
    for group_type, name in GROUPS:
        world.insert("product_groups", {"name": name, "group_type": group_type}, created)
    ids = [*ODD_PRODUCT_IDS, *(f"{FIRST_PRODUCT_ID + n}" for n in range(products))]
    for number, product_id in enumerate(ids):
        world.insert("products", product(world, number, product_id, ids, created), created)
    for number, from_product in enumerate(ids[: len(ids) * 2 // 3]):
        relation = {
            "relationship_type": "upsell" if one_in(3, number) else "swap_on_purchase",
            "from_product": from_product,
            "to_product": variant(number + 1 + number % 3, ids),
        }
        world.insert("relationships", relation, created)
    for number in range(12):
        world.insert("offer_profiles", offer_profile(world, number), created)
    reasons = ((1, 2, 3, 8, 9, "15", 22, 31, 70, 114, "too-much"), (12, 70))
    for application, codes in zip(("msi", "rc3"), reasons, strict=True):
        for code in codes:
            reason = {"cancel_reason": code, "application": application}
            world.insert("cancel_reasons", reason, created)
    for number in range(14):
        world.insert("resources", resource(world, number, created), created)
    return ids


def product(
    world: World, number: int, product_id: str, product_ids: list[str], created: str
) -> Record:
    """Build a product; one in three rotates, some are discontinued or not for subscription."""
    rotating = number % 3 == 0
    groups = [{"group_type": kind, "name": name} for kind, name in GROUPS]
    record = {
        "merchant": world.merchant,
        "groups": variant(number, (groups[:1], [], groups[:2], groups[1:], groups)),
        "name": f"Coffee {number}",
        "price": "10.00",
        "image_url": f"https://img.example.com/{number}.png",
        "detail_url": f"https://shop.example.com/p/{number}",
        "external_product_id": product_id,
        "sku": f"SKU-{number}",
        "autoship_enabled": not one_in(6, number),
        "prepaid_eligible": number % 2 == 0,
        "premier_enabled": 0,
        "created": created,
        "last_update": variant(number, (created, created, created, None)),
        "live": not one_in(8, number),
        "discontinued": one_in(7, number),
        "extra_data": variant(number, (None, {}, '{"roast": "dark"}', "")),
        "product_type": variant(number // 3, ("rotating", "club")) if rotating else "standard",
        "autoship_by_default": False,
        "every": None,
        "every_period": None,
        "offer_profile": None,
        "incentive_group": None,
        "product_selection_rules": [],
    }
    if rotating:
        kinds = variant(number // 3, (("TIME_WINDOW",), ("ORDINAL",), ("TIME_WINDOW", "ORDINAL")))
        rules = [selection_rule(world, kind, number, product_ids) for kind in kinds]
        record["product_selection_rules"] = rules
    if one_in(5, number):
        record["product_free_trial_configurations"] = []
    return record


def selection_rule(world: World, kind: str, number: int, product_ids: list[str]) -> Record:
    """Build a rule of a rotating product with its elements."""
    time_window = kind == "TIME_WINDOW"
    configuration: Record = {"reveal_moment": "ORDER_PLACEMENT", "pricing_policy": "BEST_PRICE"}
    if not time_window:
        configuration |= {"cyclical_rotation_enabled": True, "cyclical_starting_ordinal": 1}
    return {
        "public_id": world.new_id(),
        "selection_rule_type": kind,
        "product_selection_list_elements": [
            selection_element(world, kind, n, variant(number + n, product_ids)) for n in range(3)
        ],
        "configuration": configuration,
    }


def selection_element(world: World, kind: str, number: int, product_id: str) -> Record:
    """Build the element of a rule that delivers *product_id*; the ordinal is a text."""
    start = (
        {"starting_date": f"2026-{1 + number % 12:02d}-01T00:00:00Z"}
        if kind == "TIME_WINDOW"
        else {"starting_ordinal": str(number + 1)}
    )
    return {"public_id": world.new_id(), "product": product_id, **start}


def offer_profile(world: World, number: int) -> Record:
    """Build an offer profile; one in four is archived, coupons may be missing."""
    return {
        "public_id": world.new_id(),
        "name": f"Offer Profile {number}",
        "merchant": world.merchant,
        "weight": 100 if number == 0 else 0,
        "live": not one_in(5, number),
        "status": variant(number, ("available", "available", "available", "archived")),
        "offers": [world.new_id() for _ in range(1 + number % 3)],
        "recurring_coupon": coupon(world, f"rec{number}", 1 + number % 2) if number % 3 else None,
        "initial_coupon": coupon(world, f"ini{number}", number % 3) if number % 2 else None,
    }


def coupon(world: World, code: str, discounts: int) -> Record:
    """Build a coupon; `has_condition` is documented nowhere but sent."""
    public_id = world.new_id()
    return {
        "public_id": public_id,
        "name": f"Coupon {code}",
        "code": code,
        "has_condition": False,
        "discounts": [coupon_discount(world, public_id, number) for number in range(discounts)],
    }


def coupon_discount(world: World, coupon_id: str, number: int) -> Record:
    """Build a discount of a coupon."""
    record = {
        "public_id": world.new_id(),
        "name": variant(number, ("10% off", "Free shipping on orders over $50")),
        "object": 1,
        "field": 2,
        "type": variant(number, ("Discount Percent", "2", "Free discount_percent")),
        "value": "10",
        "threshold_field": variant(number, (None, 3)),
        "threshold_value": variant(number, (None, "50.00")),
    }
    return record | ({"coupon": coupon_id, "has_condition": True} if number % 2 else {})


def resource(world: World, number: int, created: str) -> Record:
    """Build a digital resource."""
    return {
        "public_id": world.new_id(),
        "merchant": world.merchant,
        "name": f"Piano lesson {number}",
        "external_resource_id": f"{123456 + number}",
        "description": variant(number, (None, "An hour with a teacher")),
        "image_url": "https://img.example.com/r.png",
        "created": created,
        "last_updated": created,
    }
