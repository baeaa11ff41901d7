"""The files around the code agree with each other and hold nothing that must stay out."""

import re
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from airbyte_cdk.models.connector_metadata import ConnectorLanguage, MetadataFile
from airbyte_cdk.test.models.scenario import SCENARIO_SECTIONS, entry_key_problems

from scripts.uv import settings_for_uv

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
SHIPPED = ("runtime", "receiver", "emulator", "build")

# Put together from pieces, so that this file does not hold what it looks for.
REGISTRIES = ("pypi" + ".org", "files.python" + "hosted", "registry." + "npmjs", "deb." + "debian")
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock"}


def read(name: str) -> str:
    """Return the text of a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


@cache
def tracked() -> list[Path]:
    """Return what git would publish; empty in an unpacked archive, which has no history."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def pins(path: Path) -> dict[str, set[str]]:
    """Return the versions a requirements file pins, by package."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_one_version_everywhere() -> None:
    version = pyproject()["project"]["version"]
    dockerfile = read("Dockerfile")
    newest = re.search(r"^## \[([^\]]+)\]", read("CHANGELOG.md"), re.MULTILINE)

    assert newest is not None
    assert newest[1] == version
    assert MetadataFile.from_file(ROOT / "metadata.yaml").data.dockerImageTag == version
    assert re.findall(r'version="([^"]+)"', dockerfile) == [version, version]


def test_registry_entry_names_this_connector() -> None:
    metadata = MetadataFile.from_file(ROOT / "metadata.yaml").data

    assert metadata.language is ConnectorLanguage.PYTHON
    assert metadata.dockerRepository == "airbyte/source-ordergroove"
    assert f'io.airbyte.name="{metadata.dockerRepository}"' in read("Dockerfile")
    assert yaml.safe_load(read("metadata.yaml"))["data"]["license"] == "MIT"
    assert pyproject()["project"]["license"] == "MIT"


def test_image_is_built_on_the_base_the_registry_entry_names() -> None:
    options = MetadataFile.from_file(ROOT / "metadata.yaml").data.connectorBuildOptions

    assert options is not None
    assert f"ARG BASE_IMAGE={options.baseImage}\n" in read("Dockerfile")


def test_a_plain_docker_build_gives_the_connector() -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)$", read("Dockerfile"), re.MULTILINE)

    assert stages[-1] == "connector"
    assert {"webhook-receiver", "emulator"} < set(stages)
    assert not read("Dockerfile").startswith("# syntax=")


def test_icon_is_a_square_drawing_of_its_own() -> None:
    icon = ET.fromstring(read("icon.svg"))  # noqa: S314

    assert icon.tag == "{http://www.w3.org/2000/svg}svg"
    assert icon.get("width") == icon.get("height") == "250"


def test_acceptance_config_asks_for_nothing_the_suite_ignores() -> None:
    config = yaml.safe_load(read("acceptance-test-config.yml"))
    sections = config["acceptance_tests"]

    assert list(sections) == list(SCENARIO_SECTIONS)
    for section, body in sections.items():
        for entry in body["tests"]:
            assert entry_key_problems(entry, [section]) == []
            assert (ROOT / entry["config_path"]).is_file()


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_by_hash_and_names_no_host(path: Path) -> None:
    text = path.read_text()
    blocks = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).rstrip())

    assert "://" not in text
    for block in blocks:
        assert re.match(r"[\w.-]+==\S+.*\\\n", block), block
        assert "--hash=sha256:" in block, block


@pytest.mark.parametrize("name", SHIPPED)
def test_tests_run_on_the_versions_the_images_hold(name: str) -> None:
    tested = pins(ROOT / "requirements" / "dev.txt")
    shipped = pins(ROOT / "requirements" / f"{name}.txt")

    assert shipped
    assert {package: tested.get(package) for package in shipped} == shipped


def test_uv_looks_for_packages_where_pip_would() -> None:
    """pip's own precedence: variables over the install section over the global one."""
    listing = """
:env:.find-links='/wheels /more-wheels'
global.index-url='https://global.example/simple'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.default-timeout='180'
install.index-url='https://install.example/simple'
list.format='columns'
"""

    assert settings_for_uv(listing, {}) == {
        "UV_DEFAULT_INDEX": "https://install.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/wheels,/more-wheels",
        "UV_HTTP_TIMEOUT": "180",
    }


def test_what_is_set_for_uv_itself_stays() -> None:
    listing = "global.index-url='https://global.example/simple'\nglobal.cert='/ca.pem'"

    assert settings_for_uv(listing, {"UV_DEFAULT_INDEX": "https://own.example/simple"}) == {
        "SSL_CERT_FILE": "/ca.pem"
    }


def test_make_help_lists_every_command() -> None:
    makefile = read("Makefile")
    declared = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE)
    shown = subprocess.run(
        ["make", "-s", "-C", ROOT, "help"], capture_output=True, text=True, check=True
    ).stdout

    assert declared is not None
    assert sorted(declared[1].split()) == sorted(targets)
    assert re.findall(r"^make ([a-z-]+) +\S", shown, re.MULTILINE) == targets


def test_nothing_tracked_names_a_package_registry() -> None:
    guilty = [
        path.relative_to(ROOT)
        for path in tracked()
        if any(registry in path.read_text(encoding="utf-8") for registry in REGISTRIES)
    ]

    assert guilty == []
    assert [path for path in tracked() if path.name in LOCK_FILES] == []


def test_python_files_stay_short_enough_to_read_in_one_go() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix == ".py" and (lines := len(path.read_text().splitlines())) > 300
    }

    assert long == {}
