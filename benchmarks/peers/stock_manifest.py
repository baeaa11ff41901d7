"""The manifest that the connector builder would write for these endpoints, run by the CDK.

Stock components only: extractor by path, paginator by the link in the body, five workers. No schema
normalisation, no cursor, no stamps and no deletions: less than the connector does.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
from airbyte_cdk.entrypoint import launch
from airbyte_cdk.sources.declarative.concurrent_declarative_source import (
    ConcurrentDeclarativeSource,
)

from benchmarks.peers.job import Job


def main(job: Job) -> None:
    """Read the job's tables; records leave as Airbyte messages on stdout."""
    with tempfile.TemporaryDirectory() as folder:
        args = ["read"]
        for name, content in {
            "config": {"__injected_declarative_manifest": manifest(job)},
            "catalog": {"streams": [_configured(stream) for stream in job.streams]},
        }.items():
            path = Path(folder, f"{name}.json")
            path.write_bytes(orjson.dumps(content))
            args += [f"--{name}", str(path)]
        source = ConcurrentDeclarativeSource(
            catalog=None, config={}, state=None, source_config=manifest(job)
        )
        launch(source, args)


def manifest(job: Job) -> dict[str, Any]:
    """Return the manifest for the job's tables."""
    return {
        "version": "7.39.1",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": [next(iter(job.streams))]},
        "concurrency_level": {"type": "ConcurrencyLevel", "default_concurrency": 5},
        "spec": {
            "type": "Spec",
            "connection_specification": {"type": "object", "additionalProperties": True},
        },
        "streams": [_stream(job, name) for name in job.streams],
    }


def _stream(job: Job, name: str) -> dict[str, Any]:
    return {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": [job.streams[name].key],
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {"type": "object", "additionalProperties": True, "properties": {}},
        },
        "retriever": {
            "type": "SimpleRetriever",
            "requester": {
                "type": "HttpRequester",
                "url": job.url + job.streams[name].path,
                "http_method": "GET",
                "request_headers": job.headers,
                "request_parameters": job.parameters,
            },
            "record_selector": {
                "type": "RecordSelector",
                "extractor": {"type": "DpathExtractor", "field_path": ["results"]},
            },
            "paginator": {
                "type": "DefaultPaginator",
                "pagination_strategy": {
                    "type": "CursorPagination",
                    "cursor_value": "{{ response['next'] }}",
                    "stop_condition": "{{ not response['next'] }}",
                },
                "page_token_option": {"type": "RequestPath"},
            },
        },
    }


def _configured(name: str) -> dict[str, Any]:
    return {
        "stream": {"name": name, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh",
        "destination_sync_mode": "overwrite",
    }


if __name__ == "__main__":
    main(Job.of(sys.argv))
