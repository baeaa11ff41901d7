"""From vendor pages to Airbyte messages, on the main thread.

| file | responsibility |
|---|---|
| `sync.py` | one pass over the CDK's messages: events to families, statuses and states to the platform |
| `family.py` | the tables of one walk: page -> rows -> children -> deletes -> state |
| `open_family.py` | orders and items: what is open, what changed, what vanished |
| `fan_out.py` | a family that also asks one request per parent (product relationships) |
| `table.py` | one selected stream: normalise, stamp, key, tombstones, counts |
| `tracking.py` | which known keys are gone after a walk |
| `state.py`, `scope.py` | what a stream remembers, and for which account it may be used |
| `declaration.py`, `settings.py` | the manifest's `table` and the user's settings, typed |
"""
