"""Small things the record builders share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def variant(number: int, options: Sequence[Any]) -> Any:
    """Return one of *options*, each in its turn."""
    return options[number % len(options)]


def one_in(count: int, number: int) -> bool:
    """Say yes to one *number* in every *count*."""
    return number % count == count - 1


def money(cents: int) -> str:
    """Write an amount the vendor's way."""
    return f"{cents // 100}.{cents % 100:02d}"


def cents(amount: str) -> int:
    """Read an amount."""
    return int(amount.replace(".", ""))
