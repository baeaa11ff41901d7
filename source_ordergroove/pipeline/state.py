"""What a stream remembers between syncs."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AwareDatetime, ConfigDict, PlainValidator, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from source_ordergroove.ledger import Baseline, KeySet, LedgerError, decode, encode
from source_ordergroove.pipeline.scope import Scope
from source_ordergroove.rules.stamps import format_instant

VERSION = 1

Blob = dict[str, Any]


def _keys(value: Any) -> KeySet:
    return value if isinstance(value, KeySet) else decode(value)


def _ledger(value: Any) -> Baseline:
    return value if isinstance(value, Baseline) else Baseline.from_state(value)


Keys = Annotated[KeySet, PlainValidator(_keys)]
Ledger = Annotated[Baseline, PlainValidator(_ledger)]

_STRICT = ConfigDict(strict=True, extra="ignore")


class StateError(ValueError):
    """The state has a shape this version does not know."""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Checkpoint:
    """Where a walk stands that did not end yet.

    *next* is the vendor's link to the page after the last one emitted, *started* the walk's start
    by the vendor's clock, *seen* what the walk has to know of the rows it read (None if nothing):
    their keys, or of orders and items those that were emitted as open.
    """

    next: str
    started: AwareDatetime
    seen: Ledger | None = None

    def to_blob(self) -> Blob:
        """Return the JSON of it."""
        blob: Blob = {"next": self.next, "started": format_instant(self.started)}
        if self.seen is not None:
            blob["seen"] = self.seen.to_state()
        return blob


@dataclass(frozen=True, slots=True, config=_STRICT)
class StreamState:
    """One stream's state.

    * synced_at: the latest `_og_synced_at` emitted, so that it never goes back.
    * scope: the account it was read from.
    * watermark: start of the last complete walk by the vendor's clock.
    * walked: start of the last walk that read the whole table, where that is not every walk.
    * known: the ledger of known keys.
    * checkpoint: set while a walk is under way.
    * webhooks: the arrival number of the last webhook event that was applied.
    * flagged: keys found deleted by other means whose webhook has not come yet, in the ledger's
      text form: each row is flagged once.
    """

    synced_at: AwareDatetime | None = None
    scope: Scope | None = None
    watermark: AwareDatetime | None = None
    walked: AwareDatetime | None = None
    known: Ledger | None = None
    checkpoint: Checkpoint | None = None
    webhooks: int | None = None
    flagged: Keys | None = None

    def to_blob(self) -> Blob:
        """Return the JSON that the platform keeps."""
        blob: Blob = {"version": VERSION}
        if self.synced_at:
            blob["synced_at"] = format_instant(self.synced_at)
        if self.scope:
            blob["scope"] = self.scope.to_state()
        if self.watermark:
            blob["watermark"] = format_instant(self.watermark)
        if self.walked:
            blob["walked"] = format_instant(self.walked)
        if self.known is not None:
            blob["known"] = self.known.to_state()
        if self.checkpoint:
            blob["checkpoint"] = self.checkpoint.to_blob()
        if self.webhooks is not None:
            blob["webhooks"] = self.webhooks
        if self.flagged is not None:
            blob["flagged"] = encode(self.flagged)
        return blob

    @classmethod
    def from_blob(cls, blob: Mapping[str, Any]) -> "StreamState":
        """Read a state; raise `StateError` for one that this version did not write."""
        if blob.get("version") != VERSION:
            msg = f"version {blob.get('version')!r}"
            raise StateError(msg)
        known = {name: value for name, value in blob.items() if name != "version"}
        try:
            return _STATE.validate_json(json.dumps(known))
        except (LedgerError, TypeError, ValidationError) as error:
            raise StateError(str(error)) from error


_STATE = TypeAdapter(StreamState)
