"""What does not leave the connector: blocked columns, and personal values in the clear."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

#: Personal fields by the word in the setting. They count at any depth of a row: an event's
#: snapshot holds whole customers and addresses.
PERSONAL: Mapping[str, frozenset[str]] = {
    "name": frozenset({"first_name", "last_name", "company_name", "cc_holder"}),
    "email": frozenset({"email"}),
    "phone": frozenset({"phone", "phone_number", "fax"}),
    "address": frozenset({"address", "address2", "city", "zip_postal_code"}),
    "card": frozenset({"cc_number_ending", "cc_exp_date"}),
}

Row = dict[str, Any]
Filter = Callable[[Row], Row]


def hasher(kinds: Collection[str], salt: str, keys: Collection[str]) -> Filter:
    """Return a filter that replaces personal values by their salted SHA-256, as hex digits.

    Equal values stay equal, so that rows can still be joined and counted. *keys* are the primary
    key's columns: they are never touched. Empty texts and nulls stay as they are.
    """
    fields = frozenset().union(*(PERSONAL[kind] for kind in kinds)) - frozenset(keys)
    salted = hashlib.sha256(salt.encode())

    def digest(value: object) -> str:
        personal = salted.copy()
        personal.update(str(value).encode())
        return personal.hexdigest()

    def hashed(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: hashed(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [hashed(inner, name) for inner in value]
        return digest(value) if name in fields and value not in (None, "") else value

    return hashed


def blocker(
    declared: Collection[str], configured: Collection[str], keys: Collection[str]
) -> Filter | None:
    """Return a filter that keeps the *configured* columns, None if the user blocked none.

    *declared* are the stream's columns as discovered. A catalog without columns selects nothing in
    particular. The primary key and the connector's own columns always go out; a column that
    nobody declared does not once a selection is made: nobody selected it.
    """
    if not configured or not set(declared) - set(configured):
        return None
    kept = frozenset(configured) | frozenset(keys)

    def block(row: Row) -> Row:
        row = {n: v for n, v in row.items() if n in kept or n.startswith(("_og_", "_ab_"))}
        if unparsed := row.get("_og_unparsed"):
            row["_og_unparsed"] = {n: v for n, v in unparsed.items() if n in kept}
        return row

    return block
