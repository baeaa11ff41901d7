"""A stand-in for restapi.ordergroove.com, written from Ordergroove's documentation.

It shares no code with the connector: HTTP is their only contract.
`python -m emulator` starts it, `emulator.server.running` starts it inside a test.
"""
