"""The floor: one connection, `requests` and `orjson`, the same messages on stdout.

No retries, no rate limit, no checks: what reading costs if nothing may ever go wrong.
"""

import sys
import time

import orjson
import requests

from benchmarks.peers.job import Job


def main(job: Job) -> None:
    """Read one table after the other."""
    out = sys.stdout.buffer
    with requests.Session() as session:
        session.headers.update(job.headers)
        for name, table in job.streams.items():
            link: str | None = job.url + table.path
            params = job.parameters
            while link:
                page = orjson.loads(session.get(link, params=params, timeout=60).content)
                out.write(messages(name, page["results"]))
                link, params = page["next"], {}


def messages(stream: str, rows: list[dict[str, object]]) -> bytes:
    """Return the rows as Airbyte RECORD lines."""
    now = int(time.time() * 1000)
    return b"".join(
        orjson.dumps(
            {"type": "RECORD", "record": {"stream": stream, "data": row, "emitted_at": now}},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for row in rows
    )


if __name__ == "__main__":
    main(Job.of(sys.argv))
