"""What can go wrong in the demonstration, in the reader's words."""


class DemoError(Exception):
    """A sentence that says what was found and what to do about it."""
