# ruff: noqa: E501 a row of a Markdown table is one line
"""Write docs/streams.md from the manifest and the schemas.

python -m scripts.stream_docs           write it
python -m scripts.stream_docs --check   exit with 1 if it is not what it would be
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from source_ordergroove.pipeline.declaration import Declaration, declarations
from source_ordergroove.source import SourceOrdergroove

REPOSITORY = Path(__file__).parents[1]
PAGE = REPOSITORY / "docs" / "streams.md"

DELETES = {
    "reconciled": "Compared with the last complete walk: a key that is no longer listed is deleted.",
    "replaced": "Compared as a whole with the last complete walk of its parents.",
    "replaced_per_parent": "Compared for each parent that was read: children it no longer has are "
    "deleted.",
    "open_set": "What was open and is neither listed as open nor among the changed rows is asked "
    "for by its id; 404 is a deletion. Webhooks, if a receiver is configured.",
    "never": "Never deleted by Ordergroove.",
}

INTRODUCTION = """# Streams

Generated from the manifest and the schemas by `python -m scripts.stream_docs`; a test fails if it is stale.

All streams offer full refresh and incremental. The cursor is `_og_synced_at`; the primary key is the source's.

## How values are normalised

| declared type | what is accepted, and what becomes of it |
|---|---|
| number | decimal text becomes a number with every digit kept; empty text is null |
| integer | `"3"` and `"3.00"` are 3; empty text is null |
| string | a code that comes as a number becomes its text |
| boolean | `true`, `"True"`, 1, `"1"` and their opposites |
| object | JSON in a string is parsed; text that does not parse becomes `{"_raw": text}`; empty is null |
| array | JSON in a string is parsed; comma separated text becomes a list |
| timestamp without time zone | `YYYY-MM-DDTHH:MM:SS` as Ordergroove's wall clock says; the text "null" is null |
| timestamp with time zone | as sent, with its offset |
| date | `YYYY-MM-DD` |

A value that does not fit leaves its column null and stands, as sent, in `_og_unparsed`. Fields that no schema names pass through. Nested values pass as sent.
"""


def page() -> str:
    """Return the whole page."""
    config = {"api_key": "-", "webhook_receiver": {"url": "http://localhost", "token": "-"}}
    source = SourceOrdergroove(config=config)
    schemas = {stream.name: stream.get_json_schema() for stream in source.streams(config)}
    pages = {s["name"]: s["description"] for s in _streams(source.resolved_manifest)}
    known = declarations(source.resolved_manifest)
    sections = [
        "\n".join(_section(known[name], schemas[name], pages[name])) for name in sorted(known)
    ]
    return "\n".join([INTRODUCTION, *sections])


def _streams(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in manifest["streams"]:
        yield from entry.get("streams", [entry])


def _section(declaration: Declaration, schema: Mapping[str, Any], source: str) -> Iterator[str]:
    rules = declaration.table
    yield f"## {declaration.name}\n"
    yield f"- Read from `{_where(declaration)}`; Ordergroove's page: {source}"
    yield f"- Primary key: {', '.join(f'`{column}`' for column in declaration.primary_key)}"
    if rules.time_filter:
        yield f"- Only changed rows after the first sync: `{rules.time_filter}`"
    if rules.between_walks:
        yield f"- With `reconcile_every`: only changed rows in between, by `{rules.between_walks}`"
    yield f"- Deletions: {DELETES[rules.deletes]}"
    if rules.retention:
        yield "- A row that leaves Ordergroove's retention is no deletion."
    if rules.flatten:
        yield f"- The nested object `{rules.flatten}` becomes columns with its name as prefix."
    yield "\n| column | type | meaning |\n|---|---|---|"
    for name, declared in schema["properties"].items():
        meaning = declared["description"].replace("|", "\\|").replace("\n", " ")
        yield f"| `{name}` | {_type(declared)} | {meaning} |"
    yield ""


def _where(declaration: Declaration) -> str:
    rules = declaration.table
    query = "&".join(f"{k}={v}" for k, v in declaration.request_parameters.items())
    path = declaration.endpoint + (rules.per_parent_path or "").format(key="{id}")
    nested = " or ".join(".".join(steps) for steps in rules.nested.paths) if rules.nested else ""
    return path + (f"?{query}" if query else "") + (f" → {nested}" if nested else "")


def _type(declared: Mapping[str, Any]) -> str:
    types = declared["type"]
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    special = declared.get("airbyte_type") or declared.get("format")
    return str(special or ", ".join(names)).replace("_", " ")


def main() -> int:
    """Write or check the page; return the exit code."""
    wanted = page()
    if sys.argv[1:] == ["--check"]:
        return 0 if PAGE.exists() and PAGE.read_text() == wanted else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
