"""Words of the glossary where they stand in a sentence: 「雨」 becomes a link to what is meant by it.

What stands in corner brackets and is no word of the glossary is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

from labelqa.adapters.report.handbook.words import written
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
        Markup('a &lt;b&gt; <a class="term" href="#term-1" title="Water">「rain」</a>')
        """
        parts: list[str] = []
        done = 0
        for found in _BRACKETS.finditer(words):
            parts.append(str(escape(words[done : found.start()])))
            parts.append(self._link(found.group(0), found.group(1)))
            done = found.end()
        return Markup("".join([*parts, str(escape(words[done:]))]))  # noqa: S704

    def used(self, texts: Iterable[Text]) -> tuple[tuple[str, str, str], ...]:
        """The words met in some sentences, in the glossary's order: anchor, word, definition."""
        met = {
            self._places[_folded(word)]
            for text in texts
            for word in _BRACKETS.findall(written(text, self._say))
            if _folded(word) in self._places
        }
        return tuple(entry for place, entry in enumerate(self.entries()) if place in met)

    def entries(self) -> tuple[tuple[str, str, str], ...]:
        """All words: anchor, word, definition."""
        return tuple(
            (f"term-{place}", written(each.term, self._say), written(each.definition, self._say))
            for place, each in enumerate(self.terms, 1)
        )

    def _link(self, shown: str, word: str) -> str:
        place = self._places.get(_folded(word))
        if place is None:
            return str(escape(shown))
        meant = written(self.terms[place].definition, self._say)
        return f'<a class="term" href="#term-{place + 1}" title="{escape(meant)}">{escape(shown)}</a>'


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
