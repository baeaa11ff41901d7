"""Runs the cases, entrants in turns, and keeps every single run."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks import runner
from benchmarks.cases import TABLES, Case, Entrant
from benchmarks.output import states_in
from benchmarks.peers.job import Job, Table
from benchmarks.vendor import Vendor, vendor

Run = dict[str, Any]


def measure(case: Case) -> list[Run]:
    """Run every entrant of *case* so often as it asks for, in turns."""
    with vendor() as full, vendor() as empty, _folder() as home:
        full.fill(dict.fromkeys(case.streams, case.rows))
        states: dict[str, str] = {}
        runs = []
        for number in range(case.rounds):
            for entrant in case.entrants:
                if entrant.reconciled and not states:
                    states["path"] = _first_sync(full, case, home)
                job = _job(full, case, entrant, states.get("path"))
                runs.append(_run(full, case, entrant, job, number))
                if not case.latency and number < 2:  # noqa: PLR2004 it varies little
                    runs.append(_start_up(empty, case, entrant, number))
        return runs


def everything(rounds: int) -> list[Run]:
    """Read all 21 streams of a merchant with 3,000 customers, then once more with deletions."""
    case = Case("all 21 streams", 0.0, (), 0, rounds, ())
    streams = {
        path.stem: Table("", "")
        for path in sorted(Path("source_ordergroove/schemas").glob("*.json"))
        if path.stem != "webhook_event"
    }
    runs = []
    with vendor("medium") as shop, _folder() as home:
        first = Job(shop.url, shop.api_key, streams, str(home), incremental=True)
        for number in range(rounds):
            output = home / "first.jsonl"
            for label, job in (
                ("this connector, first sync", first),
                ("this connector, second sync", replace(first, state=str(home / "state.json"))),
            ):
                entrant = Entrant(label, "connector")
                runs.append(_run(shop, case, entrant, job, number, output))
                if job is first:
                    Path(home, "state.json").write_bytes(states_in(output.read_bytes()))
    return runs


def _run(  # noqa: PLR0917 one call, named by its order
    shop: Vendor,
    case: Case,
    entrant: Entrant,
    job: Job,
    number: int,
    output: Path | None = None,
) -> Run:
    shop.begin(case.latency)
    with _folder() as workdir:
        used = runner.run(entrant.peer, replace(job, workdir=str(workdir)), output)
    run = {
        "case": case.name,
        "entrant": entrant.label,
        "round": number,
        "latency": case.latency,
        "streams": len(job.streams),
        "used": asdict(used),
        "served": asdict(shop.seen()),
    }
    expected = case.rows * len(case.streams)
    if expected and used.rows != expected:
        raise runner.PeerError(f"{entrant.label} delivered {used.rows} rows, not {expected}.")
    print(
        f"{case.name:32} {entrant.label:28} {used.wall:6.1f} s, {used.cpu:6.2f} s of CPU",
        file=sys.stderr,
        flush=True,
    )
    return run


def _start_up(empty: Vendor, case: Case, entrant: Entrant, number: int) -> Run:
    """Run the entrant over empty tables: what it costs before the first row."""
    bare = replace(case, name="start-up", rows=0)
    return _run(empty, bare, entrant, _job(empty, bare, entrant, None), number)


def _job(shop: Vendor, case: Case, entrant: Entrant, state: str | None) -> Job:
    return Job(
        url=shop.url,
        api_key=shop.api_key,
        streams={name: TABLES[name] for name in case.streams},
        workdir="",
        incremental=entrant.reconciled,
        state=state if entrant.reconciled else None,
        parallel=entrant.parallel,
    )


def _first_sync(shop: Vendor, case: Case, home: Path) -> str:
    """Sync once, unmeasured, and keep the states for the syncs that are measured.

    `subscription` goes without: with a state it would read only what changed, which is nothing.
    """
    shop.begin(0.0)
    entrant = Entrant("", "connector", reconciled=True)
    output = home / "first.jsonl"
    with _folder() as workdir:
        job = replace(_job(shop, case, entrant, None), workdir=str(workdir))
        runner.run("connector", job, output)
    state = home / "state.json"
    state.write_bytes(states_in(output.read_bytes(), without="subscription"))
    output.unlink()
    return str(state)


@contextmanager
def _folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=runner.SCRATCH))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
