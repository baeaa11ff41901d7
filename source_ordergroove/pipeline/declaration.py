"""The manifest's streams as the pipeline sees them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from source_ordergroove.rules.children import Nested


class NestedRows(BaseModel):
    """Where a child table's rows stand inside the parent's row (see `rules/children.py`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paths: tuple[tuple[str, ...], ...]
    columns: dict[str, str]
    scalar: str | None = None
    position: str | None = None
    require: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    whole: str | None = None
    first: dict[str, tuple[str, ...]] = {}

    @cached_property
    def rule(self) -> Nested:
        """The same for the rule that takes rows apart."""
        return Nested(**self.model_dump())


class TableRules(BaseModel):
    """A stream's `$parameters.table`: how its rows are read and how its deletions are found.

    * deletes: `reconciled` (whole table compared), `replaced` (a child table compared as a whole),
      `replaced_per_parent` (children of the parents that were read), `open_set` (orders, items),
      `never`.
    * parent, nested: a child table and where its rows stand; per_parent_path: a child table that
      costs a request per parent, `{key}` being the parent's key.
    * time_filter: the vendor's "updated since" parameter.
    * between_walks: the same for a table that is reconciled, used only between two complete walks
      (setting `reconcile_every`).
    * open_filter: the parameters that list what is open; open_when: the values an open row has;
      open_since: the column that must not be older than this sync for `open_when` to count.
    * flatten: a nested object whose fields become columns with its name as prefix.
    * retention: the column that says how old a row of a log is that the vendor keeps for a time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    deletes: Literal["reconciled", "replaced", "replaced_per_parent", "open_set", "never"]
    parent: str | None = None
    nested: NestedRows | None = None
    per_parent_path: str | None = None
    time_filter: str | None = None
    between_walks: str | None = None
    open_filter: dict[str, str] | None = None
    open_when: dict[str, list[Any]] | None = None
    open_since: str | None = None
    flatten: str | None = None
    retention: str | None = None

    @property
    def changed(self) -> str:
        """The column that the time filter looks at."""
        return (self.time_filter or "").removesuffix("_start")


class Declaration(BaseModel):
    """One stream of the manifest."""

    model_config = ConfigDict(frozen=True)

    name: str
    primary_key: tuple[str, ...]
    endpoint: str
    request_parameters: dict[str, str] = {}
    table: TableRules

    @property
    def walked(self) -> str:
        """The stream whose walk brings this one's rows."""
        return self.table.parent or self.name


def declarations(manifest: Mapping[str, Any]) -> dict[str, Declaration]:
    """Read all streams of a resolved manifest, in its order, conditional ones included."""
    streams = [stream for entry in manifest["streams"] for stream in entry.get("streams", [entry])]
    return {
        stream["name"]: Declaration(
            name=stream["name"],
            primary_key=tuple(stream["primary_key"]),
            endpoint=stream["$parameters"]["endpoint"],
            request_parameters=stream["retriever"].get("request_parameters", {}),
            table=TableRules.model_validate(stream["$parameters"]["table"]),
        )
        for stream in streams
    }
