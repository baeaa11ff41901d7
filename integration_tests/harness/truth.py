"""What the tables must hold: the emulator's world in the warehouse's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.streams import STREAMS
from integration_tests.harness.values import expected_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emulator.world import World
    from integration_tests.harness.destination import Key, Table

Row = dict[str, Any]


def wanted(
    world: World, table: Table, where: Callable[[Row], bool] = lambda _row: True, every: int = 1
) -> dict[Key, Row | None]:
    """Return what a complete copy of a stream holds now: the vendor's rows that are *where*.

    Only *every* n-th row's values are worked out, the others are None: a large world takes long.
    """
    properties = table.schema["properties"]
    rows: dict[Key, Row | None] = {}
    for number, sent in enumerate(filter(where, _rows(world, table.name))):
        key = table.spelled(sent[column] for column in table.key_columns)
        assert key not in rows, f"the world holds {table.name} {key} twice"
        rows[key] = expected_row(sent, properties) if number % every == 0 else None
    return rows


def assert_exact(table: Table, rows: dict[Key, Row | None], retained: set[Key]) -> None:
    """Raise unless the live rows equal *rows* and exactly the vanished ones are flagged.

    *retained* are keys that stay live although the vendor no longer lists them. A row that only a
    run without a state brought, and that vanished before the next, may be either.
    """
    live, flagged = table.live, table.flagged
    missing = rows.keys() - live.keys()
    assert not missing, f"{table.name}: {len(missing)} rows are missing, such as {min(missing)}"
    extra = live.keys() - rows.keys() - retained - table.orphans
    assert not extra, f"{table.name}: {len(extra)} vanished rows are live, such as {min(extra)}"
    phantom = flagged.keys() - table.ever
    assert not phantom, f"{table.name}: rows flagged that never were there, such as {min(phantom)}"
    for key, row in rows.items():
        if row is not None:
            assert without_own(live[key]) == row, f"{table.name} {key} differs"


def without_own(row: Row) -> Row:
    """Return a record's vendor columns that are not null."""
    return {
        column: value
        for column, value in row.items()
        if value is not None and (not column.startswith("_og_") or column == "_og_unparsed")
    }


def _rows(world: World, name: str) -> Iterator[Row]:
    """Yield the vendor's rows of a stream with the columns that the contract adds or renames."""
    reshape = _RESHAPED.get(name)
    for row in world.truth(STREAMS[name]):
        yield reshape(world, row) if reshape else row


def _incentive(_world: World, row: Row) -> Row:
    nested = {f"incentive_{column}": value for column, value in row["incentive"].items()}
    return {**{c: v for c, v in row.items() if c != "incentive"}, **nested}


def _coupon_discount(coupon: str) -> Callable[[World, Row], Row]:
    def reshape(world: World, row: Row) -> Row:
        profile = world["offer_profiles"].get(row["offer_profile_id"])
        assert profile is not None
        return {**row, "coupon_id": profile[coupon]["public_id"]}

    return reshape


def _discount(world: World, row: Row) -> Row:
    subscription = world["subscriptions"].get(row["subscription_id"])
    assert subscription is not None
    found = subscription.data.get("discounts") or subscription["extra_data"]["discounts"]
    sent = found[row["position"]]
    columns = {c: row[c] for c in ("subscription_id", "position")}
    if isinstance(sent, dict):
        return {**columns, "title": sent.get("title") or sent.get("name"), "discount": sent}
    return {**columns, "title": sent}


_RESHAPED: dict[str, Callable[[World, Row], Row]] = {
    "incentives": _incentive,
    "offer_profile_initial_coupon_discount": _coupon_discount("initial_coupon"),
    "offer_profile_recurring_coupon_discount": _coupon_discount("recurring_coupon"),
    "subscription_discount": _discount,
}
