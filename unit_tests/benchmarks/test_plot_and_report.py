from typing import Any
from xml.etree import ElementTree as ET

from benchmarks import plot, report, verdict
from benchmarks.cases import cases
from benchmarks.figures import figures

LEDGER = {
    "customers": 5_000_000,
    "deleted": 20_000,
    "found": 20_000,
    "wrong": 0,
    "state_bytes": 999_194,
    "microseconds_a_row": 1.5,
    "plain_microseconds_a_row": 4.0,
    "bytes_a_key": 42.0,
}
START = {"environment": {"cdk": 1.0, "spec": 1.2, "ratio": 1.2}}
MACHINE = {
    "date": "2026-01-01",
    "cores": 2,
    "processor": "p",
    "python": "3.11",
    "load": 1.0,
    "versions": {"dlt": "1"},
}


def results(*, slow: float = 1.0) -> dict[str, Any]:
    """What a run of the whole benchmark keeps, this connector taking *slow* times its time."""
    runs: list[dict[str, Any]] = []
    for case in cases(full=False):
        for entrant in case.entrants:
            factor = slow if entrant.reconciled else 1.02
            requests = len(case.streams) * case.rows // 100
            window = requests / len(case.streams) * (case.latency + 0.002) * factor
            run = {
                "case": case.name,
                "entrant": entrant.label,
                "latency": case.latency,
                "streams": len(case.streams),
                "used": {
                    "wall": window + 1,
                    "cpu": (1 + case.rows / 20_000) * (slow / 2 if entrant.reconciled else 1),
                    "memory": 100.0,
                    "rows": case.rows * len(case.streams),
                },
                "served": {"requests": requests, "window": window, "cpu": 0.1, "service": 0.002},
            }
            runs.append(run)
            if not case.latency:
                used = {"wall": 1.0, "cpu": 0.5, "memory": 100.0, "rows": 0}
                runs.append({**run, "case": "start-up", "used": used})
    return {"runs": runs, "start_up": START, "machine": MACHINE}


def verdicts(found: dict[str, Any]) -> dict[str, bool]:
    lines = verdict.verdict(figures(found["runs"]), found, LEDGER)
    return {what: met for what, _, _, met in lines}


def test_every_target_is_judged_and_a_good_run_meets_all() -> None:
    found = verdicts(results())
    assert len(found) == 11
    assert all(found.values())


def test_a_slow_run_is_told_so() -> None:
    found = verdicts(results(slow=2.0))
    missed = [what for what, met in found.items() if not met]
    assert missed == [
        "share of the limit, five streams, 50 ms",
        "ahead of every peer, five streams, 50 ms",
        "share of the limit, five streams, 200 ms",
        "ahead of every peer, five streams, 200 ms",
        "CPU a row against the stock manifest, everything on",
    ]


def test_readme_names_every_case_and_entrant() -> None:
    page = report.page(results(), LEDGER)
    for case in cases(full=False):
        assert f"## {case.name[0].upper()}{case.name[1:]}\n" in page
        for entrant in case.entrants:
            assert f"\n| {entrant.label} | " in page


def test_plot_is_well_formed_and_marks_our_bars() -> None:
    drawing = ET.fromstring(plot.draw(results()["runs"]))  # noqa: S314 our own text
    bars = [each for each in drawing.iter() if each.tag.endswith("rect")]
    assert sum(each.get("class") == "ours" for each in bars) == 5
    assert all(float(each.attrib["width"]) >= 0 for each in bars)
