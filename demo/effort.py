"""What reading a stream cost, from the emulator's log of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

READ_FROM = {
    "address": "addresses",
    "customer": "customers",
    "incentives": "one_time_incentives",
    "item": "items",
    "merchant_cancel_reason": "merchant/cancel_reason",
    "offer_profile": "offer_profiles",
    "orders": "orders",
    "payment": "payments",
    "placement_log_responses": "placement_logs/responses",
    "product": "products",
    "product_relationships": "products/relationships",
    "resources": "resources",
    "subscription": "subscriptions",
}
"""Stream to the endpoint that only it is read from."""

READ_WITH = {
    "offer_profile_initial_coupon_discount": "offer_profile",
    "offer_profile_offer": "offer_profile",
    "offer_profile_recurring_coupon_discount": "offer_profile",
    "product_group": "product",
    "product_selection_rule": "product",
    "product_selection_rule_element": "product",
    "subscription_component": "subscription",
    "subscription_discount": "subscription",
}
"""Stream to the stream inside whose rows its own come: it costs no request."""


@dataclass(frozen=True)
class Effort:
    """Requests, and seconds from the first one's start to the last one's end."""

    requests: int
    seconds: float


def effort(entries: Iterable[dict[str, Any]]) -> Effort:
    """Sum up what these requests cost together; they may overlap."""
    entries = list(entries)
    if not entries:
        return Effort(0, 0.0)
    began = min(entry["started"] for entry in entries)
    ended = max(entry["ended"] or entry["started"] for entry in entries)
    return Effort(len(entries), ended - began)


def efforts(entries: Iterable[dict[str, Any]]) -> dict[str, Effort]:
    """Return the effort of each stream that is read for itself; by-id requests are its own too."""
    entries = list(entries)
    return {
        stream: effort(e for e in entries if e["endpoint"].removesuffix("/id") == endpoint)
        for stream, endpoint in READ_FROM.items()
    }


def in_reading_order(streams: Iterable[str]) -> list[str]:
    """Put each stream behind the one it is read with."""
    streams = list(streams)
    return [
        stream
        for parent in streams
        if parent not in READ_WITH
        for stream in (parent, *(child for child in streams if READ_WITH.get(child) == parent))
    ]
