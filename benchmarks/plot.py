"""The plot as SVG: CPU a row and share of the limit, in a reader's light or dark."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from benchmarks.figures import Figures, figures

_WIDTH, _LEFT, _BAR, _GAP, _TITLE = 860, 250, 18, 8, 44
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600 }
  rect { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    rect { fill: #6e7681 }
    .ours { fill: #58a6ff }
  }"""

Bar = tuple[str, float, str]


def draw(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return the SVG for what was measured."""
    found = figures(runs)
    panels = [
        (
            "CPU seconds for 100,000 rows, one stream, no latency (less is better)",
            _cpu(found["one stream"]),
        ),
        ("The same for a second sync that looks for deletions", _cpu(found["reconciled"])),
        *(
            (f"Share of the physical limit, {case} (more is better)", _shares(found, case))
            for case in ("five streams, 50 ms", "five streams, 200 ms")
        ),
    ]
    parts, top = [], 0
    for title, bars in panels:
        parts.append(_panel(title, bars, top))
        top += _TITLE + len(bars) * (_BAR + _GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + 10}" role="img" '
        f'aria-label="Benchmark">\n<style>{_STYLE}\n</style>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _cpu(entrants: Mapping[str, Figures]) -> list[Bar]:
    return [
        (label, each.cpu, f"{each.cpu:.1f}")
        for label, each in entrants.items()
        if each.cpu is not None
    ]


def _shares(found: Mapping[str, Mapping[str, Figures]], case: str) -> list[Bar]:
    both = {**found[case], **found.get(f"{case}, in turns", {})}
    return [
        (label, each.share, f"{each.share:.0%}")
        for label, each in both.items()
        if each.share is not None
    ]


def _panel(title: str, bars: Sequence[Bar], top: int) -> str:
    largest = max((value for _, value, _ in bars), default=0.0) or 1.0
    lines = [f'<text class="title" x="0" y="{top + 30}">{escape(title)}</text>']
    for number, (label, value, text) in enumerate(bars):
        y = top + _TITLE + number * (_BAR + _GAP)
        width = (_WIDTH - _LEFT - 70) * max(value, 0.0) / largest
        ours = ' class="ours"' if label.startswith("this connector") else ""
        lines += [
            f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
            f'<rect{ours} x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>',
            f'<text x="{_LEFT + width + 6:.1f}" y="{y + 14}">{text}</text>',
        ]
    return "\n".join(lines)
