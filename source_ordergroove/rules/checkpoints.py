"""When a long walk puts down where it stands."""

from dataclasses import dataclass

#: No checkpoint before this page: reading ten pages again costs less than one more state.
FIRST_AFTER = 10
#: A killed run reads at most this share of its pages again.
SHARE = 0.08
#: Checkpoints may take at most a tenth of the time.
COST = 10.0


@dataclass
class Checkpoints:
    """Decides page by page. The gaps grow with the walk, so a long one has few hundred states.

    A state carries the known keys, so writing one has a price that grows with the table: the gap
    is also kept at ten times what the last one took.
    """

    pages: int = 0
    _written_at: float = 0.0
    _next_page: int = FIRST_AFTER
    _not_before: float = 0.0

    def due(self, now: float) -> bool:
        """Count a page; tell whether to write a state after it. *now* is monotonic seconds."""
        self.pages += 1
        return self.pages >= self._next_page and now >= self._not_before

    def refused(self) -> None:
        """Note that the state would have been too large; most walks' states only grow."""
        self._next_page = 2 * self.pages

    def written(self, began: float, ended: float) -> None:
        """Note that a state was written between two instants (monotonic seconds)."""
        self._next_page = max(self.pages + FIRST_AFTER, int(self.pages * (1 + SHARE)))
        self._not_before = ended + COST * (ended - began)
