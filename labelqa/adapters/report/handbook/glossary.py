"""Words of the glossary where they stand in a sentence: 「雨」 becomes a link to what is meant by it.

English has no corner brackets: its words stand without them, in italics (the page's style). What stands in corner
brackets and is no word of the glossary is left as it is in Chinese, and in quotation marks in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

from labelqa.adapters.report.handbook.words import without_brackets, written
from labelqa.i18n import Speaker
from labelqa.rulebook.model import Term, Text

_BRACKETS: Final = re.compile("「([^「」]+)」")


class Glossary:
    """The words of a rulebook in one language, found by either language's spelling."""

    def __init__(self, terms: Iterable[Term], say: Speaker) -> None:
        self.terms = tuple(terms)
        self._say = say
        self._places: dict[str, int] = {}
        for place, each in enumerate(self.terms):
            for word in (each.term.zh, each.term.en):
                if word.strip():
                    self._places.setdefault(_folded(word), place)

    def linked(self, text: Text) -> Markup:
        """A sentence, escaped, with its words of the glossary as links."""
        return self.linked_words(written(text, self._say))

    def linked_words(self, words: str) -> Markup:
        """The same for words that are in the reader's language already.

        >>> known = Glossary([Term(term=Text("雨", "rain"), definition=Text("水", "Water"))], Speaker("en"))
        >>> known.linked_words("a <b> 「rain」")
        Markup('a &lt;b&gt; <a class="term" href="#term-1" title="Water">rain</a>')
        """
        parts: list[str] = []
        done = 0
        for found in _BRACKETS.finditer(words):
            parts.append(str(escape(words[done : found.start()])))
            parts.append(self._link(found.group(0), found.group(1)))
            done = found.end()
        return Markup("".join([*parts, str(escape(words[done:]))]))  # noqa: S704

    def entries(self) -> tuple[tuple[str, str, str], ...]:
        """All words: anchor, word, definition."""
        return tuple(
            (f"term-{place}", written(each.term, self._say), written(each.definition, self._say))
            for place, each in enumerate(self.terms, 1)
        )

    def _link(self, shown: str, word: str) -> str:
        place = self._places.get(_folded(word))
        if place is None:
            return str(escape(shown if self._say.lang == "zh" else f"“{word}”"))
        meant = without_brackets(written(self.terms[place].definition, self._say), self._say)
        named = shown if self._say.lang == "zh" else word
        return f'<a class="term" href="#term-{place + 1}" title="{escape(meant)}">{escape(named)}</a>'


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
