"""This connector, as Airbyte runs it: the console script with files for config, catalog and state.

Everything is on: checked pages, normalisation, stamps, deletions (in an incremental job), the
budget of 95 requests a second.
"""

import sys
from pathlib import Path

import orjson

from benchmarks.peers.job import Job
from source_ordergroove.run import run

SCHEMAS = Path("source_ordergroove/schemas")


def arguments(job: Job) -> list[str]:
    """Write the files of a `read` into the job's folder and return its command line."""
    files = {"config": config(job), "catalog": catalog(job)}
    args = ["read"]
    for name, content in files.items():
        path = Path(job.workdir, f"{name}.json")
        path.write_bytes(orjson.dumps(content))
        args += [f"--{name}", str(path)]
    return args + (["--state", job.state] if job.state else [])


def config(job: Job) -> dict[str, str]:
    """Return the settings: a key and the emulator's address."""
    return {"api_key": job.api_key, "api_url": job.url}


def catalog(job: Job) -> dict[str, object]:
    """Return the configured catalog of the job's tables."""
    mode = "incremental" if job.incremental else "full_refresh"
    return {
        "streams": [
            {
                "stream": {
                    "name": name,
                    "json_schema": orjson.loads((SCHEMAS / f"{name}.json").read_bytes()),
                    "supported_sync_modes": ["full_refresh", "incremental"],
                },
                "sync_mode": mode,
                "destination_sync_mode": "append_dedup" if job.incremental else "overwrite",
                "cursor_field": ["_og_synced_at"],
            }
            for name in job.streams
        ]
    }


if __name__ == "__main__":
    sys.argv = ["source-ordergroove", *arguments(Job.of(sys.argv))]
    run()
