"""`make bench`: measure, then write `results.json`, the plot and the README from it."""

import argparse
import os
import platform
import signal
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from benchmarks import plot, report
from benchmarks.cases import cases
from benchmarks.measure import everything, measure
from benchmarks.startup import start_up

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
LEDGER = HERE / "ledger.json"
PEERS = ("aiohttp", "dlt", "orjson", "requests", "singer-sdk")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="500,000 rows, five rounds: some hours")
    parser.add_argument(
        "--only", help="measure only cases whose name contains this, print nothing else"
    )
    parser.add_argument("--report", action="store_true", help="only write README and plot anew")
    options = parser.parse_args()
    # So that the emulators end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    if not options.report:
        runs: list[dict[str, Any]] = []
        for case in cases(full=options.full):
            if options.only is None or options.only in case.name:
                runs += measure(case)
        if options.only is not None:
            print(report.table(runs))
            return
        runs += everything(2)
        results = {"machine": machine(), "start_up": start_up(5), "runs": runs}
        RESULTS.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    results = orjson.loads(RESULTS.read_bytes())
    (HERE / "plot.svg").write_text(plot.draw(results["runs"]))
    ledger = orjson.loads(LEDGER.read_bytes()) if LEDGER.exists() else None
    (HERE / "README.md").write_text(report.page(results, ledger))


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    names = [
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "processor": names[0] if names else platform.machine(),
        "python": platform.python_version(),
        "load": os.getloadavg()[0],
        "versions": {name: version(name) for name in PEERS} | _ours(),
    }


def _ours() -> dict[str, str]:
    lines = Path("requirements/dev.txt").read_text().splitlines()
    pins = dict(line.split(" ")[0].split("==") for line in lines if "==" in line.split(" ")[0])
    return {name: pins[name] for name in ("airbyte", "airbyte-cdk", "duckdb")}


if __name__ == "__main__":
    main()
