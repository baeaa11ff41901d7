"""A connection end to end: emulator, connector, and a destination that remembers.

| file | responsibility |
|---|---|
| `connector.py` | runs the connector's commands, in this process or in one that can be killed |
| `output.py` | what a command wrote, message by message |
| `destination.py` | applies messages as a dedup destination does, and refuses what it may not see |
| `truth.py`, `values.py` | what tables must hold, from the world and the contract alone |
| `replica.py` | a connection: settings, selection, state and tables from sync to sync |
| `clocks.py` | the connector's clock, and waits that cost no time |
| `moments.py` | things that happen while a sync runs, at an exact request |

Nothing here imports a rule of the connector: what it should do is written a second time.
"""
