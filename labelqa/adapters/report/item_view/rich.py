"""HTML that an item holds, made harmless: its paragraphs, lists and tables stay, everything else becomes text.

No attribute survives, so no script, style or address does.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from markupsafe import Markup

from labelqa.adapters.report.item_view.safe import joined, words

_TEXT: Final = (
    "p",
    "br",
    "hr",
    "div",
    "span",
    "b",
    "i",
    "u",
    "s",
    "em",
    "strong",
    "sub",
    "sup",
    "pre",
    "code",
    "blockquote",
)
_LISTS: Final = ("ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6")
KEPT: Final = frozenset((*_TEXT, *_LISTS))
ALONE: Final = frozenset({"br", "hr"})
SILENT: Final = frozenset({"script", "style"})  # what a browser does not show either
DEEPEST: Final = 60


class _Kept(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Markup] = []
        self.open: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - none is kept
        if tag in SILENT:
            self.silent += 1
        elif not self.silent and tag in KEPT and len(self.open) < DEEPEST:
            self.pieces.append(Markup(f"<{tag}>"))  # noqa: S704 - one of the names above
            if tag not in ALONE:
                self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif not self.silent and tag in self.open:
            while True:
                last = self.open.pop()
                self.pieces.append(Markup(f"</{last}>"))  # noqa: S704
                if last == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(words(data))


def rich(text: str) -> Markup:
    """A text with the harmless part of its HTML.

    >>> str(rich('<p onclick="x()">a<script>b</script><b>c</p>'))
    '<p>a<b>c</b></p>'
    """
    reader = _Kept()
    reader.feed(text)
    reader.close()
    ends = [Markup(f"</{each}>") for each in reversed(reader.open)]  # noqa: S704
    return joined([*reader.pieces, *ends])
