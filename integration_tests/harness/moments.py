"""Things that happen while a sync runs, at an exact request."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from emulator.request_log import Entry, RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator.stage import Stage


class Moments(RequestLog):
    """A request log that lets something happen before the n-th request of an endpoint is answered.

    It happens on the emulator's own thread, between two answers: no sleep, no race, and the
    answer to that request already shows it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._planned: dict[tuple[str, int], Callable[[], object]] = {}
        self._begun: Counter[str] = Counter()

    def before(self, endpoint: str, number: int, happens: Callable[[], object]) -> None:
        """Plan what *happens* before the request *number* (from 1, counted from now)."""
        self._planned[endpoint, self._begun[endpoint] + number] = happens

    @property
    def outstanding(self) -> int:
        """Count what was planned and did not happen."""
        return len(self._planned)

    def begin(self, endpoint: str, *args: Any, **kwargs: Any) -> Entry:
        """Note the start of a request, and let happen what was planned for it."""
        self._begun[endpoint] += 1
        happens = self._planned.pop((endpoint, self._begun[endpoint]), None)
        if happens:
            happens()
        return super().begin(endpoint, *args, **kwargs)


def moments_of(stage: Stage) -> Moments:
    """Return the stage's log as one that can plan; the first call puts it there."""
    if not isinstance(stage.log, Moments):
        stage.log = Moments()
    return stage.log
