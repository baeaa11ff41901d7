"""How this stand-in behaves where the documentation leaves it open."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_KEY = "og-emulator-key-with-bulk-permission"
KEY_WITHOUT_BULK = "og-emulator-key-without-bulk-permission"
"""Long on purpose: output filters mask every occurrence of a key, so a key must be no word."""


@dataclass
class Settings:
    """What `/_emulator/settings` shows and changes."""

    api_key: str = DEFAULT_KEY
    """The key with bulk permission."""
    bad_key_status: int = 403
    """Answer to a wrong key: 403 was seen live, 401 is documented as well."""
    slashless: str = "not_found"
    """`not_found`, or `redirect` to the path with a slash."""
    next_keeps_page_size: bool = True
    """Whether `next` repeats `page_size`; the documented sample does not show."""
    requests_per_minute: int | None = None
    """Above it the answer is 429; the vendor's figure is 6000, none is enforced by default."""
    latency: float = 0.0
    """Seconds before each answer."""
    shapes: dict[str, str] = field(default_factory=dict)
    """Endpoint to one of `paging.SHAPES`, where it differs from the default."""
