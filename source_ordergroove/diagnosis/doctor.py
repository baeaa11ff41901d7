"""The command `source-ordergroove doctor`: what the key may read, and what is in the way."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source_ordergroove.diagnosis.probe import Answer

#: Beyond this many seconds a clock is worth a word: certificates and signatures have limits.
CLOCK_DOUBT = 60.0


@dataclass(frozen=True, slots=True)
class Report:
    """The facts, without any of the merchant's data.

    *endpoints* by walked stream, *answers* likewise, *state* bytes of state by stream.
    """

    endpoints: Mapping[str, str]
    answers: Mapping[str, Answer]
    state: Mapping[str, int]

    @property
    def healthy(self) -> bool:
        """Whether every endpoint could be read."""
        return all(name in self.answers and not self.answers[name].error for name in self.endpoints)

    @property
    def clock(self) -> float | None:
        """Seconds that the vendor's clock is ahead of ours, as its fastest answer tells."""
        timed = [
            (answer.seconds, answer.clock)
            for name, answer in self.answers.items()
            if answer.clock is not None and answer.seconds is not None and name != "webhook_event"
        ]
        return min(timed)[1] if timed else None

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "healthy": self.healthy,
            "clock_difference_seconds": self.clock,
            "endpoints": [self._entry(name) for name in self.endpoints],
            "state_bytes": dict(self.state),
        }

    def _entry(self, name: str) -> dict[str, Any]:
        answer = self.answers.get(name, Answer(name))
        failed = answer.error is not None or name not in self.answers
        return {
            "stream": name,
            "endpoint": self.endpoints[name],
            "readable": not failed,
            "milliseconds": answer.seconds and round(answer.seconds * 1000),
            "has_rows": None if failed else answer.rows > 0,
            "count": answer.count,
            "problem": answer.error.message if answer.error else None,
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [f"{'stream':26}{'endpoint':28}{'answer':>9}{'ms':>7}{'rows':>9}"]
        problems = []
        for name in self.endpoints:
            entry = self._entry(name)
            word = "ok" if entry["readable"] else "FAILED"
            rows = entry["count"] or {True: "yes", False: "none", None: "-"}[entry["has_rows"]]
            took = "-" if entry["milliseconds"] is None else entry["milliseconds"]
            lines.append(f"{name:26}{entry['endpoint']:28}{word:>9}{took:>7}{rows:>9}")
            if entry["problem"]:
                problems.append(f"{name}: {entry['problem']}")
        return "\n".join([*lines, "", self._clock_line(), *self._state_lines(), *problems])

    def _clock_line(self) -> str:
        if self.clock is None:
            return "clock: unknown, Ordergroove sent no date"
        word = "ahead of" if self.clock > 0 else "behind"
        doubt = "; set this machine's clock" if abs(self.clock) > CLOCK_DOUBT else ""
        return f"clock: Ordergroove is {abs(self.clock):.0f} s {word} this machine{doubt}"

    def _state_lines(self) -> list[str]:
        if not self.state:
            return []
        largest = max(self.state, key=lambda name: self.state[name])
        total = sum(self.state.values())
        return [f"state: {total:,} bytes, largest {largest} with {self.state[largest]:,}"]


def parse(args: Sequence[str]) -> argparse.Namespace:
    """Read the command line after the word `doctor`."""
    parser = argparse.ArgumentParser(
        prog="source-ordergroove doctor",
        description="Ask every endpoint for one row and report what works; no row is shown.",
    )
    parser.add_argument("--config", required=True, help="path to the json configuration file")
    parser.add_argument("--state", type=Path, help="path to a state file, to report its size")
    parser.add_argument("--json", action="store_true", help="report for programs")
    return parser.parse_args(args)


def state_sizes(path: Path | None) -> dict[str, int]:
    """Return the bytes of state by stream of a file in Airbyte's state format."""
    if path is None:
        return {}
    return {
        entry["stream"]["stream_descriptor"]["name"]: len(json.dumps(entry["stream"]))
        for entry in json.loads(path.read_text())
    }


def show(report: Report, *, as_json: bool) -> int:
    """Write the report to stdout; return the exit code."""
    text = json.dumps(report.as_json(), indent=2) if as_json else report.as_text()
    sys.stdout.write(text + "\n")
    return 0 if report.healthy else 1
