"""From single runs to medians, shares and ratios. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Run = Mapping[str, Any]
START_UP = "start-up"


@dataclass(frozen=True)
class Figures:
    """Medians of one entrant in one case; seconds and MB.

    * rows_per_second: rows over the time from the first request to the last answer.
    * cpu: CPU seconds for 100,000 rows without start-up; None where rows are too few to tell.
    * memory: None where no run measured it.
    * share: the time that the vendor's rules and latency leave no way around, over the time taken;
      None without latency.
    """

    rows: int
    requests: int
    rows_per_second: float
    wall: float
    cpu: float | None
    memory: float | None
    share: float | None
    server: float


def figures(runs: Iterable[Run]) -> dict[str, dict[str, Figures]]:
    """Return the figures by case and entrant, in the order in which they were measured."""
    groups: dict[str, dict[str, list[Run]]] = {}
    for run in runs:
        groups.setdefault(run["case"], {}).setdefault(run["entrant"], []).append(run)
    starts = {
        entrant: median(run["used"]["cpu"] for run in found)
        for entrant, found in groups.pop(START_UP, {}).items()
    }
    return {
        case: {
            entrant: _figures(found, starts.get(entrant), _service(entrants.values()))
            for entrant, found in entrants.items()
        }
        for case, entrants in groups.items()
    }


def _figures(runs: Sequence[Run], start: float | None, service: float) -> Figures:
    first = runs[0]
    rows, requests = first["used"]["rows"], first["served"]["requests"]
    window = median(run["served"]["window"] for run in runs)
    cpu = median(run["used"]["cpu"] for run in runs)
    memory = [run["used"]["memory"] for run in runs if run["used"]["memory"] is not None]
    timed = first["latency"] == 0 and start is not None
    return Figures(
        rows=rows,
        requests=requests,
        rows_per_second=rows / window,
        wall=median(run["used"]["wall"] for run in runs),
        cpu=(cpu - start) * 100_000 / rows if timed and start is not None else None,
        memory=median(memory) if memory else None,
        share=share(requests, first["streams"], first["latency"], service, window),
        server=median(run["served"]["cpu"] / run["served"]["window"] for run in runs),
    )


def share(
    requests: int, streams: int, latency: float, service: float, window: float
) -> float | None:
    """Return which part of the physical limit was reached: one request in flight a stream.

    *latency* and *service* are seconds an answer, *window* the seconds that all took.
    """
    if not latency:
        return None
    return requests / streams * (latency + service) / window


def _service(entrants: Iterable[Sequence[Run]]) -> float:
    """Return the emulator's own time for an answer, as the client that bothers it least saw it."""
    medians = [median(run["served"]["service"] for run in runs) for runs in entrants]
    return float(min(medians))


def capacity(runs: Iterable[Run]) -> tuple[float, float]:
    """Return pages a second: what the emulator's core could serve, what the fastest client took."""
    fast = [run for run in runs if run["latency"] == 0 and run["served"]["requests"] > 100]  # noqa: PLR2004 the others measure the start
    best = max(fast, key=lambda run: run["served"]["requests"] / run["served"]["window"])
    served = best["served"]
    return served["requests"] / served["cpu"], served["requests"] / served["window"]
