"""From vendor pages to Airbyte messages, on the main thread.

| file | responsibility |
|---|---|
| `plan.py` | catalog, state and manifest to the families of a sync |
| `sync.py` | one pass over the CDK's messages: events in, records and states out |
| `family.py` | the tables of one walk: page -> rows -> children -> deletes -> state |
| `starting_point.py` | where a walk's list begins: filter, checkpoint, or from the start |
| `births.py` | which changed rows were not open at the last walk, for a compressed ledger |
| `open_set.py` | which rows are open, which were, what to ask for by id |
| `open_family.py` | orders and items: what is open, what changed, what vanished |
| `fan_out.py` | a family that also asks one request per parent (product relationships) |
| `webhooks.py` | the receiver's log and the deletions in it |
| `table.py` | one selected stream: normalise, stamp, key, tombstones, counts |
| `tracking.py`, `whole_table.py`, `per_parent.py` | which known keys are gone after a walk |
| `state.py`, `scope.py`, `account.py` | what a stream remembers, and for whom it is valid |
| `guard.py` | deletions that are held back, and what the log says of them |
| `progress.py` | what a long walk says while it runs |
| `shared.py` | what the families share |
| `budget.py` | how much of the state the ledgers may take |
| `declaration.py`, `settings.py` | the manifest's `table` and the user's settings, typed |
| `refusal.py` | what is wrong with a configuration |
"""
