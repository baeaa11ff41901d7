"""The command line: what each command does, apart from how it is parsed."""

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from webhook_receiver import logs
from webhook_receiver.events import format_utc
from webhook_receiver.server import serve as run_server
from webhook_receiver.settings import Settings, StorageSettings
from webhook_receiver.store import Store


def serve() -> None:
    """Run the service."""
    settings = Settings.from_environment(os.environ)
    logs.configure(sys.stdout, settings.log_level)
    run_server(settings)


def show_events(after: int | None, kind: str | None, limit: int) -> None:
    """Print one JSON object a line for each event, without its envelope: that is personal data."""
    settings = StorageSettings.from_environment(os.environ)
    with Store.open(settings.database_url) as store:
        for summary in store.summaries(after, kind, limit):
            line = asdict(summary) | {"received_at": format_utc(summary.received_at)}
            sys.stdout.write(json.dumps(line) + "\n")


def prune(older_than: timedelta) -> None:
    """Delete what was stored longer ago than *older_than* and print how many events that were."""
    settings = StorageSettings.from_environment(os.environ)
    with Store.open(settings.database_url) as store:
        pruned = store.prune(datetime.now(UTC) - older_than)
    sys.stdout.write(json.dumps({"pruned": pruned}) + "\n")
