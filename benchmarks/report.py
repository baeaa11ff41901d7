"""The README from the results. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.cases import STOCK
from benchmarks.figures import Figures, capacity, figures
from benchmarks.verdict import verdict

_HEAD = """# How fast, at what cost

Written by `make bench` from `results.json`; do not edit. Medians of interleaved runs; each peer is
a process of its own, the vendor is the emulator in another. What counts is the ratio between two
lines of one table: seconds depend on the machine and on what else runs there.

![CPU for 100,000 rows and share of the physical limit](plot.svg)
"""

_READING = """## How to read it

- **rows/s**: rows over the time from the first request to the last answer, by the emulator's log;
  neither start-up nor a peer's loading is in it.
- **CPU**: user and system time of the peer's processes for 100,000 rows, less what the same peer
  takes for empty tables.
- **share**: the time that five requests in flight, one a table, cannot go below
  (pages x (latency + the emulator's own time)) over the time taken.
- This connector sends at most 95 requests a second, because the vendor refuses more. Without
  latency that bounds it at 9,500 rows/s, and only CPU compares; at 50 ms it bounds the share at
  about 96 %.
- Loops, stock manifest, dlt and Singer tap hold to no rate, check no page and look for no
  deletions; none of them normalises. "Reconciling" is a second sync with all of that on.
- Peers that read tables in turns are measured on fewer rows: their share does not depend on it.
- dlt `extract`s into files. PyAirbyte runs this connector, so it is no peer to be ahead of; its CPU
  and memory include both and DuckDB.
- `larger` is there for the memory.

What each peer runs: [peers/](peers). How it is measured: [runner.py](runner.py).

## Repeat it

```sh
make bench                                                # about 20 minutes on two cores
.venv-bench/bin/python -m benchmarks --full               # five times the rows
.venv-bench/bin/python -m benchmarks --only "one stream"  # prints one table, writes nothing
.venv/bin/python -m benchmarks.ledger                     # the ledger with five million keys
```
"""


def page(results: Mapping[str, Any], ledger: Mapping[str, Any] | None) -> str:
    """Return the README; *ledger* is what `benchmarks.ledger` found, if it ever ran."""
    runs = results["runs"]
    found = figures(runs)
    parts = [
        _HEAD,
        "## Targets\n",
        *_rows(
            ("what", "target", "measured", ""),
            [
                (what, target, measured, "met" if met else "**not met**")
                for what, target, measured, met in verdict(found, results, ledger)
            ],
        ),
        "",
        table(runs),
        _server(runs, max(each.server for case in found.values() for each in case.values())),
        "## Start-up\n",
        *_rows(
            ("where", "`import airbyte_cdk.entrypoint`", "`source-ordergroove spec`", "ratio"),
            [
                (where, f"{each['cdk']:.2f} s", f"{each['spec']:.2f} s", f"{each['ratio']:.2f}")
                for where, each in results["start_up"].items()
            ],
        ),
        "",
    ]
    if ledger:
        parts.append(_ledger(ledger))
    return "\n".join([*parts, _READING, _machine(results["machine"])])


def table(runs: Iterable[Mapping[str, Any]]) -> str:
    """Return a Markdown table for each case."""
    parts = []
    for case, entrants in figures(runs).items():
        parts += [f"## {case[0].upper()}{case[1:]}\n", *_case(entrants), ""]
    return "\n".join(parts)


def _case(entrants: Mapping[str, Figures]) -> list[str]:
    stock = entrants.get(STOCK.label)
    lines = []
    for label, each in entrants.items():
        ratio = each.cpu / stock.cpu if stock and stock.cpu and each.cpu is not None else None
        lines.append(
            (
                label,
                f"{each.rows:,}",
                f"{each.requests:,}",
                f"{each.rows_per_second:,.0f}",
                "" if each.cpu is None else f"{each.cpu:.2f} s",
                "" if ratio is None else f"{ratio:.2f}",
                "" if each.memory is None else f"{each.memory:.0f} MB",
                "" if each.share is None else f"{each.share:.1%}",
            )
        )
    head = ("", "rows", "requests", "rows/s", "CPU for 100k", "stock = 1", "peak memory", "share")
    used = [n for n in range(len(head)) if n == 0 or any(line[n] for line in lines)]
    return _rows([head[n] for n in used], [[line[n] for n in used] for line in lines])


def _server(runs: Sequence[Mapping[str, Any]], busiest: float) -> str:
    could, took = capacity(runs)
    return (
        "## Is the emulator the bottleneck?\n\n"
        f"No. It used {1000 / could:.2f} ms of CPU a page: one core serves {could:,.0f} pages a "
        f"second, and the fastest client took {took:,.0f}.\nIn no line above was it busy for more "
        f"than {busiest:.0%} of the time.\n"
    )


def _ledger(found: Mapping[str, Any]) -> str:
    return (
        "## Five million known keys\n\n"
        f"{found['customers']:,} customers with ids that look random, {found['deleted']:,} deleted "
        f"between two syncs, through the pipeline's own code without HTTP: {found['found']:,} "
        f"found, {found['wrong']} wrong.\nState {found['state_bytes']:,} bytes; "
        f"{found['bytes_a_key']:.0f} bytes of memory a known key; "
        f"{found['microseconds_a_row']:.2f} µs of CPU a row beyond the plain read "
        f"({found['plain_microseconds_a_row']:.1f} µs).\n"
    )


def _machine(machine: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    return (
        f"## The machine\n\n{machine['date']}: {machine['cores']} cores, {machine['processor']}, "
        f"Python {machine['python']}, load {machine['load']:.1f} at the end; other work may have "
        f"run beside.\n{versions}.\n" + "".join(f"\n{note}\n" for note in machine.get("notes", ()))
    )


def _rows(head: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    first = "|".join(["---"] + ["---:"] * (len(head) - 1))
    return [f"| {' | '.join(head)} |", f"|{first}|", *(f"| {' | '.join(line)} |" for line in lines)]
