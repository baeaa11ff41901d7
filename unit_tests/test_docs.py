"""The documents say what the code does."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.stream_docs import PAGE, page
from unit_tests.documents import DOCUMENTS, REPOSITORY, table
from webhook_receiver.settings import Settings

MANIFEST: dict[str, Any] = yaml.safe_load(
    (REPOSITORY / "source_ordergroove" / "manifest.yaml").read_text()
)
SETTINGS = MANIFEST["spec"]["connection_specification"]["properties"]
SHOWN = {name for name, field in SETTINGS.items() if not field.get("airbyte_hidden")}


def test_stream_page_is_what_the_manifest_and_the_schemas_say() -> None:
    """Run `python -m scripts.stream_docs` after a change."""
    assert PAGE.read_text() == page()


def test_readme_lists_every_stream_with_its_key() -> None:
    rows = {
        row[0].strip("`"): row[1].strip("`")
        for row in table(REPOSITORY / "README.md", "## Streams")
    }
    streams = MANIFEST["definitions"]["streams"]
    assert rows == {name: ", ".join(stream["primary_key"]) for name, stream in streams.items()}


@pytest.mark.parametrize(
    ("document", "heading"), [("README.md", "## Settings"), ("docs/ordergroove.md", "### Settings")]
)
def test_documents_list_every_setting(document: str, heading: str) -> None:
    assert {row[0].strip("`") for row in table(REPOSITORY / document, heading)} == SHOWN


def test_readme_names_the_defaults() -> None:
    said = {
        row[0].strip("`"): row[1].strip("`")
        for row in table(REPOSITORY / "README.md", "## Settings")
    }
    declared = {
        name: str(SETTINGS[name]["default"]) for name in SHOWN if "default" in SETTINGS[name]
    }
    assert {name: said[name].capitalize() for name in declared} == {
        name: value.capitalize() for name, value in declared.items()
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", document.read_text())
    assert [link for link in targets if not (document.parent / link).exists()] == []


def test_deletion_sources_are_those_of_the_code() -> None:
    code = "".join(
        path.read_text() for path in (REPOSITORY / "source_ordergroove" / "pipeline").glob("*.py")
    )
    sources = {"reconciliation", "open_orders", "webhook", "parent"}
    assert {source for source in sources if f'"{source}"' in code} == sources
    for document in ("README.md", "docs/ordergroove.md"):
        text = (REPOSITORY / document).read_text()
        assert {source for source in sources if f"`{source}`" in text} == sources


def test_receivers_page_lists_every_variable_with_its_default() -> None:
    rows = table(REPOSITORY / "webhook_receiver" / "README.md", "## Run it")
    said = {
        name.strip(" `"): default.strip(" `")
        for names, defaults, _ in rows
        for name, default in zip(names.split(","), defaults.split(","), strict=False)
    }
    declared = {
        setting.name.upper(): str(setting.metadata["default"]) or "required"
        for setting in fields(Settings)
    }
    assert said == declared
