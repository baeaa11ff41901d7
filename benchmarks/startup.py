"""How long `source-ordergroove spec` takes, against importing the CDK's entry point alone."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

IMAGE = os.environ.get("IMAGE", "airbyte/source-ordergroove:dev")
IMPORT = ("-c", "import airbyte_cdk.entrypoint")


def start_up(rounds: int) -> dict[str, dict[str, float]]:
    """Return seconds and their ratio, in the environment and, where Docker runs, in the image."""
    found = {
        "environment": _pair(
            [".venv/bin/python", *IMPORT], [".venv/bin/source-ordergroove"], rounds
        )
    }
    if _has_image():
        run = ["docker", "run", "--rm", "--network=none"]
        found["image"] = _pair([*run, "--entrypoint=python", IMAGE, *IMPORT], [*run, IMAGE], rounds)
    else:
        print(f"No image {IMAGE} that runs; `make image` builds it.", file=sys.stderr)
    return found


def _pair(bare: Sequence[str], connector: Sequence[str], rounds: int) -> dict[str, float]:
    bare_times, spec_times = [], []
    for _ in range(rounds):
        bare_times.append(_seconds(bare))
        spec_times.append(_seconds([*connector, "spec"]))
    cdk, spec = statistics.median(bare_times), statistics.median(spec_times)
    return {"cdk": cdk, "spec": spec, "ratio": spec / cdk}


def _seconds(command: Sequence[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    return time.monotonic() - began


def _has_image() -> bool:
    if not shutil.which("docker"):
        return False
    spec = ["docker", "run", "--rm", "--network=none", IMAGE, "spec"]
    return subprocess.run(spec, check=False, capture_output=True).returncode == 0
