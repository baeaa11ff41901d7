"""For which account, and for which way of reading it, a state may be used.

A ledger of known keys compared with another merchant's list would turn every row into a
tombstone, so the state names what it belongs to.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from source_ordergroove.pipeline.declaration import Declaration
from source_ordergroove.pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Scope:
    """*reading* covers host, environment, start date and request parameters; *key* the API key.

    Both are short digests. *merchant* is the merchant id seen in the data, None if none was: a key
    can be replaced by another of the same merchant, which only the data can tell.
    """

    reading: str
    key: str
    merchant: str | None = None

    def with_merchant(self, merchant: str | None) -> "Scope":
        """Return the same scope, the merchant filled in if it is known now."""
        return replace(self, merchant=merchant) if merchant else self

    def to_state(self) -> dict[str, str | None]:
        """Return what the state holds."""
        return asdict(self)


def scope_of(settings: Settings, declaration: Declaration) -> Scope:
    """Return the scope of a stream before any data was seen."""
    reading: dict[str, object] = {
        "host": settings.api_url.rstrip("/"),
        "environment": settings.environment,
        "parameters": declaration.request_parameters,
    }
    if declaration.table.time_filter or declaration.table.deletes == "replaced_per_parent":
        reading["start_date"] = settings.start_date and settings.start_date.isoformat()
    return Scope(
        reading=_digest(json.dumps(reading, sort_keys=True)),
        # Eight hex digits tell a changed key from the same one and are of no use to anybody else.
        key=_digest("source-ordergroove:" + settings.api_key.get_secret_value())[:8],
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
