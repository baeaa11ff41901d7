"""Airbyte source for Ordergroove: see `run.py` for the way in."""
