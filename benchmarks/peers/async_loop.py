"""The ceiling: one coroutine a table on one event loop, as many requests in flight as tables.

Nobody who keeps to one request per table at a time can be faster. Nothing may go wrong here either.
"""

import asyncio
import sys

import aiohttp  # type: ignore[import-not-found, unused-ignore] # installed by `make bench`
import orjson

from benchmarks.peers.bare_loop import messages
from benchmarks.peers.job import Job


async def main(job: Job) -> None:
    """Read all tables at once."""
    async with aiohttp.ClientSession(headers=job.headers) as session, asyncio.TaskGroup() as group:
        for name in job.streams:
            group.create_task(_walk(session, job, name))


async def _walk(session: aiohttp.ClientSession, job: Job, name: str) -> None:
    link = job.url + job.streams[name].path
    params = job.parameters
    while link:
        async with session.get(link, params=params) as response:
            page = orjson.loads(await response.read())
        sys.stdout.buffer.write(messages(name, page["results"]))
        link, params = page["next"], {}


if __name__ == "__main__":
    asyncio.run(main(Job.of(sys.argv)))
