"""`python -m emulator`: serve a merchant until interrupted."""

from __future__ import annotations

import argparse
import gc
import json
from datetime import datetime

from emulator.clock import Clock
from emulator.seed import SIZES
from emulator.server import bound_socket, make_server
from emulator.settings import DEFAULT_KEY, Settings
from emulator.stage import Stage


def main(arguments: list[str] | None = None) -> None:
    """Start, print one line of JSON with `url` and `api_key`, and serve."""
    options = _parser().parse_args(arguments)
    clock = Clock(options.now, frozen=options.frozen) if options.now or options.frozen else None
    stage = Stage(
        seed=options.seed,
        size=options.size,
        settings=Settings(api_key=options.api_key),
        clock=clock,
    )
    # What was seeded stays: the collector need not walk a hundred thousand rows again and again.
    gc.freeze()
    listener = bound_socket(options.host, options.port)
    port = listener.getsockname()[1]
    ready = {"url": f"http://{options.host}:{port}", "api_key": options.api_key}
    print(json.dumps(ready), flush=True)
    make_server(stage).run(sockets=[listener])


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} needs a time with a zone, such as {text}Z")
    return instant


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="emulator", description="Play restapi.ordergroove.com.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one (default)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", choices=list(SIZES), default="small")
    parser.add_argument("--api-key", default=DEFAULT_KEY, help="the key with bulk permission")
    parser.add_argument(
        "--now",
        type=_instant,
        help="the world's present, ISO with a zone; with it the same seed gives the same bytes",
    )
    parser.add_argument("--frozen", action="store_true", help="time stands still")
    return parser


if __name__ == "__main__":
    main()
