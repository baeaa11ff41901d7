"""The entity relationship diagram as an SVG for light and dark pages, laid out by Graphviz."""

import re
import subprocess
from collections.abc import Mapping

from scripts.erd_columns import Column, primary_keys

#: A line has the colour of the table it leads to; tables that belong together share one.
HUES = {
    "customer": "a",
    "address": "b",
    "payment": "c",
    "orders": "d",
    "item": "d",
    "subscription": "e",
    "subscription_component": "e",
    "product": "f",
    "product_selection_rule": "f",
    "offer_profile": "g",
    "offer_profile_offer": "g",
}
PLAIN = "n"

# Graphviz knows no style sheet: it draws in marker colours, which the sheet then replaces.
_HEAD, _ON_HEAD, _CELL, _FAINT, _LINE = "#111111", "#eeeeee", "#fefefe", "#777777", "#999999"

_SHEET = """
svg { --page: #fff; --cell: #fff; --ink: #18211d; --faint: #5d6963; --hair: #cfd8d3; --on: #fff;
  --a: #1c62ad; --b: #0f7070; --c: #7a3fb0; --d: #a3510a; --e: #2c7237; --f: #b0243f; --g: #7d6200;
  --n: #56625c; font-family: ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1512; --cell: #16201c; --ink: #e8f0eb; --faint: #93a39b; --hair: #33433b;
    --on: #0d1512; --a: #74b4f5; --b: #54c6c0; --c: #c79bf5; --d: #f0a45a; --e: #7ecb86;
    --f: #ff8ba0; --g: #dcc04c; --n: #9aa8a1; }
}
.page { fill: var(--page); }
text { fill: var(--ink); }
.faint { fill: var(--faint); }
.on { fill: var(--on); }
.cell { fill: var(--cell); stroke: none; }
.frame { fill: none; stroke: var(--hair); }
.head { fill: var(--hue); stroke: none; }
.edge path { stroke: var(--hue); stroke-width: 1.4; }
.edge polygon, .edge polyline { fill: var(--hue); stroke: var(--hue); }
.edge:hover path { stroke-width: 3; }
.a { --hue: var(--a); } .b { --hue: var(--b); } .c { --hue: var(--c); } .d { --hue: var(--d); }
.e { --hue: var(--e); } .f { --hue: var(--f); } .g { --hue: var(--g); } .n { --hue: var(--n); }
"""


def drawing(found: Mapping[str, list[Column]], digest: str) -> str:
    """Return the SVG; *digest* says which diagram it was made from.

    Raises:
        FileNotFoundError: Graphviz is not installed.

    """
    laid_out = subprocess.run(
        ["dot", "-Tsvg"], input=dot(found), capture_output=True, text=True, check=True
    ).stdout
    _, _, body = laid_out.partition('<g id="graph0"')
    body = '<g id="graph0"' + re.sub(r"<!--.*?-->\n", "", body)
    for marker, name in {_HEAD: "head", _CELL: "cell", _ON_HEAD: "on", _FAINT: "faint"}.items():
        body = re.sub(rf'<(\w+) ([^>]*?)\s?fill="{marker}"', rf'<\1 class="{name}" \2', body)
    body = re.sub(rf'<polygon fill="none" stroke="{_LINE}"', '<polygon class="frame"', body)
    # A browser shows the title of what the pointer is on; Graphviz' own names compass points.
    body = re.sub(
        r'<g id="([^"]*→[^"]*)" (class="edge \w")>\n<title>[^<]*', r"<g \2>\n<title>\1", body
    )
    body = re.sub(r' (?:stroke="transparent"|font-family="[^"]*"|id="[^"]*")', "", body)
    size = re.search(r'viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', laid_out)
    assert size  # noqa: S101 every drawing of Graphviz has one
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[1]} {size[2]}" role="img">\n'
        f"<title>The tables of source-ordergroove and their keys</title>\n"
        f"<desc>{digest}</desc>\n<style>{_SHEET}</style>\n"
        f'<rect class="page" width="100%" height="100%"/>\n{body}'
    )


def dot(found: Mapping[str, list[Column]]) -> str:
    """Return the diagram in Graphviz' language: a reference leads left, to what it names."""
    keys = primary_keys(found)
    lines = [
        "digraph erd {",
        "graph [bgcolor=transparent, rankdir=RL, nodesep=0.3, ranksep=0.8, pad=0.3]",
        'node [shape=plain, fontname="DejaVu Sans", fontsize=13]',
        "edge [arrowhead=none, arrowtail=crow, dir=both, arrowsize=0.8]",
    ]
    for name, columns in found.items():
        rows = "".join(_row(column) for column in columns)
        lines.append(
            f'{name} [class="{HUES.get(name, PLAIN)}", label=<<table border="1" color="{_LINE}" '
            f'cellborder="0" cellspacing="0" cellpadding="5"><tr><td colspan="3" align="left" '
            f'bgcolor="{_HEAD}"><font color="{_ON_HEAD}"><b>{name}</b></font></td></tr>'
            f"{rows}</table>>]"
        )
    for name, columns in found.items():
        for column in columns:
            if column.reference:
                table, target = column.reference
                style = "solid" if [target] == keys[table] else "dashed"
                lines.append(
                    f'{name}:"{column.name}":w -> {table}:"{target}.":e '
                    f'[id="{name}.{column.name} → {table}.{target}", '
                    f'class="{HUES.get(table, PLAIN)}", style={style}]'
                )
    return "\n".join([*lines, "}"])


def _row(column: Column) -> str:
    cell = f'<td align="left" bgcolor="{_CELL}"'
    return (
        f'<tr>{cell} port="{column.name}">{column.name}</td>'
        f'{cell}><font color="{_FAINT}">{column.type}</font></td>'
        f'{cell} port="{column.name}."><font color="{_FAINT}">{" ".join(column.roles)}</font></td>'
        "</tr>"
    )
