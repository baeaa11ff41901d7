"""Prove the built image as Airbyte runs it: spec, check, discover and read, against the emulator.

Connector and emulator are two containers on an internal network, which has no way out: what the
connector reads can only come from the emulator. The rows it reads are compared with the rows the
emulator says it has. Needs Docker and Python's standard library, nothing of this project.
"""

import argparse
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MAX_MEGABYTES = 700
# Long, because the CDK masks every occurrence of a secret in its logs.
API_KEY = "prove-image-key-0123456789abcdef"
UNWANTED = ("emulator", "webhook_receiver", "unit_tests", "pytest", "hatchling", "uv", "airbyte")

Message = dict[str, Any]


class NotProvenError(Exception):
    """The image does not do what it promises; the text says what was seen."""


def docker(*arguments: str) -> str:
    """Run one docker command and return what it printed.

    Raises `NotProvenError` with Docker's own words if it fails.
    """
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotProvenError(f"docker {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout.strip()


def discard(*arguments: str) -> None:
    """Run one docker command that may find nothing to do."""
    subprocess.run(["docker", *arguments], capture_output=True, check=False)


@contextmanager
def emulator_on_a_network(image: str, size: str, seed: int) -> Iterator[str]:
    """Yield the name of a network, and of the emulator's container on it; both go at the end."""
    name = f"prove-image-{uuid.uuid4().hex[:8]}"
    docker("network", "create", "--internal", name)
    try:
        docker(
            *("run", "--detach", "--name", name, "--network", name, "--network-alias", "emulator"),
            *(image, "--seed", str(seed), "--size", size, "--api-key", API_KEY),
        )
        yield name
    finally:
        discard("rm", "--force", "--volumes", name)
        discard("network", "rm", name)


def rows_of_the_world(emulator: str, patience: float = 120.0) -> dict[str, int]:
    """Rows a stream, as the emulator counts them; it has `patience` seconds to start."""
    ask = (
        "import urllib.request as r;"
        "print(r.urlopen('http://127.0.0.1:8000/_emulator/world').read().decode())"
    )
    give_up = time.monotonic() + patience
    while True:
        try:
            world = json.loads(docker("exec", emulator, "python", "-c", ask))
        except NotProvenError as failure:
            if time.monotonic() > give_up:
                logs = docker("logs", "--tail", "20", emulator)
                raise NotProvenError(f"the emulator did not start: {failure}\n{logs}") from None
            time.sleep(0.2)
        else:
            counts: dict[str, int] = world["counts"]
            return counts


class Connector:
    """The image under proof, run the way the platform runs it: one container a command."""

    def __init__(self, image: str, network: str, mounted: Path) -> None:
        self.image = image
        self.network = network
        self.mounted = mounted
        self.peak_mebibytes = 0.0

    def contents(self) -> str:
        """Say how large the image is; it runs as `airbyte` and holds nothing only tests need."""
        size = int(docker("image", "inspect", "--format", "{{.Size}}", self.image)) / 1e6
        user = docker("image", "inspect", "--format", "{{.Config.User}}", self.image)
        look = f"import importlib.util as u; print([n for n in {UNWANTED} if u.find_spec(n)])"
        unwanted = docker("run", "--rm", "--entrypoint", "python", self.image, "-c", look)
        if size >= MAX_MEGABYTES or user != "airbyte" or unwanted != "[]":
            raise NotProvenError(f"{size:.0f} MB, user {user!r}, unwanted modules {unwanted}")
        return f"{size:.0f} MB, user {user}"

    def messages(self, *command: str) -> Iterator[Message]:
        """Yield what a command writes, one message a line, as it comes.

        Raises `NotProvenError` for a line that is no protocol message, for one that holds the
        key, and for an exit code that is not 0.
        """
        name = f"{self.network}-{command[0]}"
        arguments = ["docker", "run", "--rm", "--name", name, "--network", self.network]
        arguments += ["--volume", f"{self.mounted}:/config:ro", self.image, *command]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield from map(self._message, process.stdout or ())
            finally:
                discard("rm", "--force", name)
        if process.returncode != 0:
            raise NotProvenError(f"{command[0]} ended with exit code {process.returncode}")

    def only(self, kind: str, *command: str) -> Message:
        """Return the one message of this kind that a command writes."""
        found = [m for m in self.messages(*command) if m["type"] == kind]
        if len(found) != 1:
            raise NotProvenError(f"{command[0]} wrote {len(found)} {kind} messages, not one")
        return found[0]

    def read(self, streams: list[Message]) -> Counter[str]:
        """Read these streams of the catalog in full and count their records."""
        configured = [
            {"stream": s, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}
            for s in streams
        ]
        (self.mounted / "catalog.json").write_text(json.dumps({"streams": configured}))
        command = ("read", "--config", "/config/config.json", "--catalog", "/config/catalog.json")
        stop = threading.Event()
        watch = threading.Thread(target=self._watch_memory, args=(f"{self.network}-read", stop))
        watch.start()
        try:
            return Counter(
                message["record"]["stream"]
                for message in self.messages(*command)
                if message["type"] == "RECORD"
            )
        finally:
            stop.set()
            watch.join()

    @staticmethod
    def _message(line: str) -> Message:
        if API_KEY in line:
            raise NotProvenError("the API key is in the output")
        try:
            message: Message = json.loads(line)
            message["type"]
        except (ValueError, TypeError, KeyError):
            raise NotProvenError(f"not a protocol message: {line[:200]}") from None
        return message

    def _watch_memory(self, container: str, stop: threading.Event) -> None:
        # The kernel's own high-water mark: `docker stats` takes two seconds and misses peaks.
        look = ["docker", "exec", container, "grep", "VmHWM", "/proc/1/status"]
        while not stop.wait(0.5):
            answer = subprocess.run(look, capture_output=True, text=True, check=False).stdout
            if found := re.search(r"(\d+) kB", answer):
                self.peak_mebibytes = int(found[1]) / 1024


def prove(connector: Connector, emulator: str) -> None:
    """Run the four commands; raises `NotProvenError` at the first that is not right."""
    config = {"environment": "production", "api_key": API_KEY, "api_url": "http://emulator:8000"}
    (connector.mounted / "config.json").write_text(json.dumps(config))
    with_config = ("--config", "/config/config.json")
    print(f"image     {connector.contents()}")
    expected = rows_of_the_world(emulator)

    spec = connector.only("SPEC", "spec")["spec"]["connectionSpecification"]
    print(f"spec      {len(spec['properties'])} settings")

    status = connector.only("CONNECTION_STATUS", "check", *with_config)["connectionStatus"]
    if status["status"] != "SUCCEEDED":
        raise NotProvenError(f"check: {status}")
    print("check     succeeded")

    streams = connector.only("CATALOG", "discover", *with_config)["catalog"]["streams"]
    print(f"discover  {len(streams)} streams")

    started = time.monotonic()
    rows = connector.read(streams)
    seconds = time.monotonic() - started
    names = sorted(expected.keys() | rows.keys() | {s["name"] for s in streams})
    for name in names:
        print(f"  {name:<45}{rows[name]:>9}{expected.get(name, 0):>9}")
    wrong = [name for name in names if rows[name] != expected.get(name)]
    if wrong:
        raise NotProvenError(f"rows read and rows in the emulator differ: {', '.join(wrong)}")
    memory = f"peak memory {connector.peak_mebibytes:.0f} MiB" if connector.peak_mebibytes else ""
    print(f"read      {rows.total()} records, all there, {seconds:.1f} s, {memory}")


def main() -> None:
    """Command line: the two images, and how large a merchant to emulate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--image", default="airbyte/source-ordergroove:dev")
    parser.add_argument("--emulator-image", default="ordergroove-emulator:dev")
    parser.add_argument("--size", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    # By default a SIGTERM would leave the containers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            emulator_on_a_network(options.emulator_image, options.size, options.seed) as name,
        ):
            mounted = Path(folder)
            mounted.chmod(0o755)  # the container's user is not ours
            prove(Connector(options.image, name, mounted), name)
    except NotProvenError as failure:
        sys.exit(f"NOT PROVEN: {failure}")


if __name__ == "__main__":
    main()
