"""Small things the record builders share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def variant(number: int, options: Sequence[Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Return one of *options*, each in its turn."""
    return options[number % len(options)]


def money(cents: int) -> str:
    """Write an amount the vendor's way."""
    return f"{cents // 100}.{cents % 100:02d}"


def cents(amount: str) -> int:
    """Read an amount."""
    return int(amount.replace(".", ""))
