"""What the entity relationship diagram shows of a table."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column that is part of a key, of the own or of another table."""

    name: str
    type: str
    nullable: bool
    primary: bool
    reference: tuple[str, str] | None

    @property
    def roles(self) -> list[str]:
        """Its keys, in the words of such diagrams."""
        return ["PK"] * self.primary + ["FK"] * bool(self.reference)


def primary_keys(found: Mapping[str, list[Column]]) -> dict[str, list[str]]:
    """Return the columns of each primary key."""
    return {
        name: [column.name for column in columns if column.primary]
        for name, columns in found.items()
    }
