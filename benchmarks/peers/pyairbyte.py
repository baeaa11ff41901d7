"""PyAirbyte with this connector into a new DuckDB file: reading and loading."""

import sys
from pathlib import Path

import airbyte as ab
import orjson
from airbyte.caches import DuckDBCache

from benchmarks.peers.connector import config
from benchmarks.peers.job import Job


def main(job: Job) -> None:
    """Sync the tables and say how many rows are in the database."""
    source = ab.get_source(
        "source-ordergroove",
        local_executable=Path(sys.executable).with_name("source-ordergroove"),
        config=config(job),
        streams=list(job.streams),
    )
    cache = DuckDBCache(db_path=Path(job.workdir, "benchmark.duckdb"))
    result = source.read(cache=cache, force_full_refresh=True)
    print()
    print(orjson.dumps({"rows": result.processed_records}).decode())


if __name__ == "__main__":
    main(Job.of(sys.argv))
