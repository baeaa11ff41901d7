"""Rows nested in a parent record: the child streams of a family, read from the parent's page.

Where the rows are and which keys they take is data (`Nested`, from the manifest); this module only
knows the shapes the vendor uses for a list: a list, a single object, null, or no field at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_ordergroove.rules.normalise import keep_unparsed

_SCALARS = (str, int, float)


@dataclass(frozen=True)
class Nested:
    """Where a child stream's rows are in a parent record, and which columns they take.

    Raises ValueError for a path that is no list and, naming the column, for a source that is not
    on every path.
    """

    paths: Sequence[Sequence[str]]
    """Field names from the parent down to the rows; the first path that leads to any is used."""

    columns: Mapping[str, str]
    """Key column -> its source: a field of the parent (`public_id`), or a field of an object passed
    on the way, named by its path (`product_selection_rules.public_id`). A key column wins over a
    field of the same name in the item."""

    scalar: str | None = None
    """Column that takes an item which is plain text or a number; without it they are left out."""

    require: Sequence[str] = ()
    """Columns without which a row has no identity: it is left out if one is absent, null or ""."""

    drop: Sequence[str] = ()
    """Fields of the item not repeated in the row: lists that are child rows themselves."""

    position: str | None = None
    """Column that takes the item's place in its list, from 0, counting items left out."""

    whole: str | None = None
    """Column that takes an item object as sent, in place of one column for each of its fields."""

    first: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column -> fields of an item object; the column takes the first that is not null or ""."""

    sources: tuple[tuple[str, int, str], ...] = field(init=False, repr=False)
    """(column, depth, name): the field *name* of the object *depth* steps below the parent."""

    def __post_init__(self) -> None:
        """Resolve the columns' sources, so that a wrong manifest fails before any request."""
        if any(isinstance(path, str) for path in self.paths):
            raise ValueError(f"Each path must be a list of field names: {list(self.paths)!r}.")
        sources = tuple(
            (column, source.count("."), source.rpartition(".")[2])
            for column, source in self.columns.items()
        )
        for column, depth, _ in sources:
            way = self.columns[column].split(".")[:-1]
            if any(depth >= len(path) or list(path[:depth]) != way for path in self.paths):
                raise ValueError(
                    f"Column `{column}`: `{self.columns[column]}` is not on every path to the rows."
                )
        object.__setattr__(self, "sources", sources)


def rows(parent: Mapping[str, Any], nested: Nested) -> list[dict[str, Any]]:
    """Return the child rows of *parent*, a normalised record, in the vendor's order.

    The rows are new dicts and *parent* is left as it is, but they share nested values. Malformed
    items are left out, never an error; rows with equal keys are all returned.
    """
    for path in nested.paths:
        items = _items(parent, path)
        if items:
            return [row for row in (_row(nested, *found) for found in items) if row is not None]
    return []


def flatten(record: dict[str, Any], column: str = "incentive", prefix: str = "incentive_") -> None:
    """Replace a nested object of *record* by columns named *prefix* + field, in place.

    Null and "" leave no column. What else is no object, and a field of the record's own that has to
    make way for a prefixed one, is kept in `_og_unparsed`.
    """
    nested = record.pop(column, None)
    if isinstance(nested, dict):
        for name, value in nested.items():
            target = prefix + name
            if target in record:
                keep_unparsed(record, target, record[target])
            record[target] = value
    elif nested not in (None, ""):
        keep_unparsed(record, column, nested)


def _items(
    parent: Mapping[str, Any], path: Sequence[str]
) -> list[tuple[list[Mapping[str, Any]], int, Any]]:
    """Return what is at the end of *path*: (objects passed, place in its list, item)."""
    found: list[tuple[list[Mapping[str, Any]], int, Any]] = [([], 0, parent)]
    for step in path:
        found = [
            ([*passed, item], place, inner)
            for passed, _, item in found
            if isinstance(item, dict)
            for place, inner in enumerate(_listed(item.get(step)))
        ]
    return found


def _listed(value: object) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    return () if value in (None, "") else (value,)


def _row(
    nested: Nested, passed: list[Mapping[str, Any]], place: int, item: object
) -> dict[str, Any] | None:
    """Return the row of one item, None if it has no shape or no identity."""
    if isinstance(item, dict):
        row = _object_row(nested, item)
    elif nested.scalar and isinstance(item, _SCALARS) and not isinstance(item, bool):
        row = {nested.scalar: item}
    else:
        return None
    for column, depth, name in nested.sources:
        row[column] = passed[depth].get(name)
    if nested.position:
        row[nested.position] = place
    return None if any(row.get(name) in (None, "") for name in nested.require) else row


def _object_row(nested: Nested, item: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {nested.whole: item} if nested.whole else dict(item)
    for name in nested.drop:
        row.pop(name, None)
    for column, names in nested.first.items():
        row[column] = next((item[name] for name in names if item.get(name) not in (None, "")), None)
    return row
