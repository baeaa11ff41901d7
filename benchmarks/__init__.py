"""Speed, memory and reach of the connector, measured side by side with other ways to read the same.

`make bench` runs `python -m benchmarks`: every peer in a process of its own, in turns, against the
emulator in another. `python -m benchmarks.ledger` takes the ledger to five million keys,
`python -m benchmarks.capacity` computes `docs/capacity.md` from what was measured.
"""
