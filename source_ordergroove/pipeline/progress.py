"""What a long walk says while it runs."""

import time
from dataclasses import dataclass, field

from source_ordergroove.pipeline import messages

#: Seconds between two lines.
EVERY = 30.0


@dataclass
class Progress:
    """Counts rows and writes a line now and then: how many, how fast, how long it may still take.

    *expected* is what the last complete walk counted, 0 if unknown.
    """

    stream: str
    expected: int = 0
    rows: int = 0
    _began: float = field(default_factory=time.monotonic)
    _said: float = field(default_factory=time.monotonic)

    def read(self, rows: int) -> None:
        """Count a page."""
        self.rows += rows
        now = time.monotonic()
        if now - self._said < EVERY:
            return
        self._said = now
        rate = self.rows / (now - self._began)
        left = (self.expected - self.rows) / rate / 60 if self.expected > self.rows else 0.0
        outlook = f", about {left:.0f} minutes left" if left >= 1 else ""
        messages.LOG.info(
            "Stream %s: %d rows so far, %.0f a second%s.", self.stream, self.rows, rate, outlook
        )
