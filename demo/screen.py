"""What the person at the terminal sees."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.rule import Rule
from rich.spinner import Spinner
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from demo.tables import SOURCES

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from demo.board import Board
    from demo.questions import Question
    from demo.tables import Answer

REFRESHES_PER_SECOND = 8


class Screen:
    """Prints to stdout; where that is no terminal, only what stays is printed."""

    def __init__(self) -> None:
        # Now, not at each print: stdout is about to be redirected for everybody else.
        self._console = Console(file=sys.stdout, highlight=False)
        self.doing = "starting"
        """What is being done, for the message if it fails."""

    def title(self, words: str, explanation: str) -> None:
        """Open a part of the demonstration."""
        self.doing = words.lower()
        self._console.print()
        self._console.print(Rule(Text(words, style="bold"), align="left", style="dim"))
        if explanation:
            self.note(explanation)
        self._console.print()

    @contextmanager
    def step(self, doing: str) -> Iterator[Step]:
        """Show that something is under way, then what came of it."""
        self.doing = doing
        step = Step()
        with self._shown(Spinner("dots", doing, style="cyan"), transient=True):
            yield step
        self.done(step.result or doing)

    def done(self, result: str) -> None:
        """Print one thing that is right."""
        self._console.print(Text.assemble(("✓ ", "green"), result))

    def say(self, sentence: str) -> None:
        """Print one thing that happened."""
        self._console.print(Padding(Text(sentence), (0, 0, 0, 2)))

    def note(self, sentence: str) -> None:
        """Print how something is to be read."""
        self._console.print(Text(sentence, style="dim"))

    @contextmanager
    def live(self, board: Board, doing: str) -> Iterator[None]:
        """Show a sync's board while it fills."""
        self.doing = doing
        with self._shown(board):
            yield
        self._console.print()
        self.note("A stream without requests is read inside the rows of the one above it.")
        self._console.print()

    def _shown(self, view: Spinner | Board, *, transient: bool = False) -> Live:
        return Live(
            view,
            console=self._console,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=transient,
            # Or what others print would appear above the view instead of in the log.
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def answer(self, question: Question, answer: Answer) -> None:
        """Print a question, its query and the result."""
        self._console.print(Text(question.words, style="bold"))
        code = Syntax(question.sql, "sql", theme="ansi_dark", background_color="default")
        self._console.print(Padding(code, (0, 0, 1, 2)))
        table = _table(answer.columns, answer.rows[0] if answer.rows else answer.columns)
        for row in answer.rows:
            table.add_row(*map(_cell, row))
        self._console.print(Padding(table, (0, 0, 1, 2)))

    def deletions(self, deleted: Mapping[str, Counter[str]]) -> None:
        """Print how many rows were found deleted, by who noticed."""
        table = _table(("_og_deletion_source", "rows", "how it is noticed, and where"), ("", 0, ""))
        for source, counts in deleted.items():
            tables = ", ".join(f"{stream} {count}" for stream, count in counts.most_common())
            how = Text.assemble(SOURCES.get(source, ""), "\n", (tables, "dim"))
            table.add_row(Text(source), Text(str(counts.total()), style="yellow"), how)
        self._console.print(table)
        self._console.print()

    def files(self, files: Mapping[Path, str]) -> None:
        """Print what there is to look at."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for path, words in files.items():
            table.add_row(Text(str(path), style="bold", overflow="fold"), words)
        self._console.print(table)
        self._console.print()

    def failed(self, reason: str, log: Path) -> None:
        """Print what went wrong where, and where to read more."""
        self._console.print(Text.assemble(("✗ ", "bold red"), f"The demo failed ({self.doing})."))
        self._console.print(Padding(Text(reason), (0, 0, 0, 2)))
        where = Text(f"Log: {log}", style="dim", overflow="fold")
        self._console.print(Padding(where, (0, 0, 0, 2)))


class Step:
    """Something under way; `result` is what to say when it is done."""

    result = ""


def _table(columns: Sequence[str], sample: Sequence[Any]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
    for column, value in zip(columns, sample, strict=True):
        table.add_column(column, justify="right" if isinstance(value, (int, Decimal)) else "left")
    return table


def _cell(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
