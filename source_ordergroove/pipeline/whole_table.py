"""Deletions of a table that is read completely."""

from collections.abc import Iterable

from source_ordergroove.ledger import Baseline, KeySet, SeenKeys, split_key
from source_ordergroove.pipeline.tracking import Found, NoRoomError, continued, exact_keys
from source_ordergroove.rules.guards import aged_out


class WholeTable:
    """A table that every sync reads completely: what is no longer listed is gone."""

    def __init__(
        self, baseline: Baseline | None, resumed: Baseline | None, *, log_kept_for_a_time: bool
    ) -> None:
        """Start from the last walk's *baseline* (None: nothing to compare) and a checkpoint.

        With *log_kept_for_a_time* keys begin with the row's creation time and rows older than the
        oldest one listed are taken to have aged out.
        """
        self._baseline = baseline
        self._ages = log_kept_for_a_time
        #: Set for a walk that lists only what changed: nothing can be missing from it.
        self.partial = False
        #: What a killed run had seen of a table too large to keep its keys.
        self._earlier: Baseline | None = None
        self.anew()
        exact = exact_keys(resumed)
        if exact is None:
            self._earlier = resumed
        else:
            self.saw(exact)

    def anew(self) -> None:
        """Forget what was seen."""
        self._seen = SeenKeys(exact_keys(self._baseline))
        self._oldest: str | None = None
        self._current: KeySet | None = None
        self._new: list[str] = []
        self._earlier = None

    def saw(self, keys: Iterable[str]) -> None:
        """Take note of keys that the vendor lists."""
        if self._ages:
            keys = list(keys)
            created = [age for key in keys if (age := split_key(key)[0])]
            self._oldest = min([*created, self._oldest] if self._oldest else created, default=None)
        self._seen.add(keys)

    @property
    def baseline_size(self) -> int:
        """How many keys the last complete walk knew."""
        return 0 if self._baseline is None else len(self._baseline)

    @property
    def compressed(self) -> bool:
        """Whether the ledger is a sketch, which new keys would fill up."""
        return self._baseline is not None and self._baseline.sketch is not None

    def saw_new(self, keys: Iterable[str]) -> None:
        """Take note of keys created since the last walk began: they are no difference."""
        self._new.extend(keys)

    def find(self) -> Found:
        """Return the keys of the baseline that this walk did not see."""
        current = self._freeze()
        if self._baseline is None or self.partial:
            return Found([], 0)
        missing = self._baseline.missing(current, KeySet.from_keys(self._new))
        gone = missing.keys
        if self._ages:
            gone = [key for key in gone if not aged_out(split_key(key)[0], self._oldest)]
        return Found(gone, len(self._baseline), missing.complete, missing.estimate, missing.reason)

    def ledger(self, budget: int, *, held_back: bool) -> Baseline | None:
        """Return the keys of this walk, and the old ones too if their deletion is held back."""
        current = self._freeze()
        if self._baseline is None or not (held_back or self.partial):
            return self._all(current, budget)
        known = exact_keys(self._baseline)
        return self._baseline if known is None else Baseline.of(known.union(current), budget)

    def checkpoint(self, room: int) -> Baseline:
        """Return the keys seen so far.

        A first walk compares them with nothing, so that a sketch will do: what the rest of the walk
        sees is added to it.
        """
        # A sketch cannot shrink: what the next run adds beside it needs room as well.
        seen = self._all(self._seen.freeze(), room if self._earlier else room - room // 8)
        if seen.paused or (seen.sketch is not None and self._baseline is not None):
            raise NoRoomError
        return seen

    def distrust(self) -> None:
        """Compare with nothing."""
        self._baseline = None

    def _all(self, current: KeySet, budget: int) -> Baseline:
        return continued(self._earlier, current, budget)

    def _freeze(self) -> KeySet:
        if self._current is None:
            self._current = self._seen.freeze()
        return self._current
