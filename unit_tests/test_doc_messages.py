"""The page for users explains the sentences that the code says, in their own words."""

import ast
import re
from collections.abc import Iterator

from unit_tests.documents import REPOSITORY, table

CODE = REPOSITORY / "source_ordergroove"
PAGE = REPOSITORY / "docs" / "ordergroove.md"

NOT_LISTED = {
    # An addition to the sentence of an unreadable page, which is listed.
    "... A proxy, or the wrong API URL, may have answered.",
    # Only if an error came without a sentence; none does.
    "Ordergroove refused the request; the log says more.",
}


def sentence(node: ast.AST) -> str | None:
    """Return a string of the code, with three dots for each value, or None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = re.sub(r"%[sd]", "...", node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "..." for part in node.values]
        text = "".join(str(part) for part in parts)
    else:
        return None
    return text.replace("`", "")


def strings(node: ast.AST) -> Iterator[str]:
    """Return the strings below *node*, none from within another."""
    text = sentence(node)
    if text is not None:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from strings(child)


def raised() -> set[str]:
    """Return the messages of errors.py."""
    tree = ast.parse((CODE / "errors.py").read_text())
    keywords = [node for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    return {text for node in keywords if node.arg == "message" for text in strings(node.value)}


def judged() -> set[str]:
    """Return what the test of a connection answers."""
    tree = ast.parse((CODE / "diagnosis" / "verdict.py").read_text())
    answers = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value]
    return {text for node in answers for text in strings(node) if " " in text}


def warned() -> set[str]:
    """Return the warnings of a sync."""
    return {
        text
        for path in (CODE / "pipeline").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("LOG.warning")
        for text in strings(node.args[0])
    }


def listed(heading: str) -> list[str]:
    """Return the messages of a table, each as the beginning that it shares with the code."""
    return [row[0].removesuffix("...").rstrip() for row in table(PAGE, heading)]


def unexplained(said: set[str], rows: list[str]) -> dict[str, list[str]]:
    """Return the sentences that not exactly one row explains, with the rows that do."""
    found = {text: [row for row in rows if text.startswith(row)] for text in said - NOT_LISTED}
    return {text: matches for text, matches in found.items() if len(matches) != 1}


def unsaid(said: set[str], rows: list[str]) -> list[str]:
    """Return the rows that explain no sentence of the code."""
    return [row for row in rows if not any(text.startswith(row) for text in said)]


def test_every_answer_of_the_connections_test_is_explained_in_its_own_words() -> None:
    rows = listed("In the test of a connection:")
    assert unexplained(judged(), rows) == {}
    assert unsaid(judged(), rows) == []


def test_every_error_and_warning_of_a_sync_is_explained_in_its_own_words() -> None:
    rows = listed("In a sync:")
    assert unexplained(raised() | warned(), rows) == {}
    assert unsaid(raised() | warned(), rows) == []


def test_the_sentences_are_found_in_the_code() -> None:
    """One for each function of errors.py; otherwise the tests above would compare nothing."""
    tree = ast.parse((CODE / "errors.py").read_text())
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(raised()) == len(functions)
    assert set(NOT_LISTED) < judged()
