"""The runner's protocol: what a peer is told and what it answers.

A peer is a module that is run with one argument, a `Job` as JSON. It reads the job's tables to
their ends and exits with 0. Its stdout is a file: either one RECORD line a row (Airbyte's and
Singer's look the same to a counter), or, from a peer that stores rows itself, a last line
`{"rows": n}`.
"""

from dataclasses import asdict, dataclass

import orjson


@dataclass(frozen=True)
class Table:
    """A table of the vendor: the path of its list and its key column."""

    path: str
    key: str


@dataclass(frozen=True)
class Job:
    """Read *streams* from the vendor at *url*, writing what is needed into *workdir*.

    *incremental* and *state*, the path of a file with an earlier sync's states, are for the
    connector; the others always read everything. *parallel* asks a peer that can to read the
    tables at once.
    """

    url: str
    api_key: str
    streams: dict[str, Table]
    workdir: str
    incremental: bool = False
    state: str | None = None
    parallel: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """The vendor's headers."""
        return {"x-api-key": self.api_key, "X-OG-API-VERSION": "2"}

    @property
    def parameters(self) -> dict[str, str]:
        """The largest page that the vendor gives."""
        return {"page_size": "100"}

    def to_json(self) -> str:
        """Return the peer's one argument."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def of(cls, argv: list[str]) -> "Job":
        """Read the command line of a peer."""
        told = orjson.loads(argv[1])
        told["streams"] = {name: Table(**table) for name, table in told["streams"].items()}
        return cls(**told)
