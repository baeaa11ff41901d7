"""The keys of the last complete walk, as they stay in the state, and which of them are gone."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypedDict

from source_ordergroove.ledger.carrier import LONGEST
from source_ordergroove.ledger.codec import decode, encode, encode_within
from source_ordergroove.ledger.errors import LedgerError
from source_ordergroove.ledger.keys import Column, Values
from source_ordergroove.ledger.keyset import KeySet
from source_ordergroove.ledger.sketch import Sketch

_VERSION: Final = 1
_KEPT_SHARE: Final = 8  # of the budget, the most that keys kept beside a sketch may take


class Reason(StrEnum):
    """Why the missing keys cannot be told."""

    OVERFLOW = "overflow"
    """More keys vanished or appeared than the sketch can tell apart."""
    LONG_KEYS = "long_keys"
    """The set fits only as a sketch, and too many of its keys are too long for one."""
    BUDGET = "budget"
    """The budget is too small even for a sketch."""


class BaselineState(TypedDict, total=False):
    """A baseline in JSON: `v` version and `n` number of keys always, the others as they apply."""

    v: int
    n: int
    keys: str
    sketch: str
    paused: str


@dataclass(frozen=True)
class Missing:
    """The keys that are gone; none at all unless every one of them could be told."""

    keys: list[str]
    complete: bool
    estimate: int
    """How many are gone: exact if complete, else roughly (paused: at least), for the warning."""
    reason: Reason | None = None
    """Why it is not complete."""
    appeared: KeySet = field(default_factory=KeySet)
    """Keys of the walk that a sketch does not hold, as it told beside the missing ones."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """The keys of a walk without loss (`kept`); or a sketch of most of them, and the others kept.

    Kept beside a sketch are the keys of forms that few share, since its cells are as wide as its
    longest key. A paused baseline remembers no more than how many keys there were.
    """

    kept: KeySet
    sketch: Sketch | None
    paused: Reason | None
    _state: BaselineState

    @classmethod
    def of(cls, keys: KeySet, budget_bytes: int) -> "Baseline":
        """Keep keys in at most so many bytes of JSON, without loss if they fit.

        A budget below 64 bytes may be overstepped by what a paused baseline takes.
        """
        state: BaselineState = {"v": _VERSION, "n": len(keys)}
        text = encode_within(keys, budget_bytes - _json_bytes({**state, "keys": ""}))
        if text is not None:
            return cls(keys, None, None, {**state, "keys": text})
        kept, rest = _divided(keys, budget_bytes // _KEPT_SHARE)
        if max(rest.columns, default=0) > LONGEST:
            return cls._paused(len(keys), Reason.LONG_KEYS)
        room = budget_bytes - _json_bytes({**state, "keys": encode(kept), "sketch": ""})
        sketch = Sketch.of(rest, room) if len(rest) else None
        return cls._compressed(kept, sketch, budget_bytes) or cls._paused(len(keys), Reason.BUDGET)

    @classmethod
    def _compressed(
        cls, kept: KeySet, sketch: Sketch | None, budget_bytes: int
    ) -> "Baseline | None":
        if sketch is None:
            return None
        known = len(kept) + len(sketch)
        texts: BaselineState = {"keys": encode(kept), "sketch": sketch.to_text()}
        made = cls(kept, sketch, None, {"v": _VERSION, "n": known, **texts})
        return made if made.json_bytes <= budget_bytes else None

    @classmethod
    def _paused(cls, known: int, reason: Reason) -> "Baseline":
        return cls(KeySet(), None, reason, {"v": _VERSION, "n": known, "paused": reason})

    @classmethod
    def from_state(cls, state: object) -> "Baseline":
        """Undo `to_state`; raises `LedgerError` for an unknown version or shape, or damage."""
        found = _read(state)
        if found is None:
            raise LedgerError(
                "The remembered keys have a version or shape that this release does not know."
            )
        kept, sketch, paused, known = found
        if paused is None and known["n"] != len(kept) + len(sketch or ()):
            raise LedgerError(f"The remembered keys are damaged: they are not {known['n']}.")
        return cls(kept, sketch, paused, known)

    def plus(self, keys: KeySet, budget_bytes: int) -> "Baseline":
        """Add what the rest of a walk saw to what the baseline holds of its beginning.

        A sketch cannot notice a key that it holds already; added once more, that key looks neither
        known nor unknown, and a deletion of it ends as an overflow.
        """
        if self.paused is not None:
            return self._paused(len(self) + len(keys), self.paused)
        if self.sketch is None:
            return self.of(self.kept.union(keys), budget_bytes)
        fitting = self.sketch.carrier.fitting(keys)
        kept = self.kept.union(keys.minus(fitting))
        made = self._compressed(kept, self.sketch.plus(fitting), budget_bytes)
        return made or self._paused(len(self) + len(keys), Reason.BUDGET)

    def to_state(self) -> BaselineState:
        """Give what is put into the state; costs nothing."""
        return self._state.copy()

    @property
    def json_bytes(self) -> int:
        """What `to_state` takes as JSON without spaces."""
        return _json_bytes(self._state)

    def __len__(self) -> int:
        """Count the keys that were known."""
        return self._state["n"]

    def missing(self, current: KeySet, new: KeySet | None = None) -> Missing:
        """Find the known keys that the current walk did not see.

        `new` are current keys known to be created after the walk of this baseline began. A sketch
        does not spend its capacity on them; naming one that the baseline does hold does no harm.
        """
        if self.paused is not None:
            return _untold(len(self) - len(current), self.paused)
        gone = self.kept.minus(current)
        if self.sketch is None:
            return _told(gone, KeySet())
        found = self.sketch.compared_with(current if new is None else current.minus(new))
        if not found.complete or len(found.new.minus(current)):
            return _untold(len(gone) + found.estimate, Reason.OVERFLOW)
        # A key that is there is not gone: `new` may name keys that the baseline holds.
        return _told(gone.union(found.gone.minus(current)), found.new)

    def unknown(self, current: KeySet, found: Missing) -> KeySet:
        """Give the keys of the walk that the baseline does not hold, after `missing` was complete.

        A sketch leaves out those that were named as new.
        """
        others = current
        if self.sketch is not None:
            others = current.minus(self.sketch.carrier.fitting(current))
        return others.minus(self.kept).union(found.appeared)


def _told(gone: KeySet, appeared: KeySet) -> Missing:
    return Missing(list(gone), complete=True, estimate=len(gone), appeared=appeared)


def _untold(estimate: int, reason: Reason) -> Missing:
    return Missing([], complete=False, estimate=max(0, estimate), reason=reason)


def _divided(keys: KeySet, allowance: int) -> tuple[KeySet, KeySet]:
    """Set apart the smallest columns, as many as make up so many bytes."""
    few: dict[Column, Values] = {}
    many = dict(keys.columns)
    for column, values in sorted(keys.columns.items(), key=lambda item: item[1].nbytes):
        allowance -= values.nbytes
        if allowance < 0:
            break
        few[column] = many.pop(column)
    return KeySet([few]), KeySet([many])


def _read(
    state: object,
) -> tuple[KeySet, Sketch | None, Reason | None, BaselineState] | None:
    match state:
        case {"v": 1, "n": int(n), "paused": str(paused)} if paused in set(Reason):
            reason = Reason(paused)
            return KeySet(), None, reason, {"v": 1, "n": n, "paused": reason}
        case {"v": 1, "n": int(n), "keys": str(keys), "sketch": str(sketch)}:
            known: BaselineState = {"v": 1, "n": n, "keys": keys, "sketch": sketch}
            return decode(keys), Sketch.from_text(sketch), None, known
        case {"v": 1, "n": int(n), "keys": str(keys)}:
            return decode(keys), None, None, {"v": 1, "n": n, "keys": keys}
    return None


def _json_bytes(state: BaselineState) -> int:
    return len(json.dumps(state, separators=(",", ":")))
