"""dlt's `rest_api` source, extracting into files, as its documentation shows it.

`extract` is what compares with a source that writes messages: normalising and loading are left out.
A *parallel* job adds `parallelize()` to every resource, without which dlt reads them in turns.
"""

import os
import sys

import dlt  # type: ignore[import-not-found, unused-ignore] # installed by `make bench`
import orjson
from dlt.sources.rest_api import (  # type: ignore[import-not-found, unused-ignore]
    rest_api_source,
)

from benchmarks.peers.job import Job


def main(job: Job) -> None:
    """Extract the tables and say how many rows there were."""
    source = rest_api_source(
        {
            "client": {
                "base_url": job.url,
                "headers": job.headers,
                "paginator": {"type": "json_link", "next_url_path": "next"},
            },
            "resource_defaults": {
                "write_disposition": "replace",
                "endpoint": {"params": job.parameters, "data_selector": "results"},
            },
            "resources": [
                {"name": name, "primary_key": table.key, "endpoint": {"path": table.path}}
                for name, table in job.streams.items()
            ],
        }
    )
    if job.parallel:
        for resource in source.resources.values():
            resource.parallelize()
    pipeline = dlt.pipeline("benchmark", pipelines_dir=job.workdir, destination="dummy")
    info = pipeline.extract(source)
    tables = [
        metrics.items_count
        for loads in info.metrics.values()
        for load in loads
        for name, metrics in load["table_metrics"].items()
        if name in job.streams
    ]
    print(orjson.dumps({"rows": sum(tables)}).decode())


if __name__ == "__main__":
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    main(Job.of(sys.argv))
