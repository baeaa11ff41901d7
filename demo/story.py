"""What happens at Ordergroove between the two syncs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.merchant import Merchant

CHAPTERS: tuple[tuple[str, dict[str, int]], ...] = (
    (
        # First, because it is what a list compared with the last one would get wrong.
        (
            "{place} orders are sent, {merge_orders} is merged into another and {move_item} items "
            "move to other orders: no longer open, but not deleted."
        ),
        {"place": 5, "merge_orders": 1, "move_item": 2},
    ),
    (
        (
            "{subscribe} people subscribe, {change_quantity} quantities and {change_price} price "
            "change."
        ),
        {"subscribe": 3, "change_quantity": 3, "change_price": 1},
    ),
    (
        (
            "{skip} orders are skipped and {delay} delayed, {cancel_subscription} subscriptions "
            "are cancelled: their upcoming orders and items vanish."
        ),
        {"skip": 4, "delay": 2, "cancel_subscription": 3},
    ),
    (
        (
            "{delete_customer} customers are erased with their addresses and payments; "
            "{delete_incentive} incentive, {remove_resource} resource and {remove_cancel_reason} "
            "cancel reason are withdrawn."
        ),
        {
            "delete_customer": 2,
            "delete_incentive": 1,
            "remove_resource": 1,
            "remove_cancel_reason": 1,
        },
    ),
    (
        (
            "{remove_product} product goes; others lose {remove_group} groups, {remove_rule} "
            "selection rule, {remove_element} elements and {remove_relationship} relationships; "
            "offer profiles and subscriptions lose {remove_offer} offers, {remove_component} "
            "components and "
            "{remove_discount} discounts."
        ),
        {
            "remove_product": 1,
            "remove_group": 3,
            "remove_rule": 1,
            "remove_element": 2,
            "remove_relationship": 2,
            "remove_offer": 2,
            "remove_component": 2,
            "remove_discount": 2,
        },
    ),
)
"""Sentences, each with how often the emulator's mutations in it happen.

No stream loses more than ten rows: more at once would be held back until a person agrees.
"""


def tell(merchant: Merchant) -> Iterator[str]:
    """Let it happen; yield one sentence a chapter."""
    for sentence, events in CHAPTERS:
        for what, times in events.items():
            merchant.happen(what, times)
        told = sentence.format(**{what: _number(times) for what, times in events.items()})
        yield told[0].upper() + told[1:]


def _number(value: int) -> str:
    return ("no", "one", "two", "three", "four", "five", "six")[value]
