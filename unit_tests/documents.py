"""The repository's documents, taken apart."""

import re
from itertools import dropwhile, takewhile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = [
    *REPOSITORY.glob("*.md"),
    *REPOSITORY.glob("docs/*.md"),
    REPOSITORY / "webhook_receiver" / "README.md",
    REPOSITORY / "emulator" / "README.md",
    REPOSITORY / "deploy" / "kubernetes" / "README.md",
    REPOSITORY / "dbt_ordergroove" / "README.md",
]


def table(document: Path, heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading, without its head."""
    section = document.read_text().split(f"{heading}\n", 1)[1].split("\n#")[0].splitlines()
    lines = takewhile(is_row, dropwhile(lambda line: not is_row(line), section))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][2:]


def is_row(line: str) -> bool:
    """Tell whether a line belongs to a table."""
    return line.startswith("|")


_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def code(document: Path) -> list[str]:
    """Return the lines of a document's code, in blocks and within sentences."""
    text = document.read_text()
    spans = re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text))
    return [line.strip() for part in (*_BLOCK.findall(text), *spans) for line in part.splitlines()]
