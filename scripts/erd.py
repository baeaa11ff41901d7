"""Write docs/erd.md and docs/erd.svg from the manifest and the schemas.

python -m scripts.erd     write both (needs Graphviz's `dot`)

Keys are the manifest's. Foreign keys are the columns whose description says what they reference:
"References orders.public_id."
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from scripts import erd_drawing
from scripts.erd_columns import Column, primary_keys
from source_ordergroove.pipeline.declaration import declarations
from source_ordergroove.source import SourceOrdergroove

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "erd.md"
DRAWING = DOCS / "erd.svg"
#: A log of events about the other tables, and there only with a receiver.
APART = "webhook_event"

_REFERENCE = re.compile(r"References (\w+)\.(\w+)\.")

_TEXT = """# Entity relationship diagram

Generated from the manifest and the schemas by `python -m scripts.erd`; a test fails if it is stale.
The 21 tables with their keys; every column is in [streams.md](streams.md). Ordergroove promises no
referential integrity: a row may name one that is deleted, and the deleted one stays in its table.
A dotted line leads to a part of the other table's key.

[![The 21 tables, their keys and what refers to what](erd.svg)](erd.svg)

The same for tools that read Mermaid:

```mermaid
{diagram}
```
"""


def tables() -> dict[str, list[Column]]:
    """Return the key columns of each table, the primary key first."""
    config = {"api_key": "-"}
    source = SourceOrdergroove(config=config)
    schemas = {stream.name: stream.get_json_schema() for stream in source.streams(config)}
    known = declarations(source.resolved_manifest)
    return {
        name: list(_columns(known[name].primary_key, schemas[name]["properties"]))
        for name in known
        if name != APART
    }


def _columns(key: tuple[str, ...], properties: Mapping[str, Any]) -> Iterator[Column]:
    for name in [*key, *(column for column in properties if column not in key)]:
        found = _REFERENCE.search(properties[name]["description"])
        if name in key or found:
            types = properties[name]["type"]
            types = [types] if isinstance(types, str) else types
            yield Column(
                name=name,
                type=next(kind for kind in types if kind != "null"),
                nullable="null" in types,
                primary=name in key,
                reference=(found[1], found[2]) if found else None,
            )


def mermaid(found: Mapping[str, list[Column]]) -> str:
    """Return the diagram."""
    keys = primary_keys(found)
    lines = ["erDiagram"]
    for name, columns in found.items():
        rows = [f"    {column.type} {column.name} {', '.join(column.roles)}" for column in columns]
        lines += [f"  {name} {{", *rows, "  }"]
    for name, columns in found.items():
        for column in columns:
            if column.reference:
                table, _ = column.reference
                link = "--" if [column.reference[1]] == keys[table] else ".."
                one = "|o" if column.nullable else "||"
                lines.append(f"  {table} {one}{link}o{{ {name} : {column.name}")
    return "\n".join(lines)


def page() -> str:
    """Return the whole page."""
    return _TEXT.format(diagram=mermaid(tables()))


def digest() -> str:
    """Return what the drawing carries of the diagram that it shows."""
    return sha256(mermaid(tables()).encode()).hexdigest()[:16]


def main() -> None:
    """Write both."""
    PAGE.write_text(page())
    DRAWING.write_text(erd_drawing.drawing(tables(), digest()))


if __name__ == "__main__":
    main()
