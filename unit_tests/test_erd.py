"""The entity relationship diagrams show the manifest's keys and the schemas' references."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import yaml

from scripts.erd import DRAWING, PAGE, digest, page, tables

SOURCE = Path(__file__).parents[1] / "source_ordergroove"
SCHEMAS = {
    path.stem: json.loads(path.read_text())["properties"]
    for path in (SOURCE / "schemas").glob("*.json")
}
SVG = "{http://www.w3.org/2000/svg}"
REFERENCES = {
    f"{name}.{column.name} → {column.reference[0]}.{column.reference[1]}"
    for name, columns in tables().items()
    for column in columns
    if column.reference
}


def drawn(kind: str) -> dict[str, list[str]]:
    """Return the texts of each node or edge of the drawing, by its title."""
    groups = ET.parse(DRAWING).getroot().iter(f"{SVG}g")  # noqa: S314 our own file
    return {
        str(group.findtext(f"{SVG}title")): [str(text.text) for text in group.iter(f"{SVG}text")]
        for group in groups
        if group.get("class", "").split()[0] == kind
    }


def test_page_is_what_the_manifest_and_the_schemas_say() -> None:
    """Run `python -m scripts.erd` after a change."""
    assert PAGE.read_text() == page()


def test_drawing_is_of_the_same_diagram() -> None:
    """Run `python -m scripts.erd` after a change; that needs Graphviz, this test does not."""
    root = ET.parse(DRAWING).getroot()  # noqa: S314 our own file
    assert root.findtext(f"{SVG}desc") == digest()


def test_drawing_shows_every_table_with_its_keys() -> None:
    assert drawn("node") == {
        name: [
            name,
            *(
                text
                for column in columns
                for text in (column.name, column.type, " ".join(column.roles))
            ),
        ]
        for name, columns in tables().items()
    }


def test_drawing_has_a_line_for_every_reference() -> None:
    assert set(drawn("edge")) == REFERENCES


def test_the_diagram_has_the_manifests_tables_and_primary_keys() -> None:
    streams = yaml.safe_load((SOURCE / "manifest.yaml").read_text())["definitions"]["streams"]
    keys = {
        name: [column.name for column in found if column.primary]
        for name, found in tables().items()
    }
    assert keys == {
        name: stream["primary_key"] for name, stream in streams.items() if name != "webhook_event"
    }
    assert len(keys) == 21


def test_a_reference_leads_to_a_column_of_a_key_and_of_the_same_type() -> None:
    keys = {(name, c.name): c.type for name, found in tables().items() for c in found if c.primary}
    references = [
        (column.type, column.reference)
        for found in tables().values()
        for column in found
        if column.reference
    ]
    assert [(kind, to) for kind, to in references if keys.get(to) != kind] == []
    assert len(references) == 37


def test_no_description_refers_to_a_table_in_words_the_diagram_does_not_understand() -> None:
    """All columns whose description names another table's key are drawn."""
    said = {
        (name, column)
        for name, properties in SCHEMAS.items()
        for column, declared in properties.items()
        if "references" in declared["description"].lower()
    }
    assert said == {
        (name, column.name)
        for name, found in tables().items()
        for column in found
        if column.reference
    }
