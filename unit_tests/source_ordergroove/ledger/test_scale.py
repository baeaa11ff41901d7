"""The sizes that the design is for, in the two ways that a baseline is kept."""

from source_ordergroove.ledger import Baseline, KeySet, SeenKeys
from unit_tests.source_ordergroove.ledger.builders import random_hex


def test_a_million_known_keys_are_compared_exactly() -> None:
    keys = random_hex(1_000_000)
    seen = SeenKeys()
    for at in range(0, 999_900, 100):
        seen.add(keys[at : at + 100])
    assert Baseline.of(KeySet.from_keys(keys), 20_000_000).missing(seen.freeze()).keys == sorted(
        keys[999_900:]
    )


def test_twenty_thousand_deletions_among_a_million_fit_one_megabyte() -> None:
    keys = random_hex(1_000_000)
    known = Baseline.of(KeySet.from_keys(keys), 1_000_000)
    assert known.json_bytes <= 1_000_000
    missing = Baseline.from_state(known.to_state()).missing(KeySet.from_keys(keys[20_000:]))
    assert missing.complete
    assert sorted(missing.keys) == sorted(keys[:20_000])
