"""The commands and names that the documents mention exist."""

import importlib.util
import re
from pathlib import Path

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint

from source_ordergroove.diagnosis import doctor
from unit_tests.documents import DOCUMENTS, REPOSITORY, code
from webhook_receiver.__main__ import _parser as receiver

SOURCE = REPOSITORY / "source_ordergroove"
IDS = [str(path.relative_to(REPOSITORY)) for path in DOCUMENTS]
EVERYWHERE = [(path, line) for path in DOCUMENTS for line in code(path)]


def arguments(program: str) -> list[list[str]]:
    """Return the words after a program's name, wherever a document shows how to run it."""
    found = [
        re.search(rf"(?:^|[\s/]){program}(?::\w+)?((?: [^#|]+)?)", line) for _, line in EVERYWHERE
    ]
    return [match[1].split() for match in found if match and match[1].strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_make_knows_the_commands(document: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))
    named = {
        name for line in code(document) for name in re.findall(r"(?:^|\s)make ([a-z-]+)", line)
    }
    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_python_finds_the_programs(document: Path) -> None:
    programs = {name for line in code(document) for name in re.findall(r"python -m ([\w.]+)", line)}
    assert {name for name in programs if importlib.util.find_spec(name) is None} == set()
    assert {
        name
        for name in programs
        if (spec := importlib.util.find_spec(name))
        and spec.submodule_search_locations
        and importlib.util.find_spec(f"{name}.__main__") is None
    } == set()


def test_the_connector_takes_the_arguments_that_are_shown() -> None:
    shown = arguments("source-ordergroove")
    assert {words[0] for words in shown} == {"check", "read", "doctor"}
    for words in shown:
        if words[0] != "doctor":
            AirbyteEntrypoint.parse_args(words)
        elif words[1:]:
            doctor.parse(words[1:])


def test_the_receiver_takes_the_arguments_that_are_shown() -> None:
    shown = arguments("python -m webhook_receiver")
    assert {words[0] for words in shown} == {"events", "prune"}
    for words in shown:
        receiver().parse_args(words)


def test_options_of_doctor_that_a_sentence_names_exist() -> None:
    text = (REPOSITORY / "docs" / "ordergroove.md").read_text()
    [line] = [line for line in text.splitlines() if line.startswith("`source-ordergroove doctor")]
    options = re.findall(r"`(--\w+)`", line)
    assert options == ["--state", "--json"]
    doctor.parse(["--config", "c", options[0], "s", options[1]])


@pytest.mark.parametrize("name", ["README.md", "BEHAVIOR.md", "docs/ordergroove.md"])
def test_names_in_code_type_are_names_of_the_connector(name: str) -> None:
    """Settings, streams, columns, values of theirs: each stands somewhere in its code."""
    files = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.json"), SOURCE / "manifest.yaml"]
    known = {word for path in files for word in re.findall(r"\w+", path.read_text())}
    named = set(re.findall(r"`(_?[a-z]+(?:_[a-z]+)+)`", (REPOSITORY / name).read_text()))
    assert named - known == set()
