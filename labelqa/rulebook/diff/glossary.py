"""How far a changed term of the glossary acts: through the texts that use it, and through terms defined by it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labelqa.rulebook.model import Rulebook, Term, Text

_HEAD = 2  # characters by which a word is looked up


@dataclass(frozen=True, slots=True)
class Words:
    """Words that can be found in texts, whichever their number, in one pass over each text."""

    all: frozenset[str]
    lengths: dict[str, tuple[int, ...]]  # how a word begins -> how long such words are

    def within(self, *texts: Text) -> Iterator[str]:
        """Each occurrence of a word."""
        for text in texts:
            whole = f"{text.zh}\n{text.en}".casefold()
            for at in range(len(whole)):
                for size in (1, _HEAD):
                    for length in self.lengths.get(whole[at : at + size], ()) if at + size <= len(whole) else ():
                        if whole[at : at + length] in self.all:
                            yield whole[at : at + length]

    def used(self, texts: Iterable[Text]) -> bool:
        """Whether any of the texts has one of the words."""
        return next(self.within(*texts), None) is not None


def words_of(found: Iterable[str]) -> Words:
    """Some words, made ready to be looked for."""
    words = frozenset(found)
    lengths: dict[str, set[int]] = {}
    for word in words:
        lengths.setdefault(word[:_HEAD], set()).add(len(word))
    return Words(words, {head: tuple(sorted(sizes)) for head, sizes in lengths.items()})


def affected(changed: Iterable[str], old: Rulebook, new: Rulebook) -> Words:
    """The words of the changed terms, and of all terms whose definition rests on one of them, however far away.

    ``changed`` are the terms by the name that the diff gives them; "" stands for all of them.
    """
    terms = [*old.terms, *new.terms]
    names = frozenset(changed)
    known = words_of(word for term in terms for word in _names(term))
    users: dict[str, list[Term]] = {}
    for term in terms:
        for word in set(known.within(term.definition)):
            users.setdefault(word, []).append(term)
    alike: dict[str, set[str]] = {}  # a word -> all words of the terms that it stands for
    for term in terms:
        for word in _names(term):
            alike.setdefault(word, set()).update(_names(term))
    begin = (term for term in terms if "" in names or not names.isdisjoint((term.term.en, term.term.zh)))
    waiting = deque(word for term in begin for word in _names(term))
    reached: set[str] = set()
    while waiting:
        word = waiting.popleft()
        if word not in reached:
            reached.add(word)
            waiting.extend(alike[word])
            waiting.extend(name for term in users.pop(word, ()) for name in _names(term))
    return words_of(reached)


def _names(term: Term) -> tuple[str, ...]:
    return tuple(word for word in (term.term.en.strip().casefold(), term.term.zh.strip().casefold()) if word)
