"""The instruction that annotators read in a Label Studio project: objective, rules with their steps, worked examples.

Only examples for the handbook are printed, those of exams and gold never. There are no links and no scripts, every
text is escaped, and what would be too long to read beside an item is left to the handbook, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from labelqa.adapters.files.whole import storable
from labelqa.i18n import N_, Lang, Speaker
from labelqa.rulebook.model import Example, ExampleUse, Rule, Rulebook, Step, Text

LIMIT: Final = 40_000  # characters
_CLIPPED: Final = 400


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much is told: examples a rule, steps or not, how many rules, and how long a text may be."""

    examples: int
    steps: bool = True
    rules: int = 1_000_000
    clip: int = 1_000_000


_DEPTHS: Final = (_Depth(1_000), _Depth(1), _Depth(0), _Depth(0, steps=False), _Depth(0, False, 40, _CLIPPED))


def instruction(book: Rulebook, lang: Lang, *, digest: str = "", limit: int = LIMIT) -> str:
    """The instruction as HTML of at most ``limit`` characters (5,000 at the least); ``digest`` is the release's."""
    if limit < 5_000:
        raise ValueError(f"an instruction needs 5000 characters, not {limit}")
    for depth in _DEPTHS:
        page = _Page(book, lang, digest, depth)
        told = "\n".join(page.parts())
        if len(told) <= limit:
            return told
    return "\n".join(_Page(book, lang, digest, _Depth(0, False, 0, 150)).parts())[:limit].rpartition("\n")[0]


class _Page:
    """One instruction at one depth."""

    def __init__(self, book: Rulebook, lang: Lang, digest: str, depth: _Depth) -> None:
        self.book, self.lang, self.digest, self.depth = book, lang, digest, depth
        self.say = Speaker(lang)
        self.titles = {label.value: self.text(label.title) or self.safe(label.value) for label in reversed(book.labels)}

    def text(self, text: Text) -> str:
        """A sentence in the page's language, else in the other, escaped."""
        told = (text.zh, text.en) if self.lang == "zh" else (text.en, text.zh)
        return self.safe(next((each for each in told if each.strip()), ""))

    def safe(self, text: str) -> str:
        """Text that is nothing but text, on one line."""
        line = " ".join(storable(text).split())
        return escape(line if len(line) <= self.depth.clip else line[: self.depth.clip - 1] + "…")

    def parts(self) -> Iterator[str]:
        """The whole page, part by part."""
        book, say = self.book, self.say
        short = self.safe(f"{book.name}@{book.version}") + (
            f" · sha256 {self.safe(self.digest)}" if self.digest else ""
        )
        yield f"<h3>{self.text(book.title)}</h3><p><code>{short}</code></p>"
        yield from self._section(say(N_("Objective")), book.objective)
        yield from self._section(say(N_("How to label")), book.method.execution)
        skip, rules = say(N_("Skip what cannot be labelled, and tell the supervisor why.")), say(N_("Rules in short"))
        yield f"<p>{self.safe(skip)}</p><h4>{self.safe(rules)}</h4>"
        for rule in book.rules[: self.depth.rules]:
            yield from self._rule(rule)
        yield from self._left_out()
        yield from self._section(say(N_("In an emergency")), book.emergency)

    def _section(self, title: str, text: Text) -> Iterator[str]:
        if text:
            yield f"<h4>{self.safe(title)}</h4><p>{self.text(text)}</p>"

    def _rule(self, rule: Rule) -> Iterator[str]:
        colon = "：" if self.lang == "zh" else ": "
        labels = self.safe(self._between).join(self._label(value) for value in rule.labels)
        yield f"<p><strong>{self.safe(rule.id)}</strong>{colon}{self.text(rule.statement)} → {labels}</p>"
        if self.depth.steps and rule.steps:
            yield f"<ol>{''.join(map(self._step, rule.steps))}</ol>"
        examples = self._examples(rule)[: self.depth.examples]
        if examples:
            yield f"<ul>{''.join(map(self._example, examples))}</ul>"

    def _step(self, step: Step) -> str:
        yes, no = (self.safe(self.say(word)) for word in (N_("yes"), N_("no")))
        between = "；" if self.lang == "zh" else "; "
        return (
            f"<li><code>{self.safe(step.id)}</code> {self.text(step.question)} "
            f"{yes} → {self._label(step.yes)}{between}{no} → {self._label(step.no)}</li>"
        )

    def _example(self, example: Example) -> str:
        left, right = ("（", "）") if self.lang == "zh" else (" (", ")")
        reason = self.text(example.reason)
        return f"<li>{self.text(example.content)} → {self._label(example.expected)}{left + reason + right if reason else ''}</li>"

    def _examples(self, rule: Rule) -> Sequence[Example]:
        return [each for each in rule.examples if each.use is ExampleUse.HANDBOOK]

    def _label(self, value: str) -> str:
        """A label's title, or the step of that id."""
        title = self.titles.get(value)
        return f"<strong>{title}</strong>" if title else f"<code>{self.safe(value)}</code>"

    def _left_out(self) -> Iterator[str]:
        book, depth = self.book, self.depth
        told = sum(len(self._examples(rule)[: depth.examples]) for rule in book.rules[: depth.rules])
        examples = sum(len(self._examples(rule)) for rule in book.rules) - told
        rules = max(0, len(book.rules) - depth.rules)
        if examples or rules or not depth.steps:
            left = self.say(N_("Shortened: the handbook has everything ({rules} more rules, {examples} more examples)."),
                            rules=rules, examples=examples)  # fmt: skip
            yield f"<p><em>{self.safe(left)}</em></p>"

    @property
    def _between(self) -> str:
        return "、" if self.lang == "zh" else ", "
