"""The demonstration: an emulated merchant, two syncs through PyAirbyte, a DuckDB file, a report.

It meets the connector and the emulator as any user does: a command, HTTP and a database file.
"""
