"""Records of customers and what they own, with the variance the documentation admits.

Fields and values: reference B.1 and B.4 to B.6; types that vary: its section H.8.
Variance is by row number, so every variant occurs in every size of world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.variety import one_in, variant

if TYPE_CHECKING:
    from emulator.tables import Record
    from emulator.world import World

CITIES = (("New York", "NY", "10004-2487"), ("Chicago", "IL", "60601"), ("Québec", None, "G1R 4S9"))
NAMES = ("Ada", "Grace", "Zoë", "Søren", "Noor", "李")
CARD_EXPIRY = ("3/2028", "03/2029", "12/2027")

FIRST_CUSTOMER_ID = 9621785240035


def customer_id(number: int) -> str:
    """Return the merchant's own id of its customer *number*."""
    return str(FIRST_CUSTOMER_ID + number)


def customer(world: World, number: int, merchant_user_id: str, created: str) -> Record:
    """Build a customer; its update time is called `last_updated`."""
    first_name = variant(number, NAMES)
    record = {
        "merchant": world.merchant,
        "merchant_user_id": merchant_user_id,
        "session_id": f"{world.merchant}.{number}.1739289512",
        "user_token_id": "",
        "first_name": first_name,
        "last_name": "Example",
        "email": f"customer{number}@example.com",
        "phone_number": variant(number, ("+15555550100", None, "")),
        "phone_type": variant(number, (None, 2, 1)),
        "live": True,
        "created": created,
        "last_updated": created,
        "last_login": variant(number, (None, created)),
        "extra_data": variant(number, (None, "", '{"segment": "vip"}', {"segment": "new"}, "{bad")),
        "locale": variant(number, (1, 42, "en-us")),
        "price_code": variant(number, (None, "")),
    }
    if one_in(7, number):
        record["accepts_marketing"] = True
    return record


def address(world: World, number: int, merchant_user_id: str, created: str) -> Record:
    """Build an address; some old ones have no `updated`."""
    city, state, postal_code = variant(number, CITIES)
    return {
        "customer": merchant_user_id,
        "public_id": world.new_id(),
        "label": None,
        "first_name": variant(number, NAMES),
        "last_name": "Example",
        "company_name": None,
        "address": f"{number} Main St",
        "address2": variant(number, (None, "Apt 2", "")),
        "city": city,
        "state_province_code": state,
        "zip_postal_code": postal_code,
        "phone": variant(number, ("5555550100", None)),
        "fax": None,
        "country_code": "US" if state else "CA",
        "live": True,
        "created": created,
        "updated": variant(number, (created, created, created, None, created, "")),
        "token_id": None,
        "store_public_id": None,
    }


def payment(
    world: World, number: int, merchant_user_id: str, billing_address: str, created: str
) -> Record:
    """Build a payment record; `payment_method` is a text on REST, a number elsewhere."""
    return {
        "customer": merchant_user_id,
        "billing_address": billing_address,
        "cc_number_ending": variant(number, ("1111", "4242", None)),
        "public_id": world.new_id(),
        "label": None,
        "token_id": f"tok_{number:06d}",
        "cc_holder": None,
        "cc_type": variant(number, (1, 2, 3, None)),
        "cc_exp_date": variant(number, CARD_EXPIRY),
        "payment_method": variant(number, ("credit card", "credit card", "paypal", 1, 2)),
        "live": True,
        "created": created,
        "last_updated": created,
    }


def subscription(
    world: World,
    number: int,
    *,
    customer: str,
    product: str,
    payment: str,
    shipping_address: str,
    offer: str | None,
    weeks: int,
    created: str,
) -> Record:
    """Build a live subscription that delivers every *weeks* weeks.

    Three unusual forms of `components` and two places for discounts occur (reference C.20, C.21).
    """
    component = {"public_id": world.new_id(), "quantity": 1 + number % 3, "product": product}
    second = {"public_id": world.new_id(), "quantity": None, "product": product}
    discounts = ({"title": "Subscribe & Save", "value": "10.00"}, {"title": "New"}, "Loyalty 5%")
    extra_data = variant(
        number,
        (
            {},
            {"shopify_contract_id": f"gid://shopify/SubscriptionContract/{number}"},
            '{"migration_sub_id": "m-1"}',
            "",
            None,
            {"discounts": list(discounts[:2]), "commitment": {"committed": True, "version": 2}},
            "not json {",
        ),
    )
    record = {
        "customer": customer,
        "merchant": world.merchant,
        "product": product,
        "payment": payment,
        "shipping_address": shipping_address,
        "offer": offer,
        "subscription_type": "replenishment",
        "raw_subscription_type": variant(number, ("replenishment", "IU replenishment")),
        "components": variant(
            number, ([], [component], [component, second], [], [product, product], f"{product},2")
        ),
        "extra_data": extra_data,
        "public_id": world.new_id(),
        "quantity": 1 + number % 4,
        "price": variant(number, (None, None, "12.99")),
        "frequency_days": weeks * 7,
        "reminder_days": 5,
        "every": weeks,
        "every_period": 2,
        "start_date": created[:10],
        "cancelled": variant(number, (None, None, None, "null")),
        "cancel_reason": None,
        "iteration": None,
        "sequence": None,
        "session_id": f"{world.merchant}.{number}.1760000000",
        "merchant_order_id": f"#{1000 + number}",
        "created": created,
        "updated": created,
        "live": variant(number, (True, True, True, True, "True")),
        "external_id": variant(number, (None, f"gid://shopify/SubscriptionContract/{number}")),
        "product_attribute": None,
        "cancel_reason_code": None,
        "customer_rep": None,
        "club": None,
        "currency_code": "USD",
        "prepaid_subscription_context": variant(
            number,
            (
                None,
                {},
                {
                    "prepaid_orders_remaining": 2,
                    "prepaid_orders_per_billing": 3,
                    "renewal_behavior": "autorenew",
                    "last_renewal_revenue": 100.8,
                    "prepaid_origin_merchant_order_id": "#3082",
                },
                {
                    "prepaid_orders_remaining": 0,
                    "prepaid_orders_per_billing": 6,
                    "renewal_behavior": "cancel",
                },
            ),
        ),
        "free_trial_subscription_context": variant(
            number,
            (
                None,
                None,
                {
                    "product": product,
                    "days": 14,
                    "conversion_item": 1,
                    "expiration": "2025-09-23T13:12:22.704013",
                    "is_in_free_trial": False,
                },
            ),
        ),
        "grantees": variant(number, ([], [{"external_id": "g-1", "name": "Ada"}])),
        "queued_actions": [],
    }
    # In one place only: which of two the vendor would mean is unknown.
    if one_in(9, number) and "discounts" not in (extra_data or ""):
        record["discounts"] = list(discounts)
    return record
