"""A tap on Meltano's Singer SDK: a stream class a table, a HATEOAS paginator, the known schemas."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests
from singer_sdk import Tap  # type: ignore[import-not-found, unused-ignore] # by `make bench`
from singer_sdk.pagination import (  # type: ignore[import-not-found, unused-ignore]
    BaseHATEOASPaginator,
)
from singer_sdk.streams import RESTStream  # type: ignore[import-not-found, unused-ignore]

from benchmarks.peers.job import Job

SCHEMAS = Path("source_ordergroove/schemas")


class NextLink(BaseHATEOASPaginator):  # type: ignore[misc, unused-ignore]
    """Follows `next`."""

    def get_next_url(self, response: requests.Response) -> str | None:
        """Return the link of the next page."""
        link: str | None = response.json()["next"]
        return link


class OrdergrooveStream(RESTStream):  # type: ignore[misc, unused-ignore]
    """A table of the vendor."""

    records_jsonpath = "$.results[*]"
    job: Job

    @property
    def url_base(self) -> str:
        """The vendor."""
        return self.job.url

    @property
    def http_headers(self) -> dict[str, str]:
        """The vendor's headers."""
        return self.job.headers

    def get_new_paginator(self) -> NextLink:
        """Follow links."""
        return NextLink()

    def get_url_params(self, context: Any, next_page_token: Any) -> dict[str, Any]:
        """Ask for the largest page, then for what the link says."""
        if next_page_token:
            return dict(parse_qsl(next_page_token.query))
        return self.job.parameters


def tap_of(job: Job) -> Any:
    """Return the tap for the job's tables."""

    class TapOrdergroove(Tap):  # type: ignore[misc, unused-ignore]
        name = "tap-ordergroove"
        config_jsonschema = {"type": "object", "properties": {}}  # noqa: RUF012

        def discover_streams(self) -> list[Any]:
            return [
                type(name, (OrdergrooveStream,), {"name": name, "path": table.path, "job": job})(
                    tap=self, schema=SCHEMAS / f"{name}.json"
                )
                for name, table in job.streams.items()
            ]

    return TapOrdergroove(config={}, parse_env_config=False)


if __name__ == "__main__":
    tap_of(Job.of(sys.argv)).sync_all()
