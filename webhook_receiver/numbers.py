"""Numbers as people and programs write them in settings, queries and arguments."""


def whole_number(text: str, lowest: int, highest: int) -> int:
    """Return *text* as a number; only plain ASCII digits count.

    Raises:
        ValueError: it is something else or out of range; the message says what it must be.

    """
    # The length first: Python refuses to read a number of thousands of digits.
    if text.isascii() and text.isdigit() and len(text) <= len(str(highest)):
        value = int(text)
        if lowest <= value <= highest:
            return value
    raise ValueError(f"must be a whole number from {lowest} to {highest}")
