"""A page as Chromium renders it: what it says, how it looks, and what it looks like inside."""

import html
import json
import re
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Scheme = Literal["light", "dark"]
Colour = tuple[float, float, float]

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--window-size=1200,2200",
)

# The page is left as it is, in frames: it allows no script, and a window has a least width.
_PROBE = """<!DOCTYPE html><meta charset="utf-8"><iframe id="frame" width="WIDTH" height="2200"
srcdoc="PAGE"></iframe><script>
const frame = document.getElementById("frame");
frame.addEventListener("load", () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const style = (element) => view.getComputedStyle(element);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement)
      if (style(at).backgroundColor !== "rgba(0, 0, 0, 0)") return style(at).backgroundColor;
    return "rgb(255, 255, 255)";
  };
  const found = (element, colour) =>
    ({what: `${element.tagName} ${element.textContent.trim().slice(0, 30)}`, colour,
      ground: ground(element)});
  const texts = [...page.body.querySelectorAll("*")].filter((element) =>
    element.getClientRects().length && [...element.childNodes].some((node) =>
      node.nodeType === 3 && node.textContent.trim()));
  const marks = [...page.querySelectorAll("svg path, svg rect")].filter((element) =>
    element.getClientRects().length && style(element).fill !== "none"
    && style(element).opacity === "1");
  const told = document.createElement("script");
  told.type = "application/json";
  told.id = "told";
  told.textContent = JSON.stringify({
    texts: texts.map((element) => found(element,
      element instanceof view.SVGElement ? style(element).fill : style(element).color)),
    marks: marks.map((element) => found(element, style(element).fill)),
    overflow: page.documentElement.scrollWidth - view.innerWidth,
    wide: [...page.body.querySelectorAll("*")].filter((element) =>
      element.getBoundingClientRect().right > view.innerWidth + 1).map((found) => found.tagName),
  });
  document.body.append(told);
});
</script>"""


@dataclass(frozen=True)
class Browser:
    """Chromium, with a profile of its own in *folder*."""

    program: str
    folder: Path

    def read(self, page: Path, scheme: Scheme) -> tuple[str, str]:
        """Return the document once it is loaded, and what the browser logged."""
        ran = self._run(scheme, "--dump-dom", page.as_uri())
        return ran.stdout, ran.stderr

    def photograph(self, page: Path, scheme: Scheme) -> bytes:
        """Return a picture, as PNG."""
        target = self.folder / "page.png"
        self._run(scheme, f"--screenshot={target}", page.as_uri())
        return target.read_bytes()

    def measure(self, page: Path, scheme: Scheme, width: int) -> dict[str, Any]:
        """Return colours of texts and marks, and what is wider than a window of *width*."""
        probe = self.folder / "probe.html"
        content = html.escape(page.read_text())
        probe.write_text(_PROBE.replace("WIDTH", str(width)).replace("PAGE", content))
        document, _ = self.read(probe, scheme)
        told = re.search(r'<script type="application/json" id="told">(.*?)</script>', document)
        assert told, "The page did not load in its frame."
        measured: dict[str, Any] = json.loads(told[1])
        return measured

    def _run(self, scheme: Scheme, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                self.program,
                *_OPTIONS,
                f"--user-data-dir={self.folder / 'profile'}",
                f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
                *options,
            ],
            capture_output=True,
            text=True,
            check=True,
        )


def corner(png: bytes) -> Colour:
    """Return the first pixel of a picture. No filter of the format changes that one."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + size]
        at += size + 12
    red, green, blue = zlib.decompress(data)[1:4]
    return (red, green, blue)


def parse(colour: str) -> Colour:
    """Return the numbers of a computed colour, which is opaque."""
    assert colour.startswith("rgb("), colour
    red, green, blue = map(float, re.findall(r"[\d.]+", colour))
    return (red, green, blue)


def luminance(colour: Colour) -> float:
    """Return the relative luminance that WCAG defines, from 0 for black to 1 for white."""
    red, green, blue = (
        part / 12.92 if (part := value / 255) <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for value in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return WCAG's contrast ratio, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
