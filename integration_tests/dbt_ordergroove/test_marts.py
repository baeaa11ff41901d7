"""What the marts say is what counting the connector's own tables in Python says."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from integration_tests.dbt_ordergroove.conftest import Built
    from integration_tests.dbt_ordergroove.warehouse import Warehouse

pytestmark = pytest.mark.timeout(600)


def live(warehouse: Warehouse, stream: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of the rows that Ordergroove still has."""
    names = ", ".join(f'"{column}"' for column in columns)
    return warehouse.ask(f"SELECT {names} FROM {warehouse.schema}.{stream} WHERE NOT _og_deleted")  # noqa: S608 our own tables


def mart(warehouse: Warehouse, name: str, columns: str) -> list[tuple[Any, ...]]:
    return warehouse.ask(f"SELECT {columns} FROM {warehouse.schema}.ordergroove__{name}")  # noqa: S608


def test_upcoming_orders_are_the_unsent_ones_by_day(built: Built) -> None:
    orders: Counter[date] = Counter()
    revenue: Counter[date] = Counter()
    for place, status, total in live(built.warehouse, "orders", "place", "status", "total"):
        if status in (1, 6):
            orders[place.date()] += 1
            revenue[place.date()] += Decimal(str(total))  # type: ignore[assignment] # it adds any number

    found = mart(built.warehouse, "upcoming_orders", "place_date, orders, revenue")

    assert {day: count for day, count, _ in found} == dict(orders)
    assert {day: round(Decimal(str(total)), 2) for day, _, total in found} == dict(revenue)


def test_active_subscribers_end_with_those_who_are_live(built: Built) -> None:
    """And every one who came is still there or was counted as gone."""
    rows = live(
        built.warehouse, "subscription", "live", "start_date", "created", "cancelled", "updated"
    )
    today = date.today()  # noqa: DTZ011 the mart's own last day
    spans: list[tuple[date, date | None]] = []
    for is_live, start_date, created, cancelled, updated in rows:
        start = start_date or as_day(created)
        end = None if is_live else as_day(cancelled or updated)
        if start and (end is None or end >= start):
            spans.append((start, end))
    wanted = {
        day: sum(start <= day and (end is None or end > day) for start, end in spans)
        for day in {day for span in spans for day in span if day and day <= today}
    }

    found = dict(mart(built.warehouse, "active_subscribers_daily", "day, active_subscriptions"))

    assert {day: found[day] for day in wanted} == wanted


def as_day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def test_cancel_reasons_count_every_subscription_that_is_not_live(built: Built) -> None:
    wanted = Counter(
        code
        for is_live, code in live(built.warehouse, "subscription", "live", "cancel_reason_code")
        if not is_live
    )
    found: Counter[str] = Counter()
    for code, count in mart(built.warehouse, "cancel_reasons", "cancel_reason_code, subscriptions"):
        found[code] += count

    assert found == wanted


def test_item_lines_are_the_items_and_their_sum_is_what_the_items_cost(built: Built) -> None:
    wanted = dict(live(built.warehouse, "item", "public_id", "total_price"))

    assert dict(mart(built.warehouse, "item_lines", "item_id, net_total")) == wanted


def test_placement_failures_are_the_orders_with_an_attempt_that_failed(built: Built) -> None:
    """Or with a status that says so; success is 000, which is sent as 0 too."""
    attempts = live(built.warehouse, "placement_log_responses", "order", "response_code")
    failed = Counter(order for order, code in attempts if order and code.strip("0"))

    found = dict(mart(built.warehouse, "placement_failures", "order_id, failed_attempts"))

    assert {order: count for order, count in found.items() if count} == dict(failed)


def test_subscriptions_are_the_live_rows_with_their_product(built: Built) -> None:
    products = dict(live(built.warehouse, "product", "external_product_id", "name"))
    wanted = {
        (key, product, products.get(product))
        for key, product in live(built.warehouse, "subscription", "public_id", "product")
    }

    assert (
        set(mart(built.warehouse, "subscriptions", "subscription_id, product, product_name"))
        == wanted
    )
