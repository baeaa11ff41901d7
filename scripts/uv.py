"""Run uv with the machine's own pip settings: `python scripts/uv.py pip sync ...`.

uv reads no `pip.conf` and no `PIP_*` variable, so on a machine behind a mirror or a
TLS-inspecting proxy pip would work and uv would not. Each setting of pip that decides where
packages come from is handed on under uv's name for it, unless uv's own is set.
Without a uv on the path, the pinned one is installed into `.uv/`.
Needs nothing but Python 3.11 and its standard library.
"""

import os
import shutil
import subprocess
import sys
from ast import literal_eval
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".uv"

# pip's name -> (uv's name, what joins several values)
_SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "no-index": ("UV_NO_INDEX", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}
_SCOPES = ("global", "install", ":env:")  # pip's own order: the later one wins


def settings_for_uv(listing: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Translate the output of `pip config list` into variables for uv.

    `listing` has lines such as `global.index-url='https://mirror.example/simple'`; what
    `environment` already sets for uv stays as it is.
    """
    found: dict[str, str] = {}
    for scope in _SCOPES:
        for line in listing.splitlines():
            key, _, value = line.partition("=")
            if not key.startswith(f"{scope}."):
                continue
            name = key.removeprefix(f"{scope}.").removeprefix("default-")
            if name in _SETTINGS:
                variable, joint = _SETTINGS[name]
                found[variable] = joint.join(literal_eval(value).split())
    if "UV_INDEX" in found:
        # pip looks at all indexes together; uv would stop at the first that knows the name.
        # The hashes make that safe.
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {name: value for name, value in found.items() if name not in environment}


def find_uv() -> Path:
    """Where uv is; installs the pinned one into `.uv/` if there is none.

    Raises `subprocess.CalledProcessError` if pip cannot install it.
    """
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    local = LOCAL / "bin" / "uv"
    if not local.exists():
        pinned = ROOT / "requirements" / "uv.txt"
        subprocess.run([sys.executable, "-m", "venv", LOCAL], check=True)
        subprocess.run(
            [LOCAL / "bin" / "pip", "install", "--quiet", "--require-hashes", "-r", pinned],
            check=True,
        )
    return local


def pip_listing() -> str:
    """What `pip config list` says, or nothing where this Python has no pip."""
    for python in (LOCAL / "bin" / "python", Path(sys.executable)):
        if python.exists():
            answer = subprocess.run(
                [python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
            )
            if answer.returncode == 0:
                return answer.stdout
    return ""


def main() -> None:
    """Become uv."""
    try:
        uv = find_uv()
    except subprocess.CalledProcessError as failure:
        sys.exit(
            f"uv could not be installed into {LOCAL.name}/ ({failure}). Install it yourself "
            "(https://docs.astral.sh/uv/getting-started/installation/) and run make again."
        )
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment |= settings_for_uv(pip_listing(), os.environ)
    os.execve(uv, [str(uv), *sys.argv[1:]], environment)  # noqa: S606


if __name__ == "__main__":
    main()
