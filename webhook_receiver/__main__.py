"""`python -m webhook_receiver [serve | events | prune]`, with settings from the environment."""

import argparse
import sys
from collections.abc import Sequence
from datetime import timedelta

from webhook_receiver import commands
from webhook_receiver.errors import SettingsError, StorageUnavailableError
from webhook_receiver.events import LARGEST_ARRIVAL
from webhook_receiver.numbers import whole_number
from webhook_receiver.settings import LONGEST_RETENTION_DAYS, SHORTEST_RETENTION_DAYS

_SETTINGS_STATUS = 2
_STORAGE_STATUS = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 2 for wrong settings, or 1 if the database does not answer."""
    chosen = _parser().parse_args(arguments)
    try:
        match chosen.command:
            case "events":
                commands.show_events(chosen.after, chosen.type, chosen.limit)
            case "prune":
                commands.prune(chosen.older_than)
            case _:
                commands.serve()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _SETTINGS_STATUS
    except StorageUnavailableError as error:
        sys.stderr.write(
            f"The database at DATABASE_URL cannot be used: {error}\n"
            "Check that it runs, that the URL is right, and that its user may create tables.\n"
        )
        return _STORAGE_STATUS
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m webhook_receiver",
        description="Takes Ordergroove's webhooks, keeps them, and serves them to the connector.",
    )
    subparsers = parser.add_subparsers(dest="command", metavar="serve | events | prune")
    subparsers.add_parser("serve", help="run the service (the default)")

    events = subparsers.add_parser("events", help="list what is stored, without personal data")
    events.add_argument(
        "--after",
        type=_arrival,
        metavar="N",
        help="the first events above arrival N, a number or a time in Unix milliseconds"
        " (default: the last ones)",
    )
    events.add_argument("--type", metavar="T", help="only events of one type, such as order.delete")
    events.add_argument("--limit", type=_limit, default=100, metavar="N", help="default: 100")

    prune = subparsers.add_parser("prune", help="delete old events")
    prune.add_argument(
        "--older-than",
        type=_age,
        required=True,
        metavar="90d",
        help=f"age in days, at least {SHORTEST_RETENTION_DAYS}d",
    )
    return parser


def _arrival(text: str) -> int:
    return _number(text, 0, LARGEST_ARRIVAL)


def _limit(text: str) -> int:
    return _number(text, 1, LARGEST_ARRIVAL)


def _age(text: str) -> timedelta:
    if not text.endswith("d"):
        raise argparse.ArgumentTypeError("must be a number of days such as 90d")
    return timedelta(days=_number(text[:-1], SHORTEST_RETENTION_DAYS, LONGEST_RETENTION_DAYS))


def _number(text: str, lowest: int, highest: int) -> int:
    try:
        return whole_number(text, lowest, highest)
    except ValueError as error:
        # argparse shows only the message of its own error.
        raise argparse.ArgumentTypeError(str(error)) from None


if __name__ == "__main__":
    sys.exit(main())
