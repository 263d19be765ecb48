"""The labeling rules as a document for filing (语料标注规则): every section of GB/T 45674—2025, chapter 6, in its order.

What it says is put together here once, as plain headings, sentences, lists and tables; PDF and Word files are made of
the same parts, so that they cannot differ. Sections that do not apply to this kind of labeling say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from labelqa.adapters.report.handbook import filing_rules, words
from labelqa.adapters.report.handbook.parts import Heading, Items, Line, Part, Table
from labelqa.adapters.report.handbook.view import covered
from labelqa.adapters.report.handbook.writing import moment, quartered, target
from labelqa.adapters.report.text import kind_name, name_of
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.batch import Kind
from labelqa.rulebook.model import Case, Guidance, Text
from labelqa.workflows.handbook import Issued, Status

Parts: TypeAlias = Iterator[Part]
_STANDARD = "GB/T 45674—2025 6 {letter})"


@dataclass(frozen=True, slots=True)
class Form:
    """The whole document: what stands on top, and its parts in order."""

    lang: Lang
    title: str
    subtitle: str
    standing: str
    draft: bool
    head: str  # stands on every page
    facts: tuple[tuple[str, str], ...]
    signatures: Table
    parts: tuple[Part, ...]


def form_of(issued: Issued, lang: Lang) -> Form:
    """The document in one language."""
    say, book = Speaker(lang), issued.book
    return Form(
        lang=lang,
        title=say(N_("Labeling rules for the corpus")),
        subtitle=words.told(book.title, say),
        standing=words.standing(issued, say),
        draft=issued.status is Status.DRAFT,
        head=f"{words.told(book.title, say)}  {book.name}@{book.version}  {issued.digest[:12]}",
        facts=tuple(_facts(issued, say)),
        signatures=_signatures(issued, say),
        parts=tuple(_Sections(issued, say).all()),
    )


def _facts(issued: Issued, say: Speaker) -> Iterator[tuple[str, str]]:
    book = issued.book
    yield say(N_("Rulebook")), book.name
    yield say(N_("Version")), book.version
    yield say(N_("Kind of labeling")), name_of(book.kind, say)
    yield say(N_("Digest (sha256)")), quartered(issued.digest)
    if issued.released_at is None:
        yield say(N_("Counts for new work from")), say(N_("not released"))
        return
    yield say(N_("Released")), moment(issued.released_at, issued.zone, say)
    yield say(N_("Counts for new work from")), moment(issued.effective_from, issued.zone, say)
    for name, at in (
        (N_("Counts for new work until"), issued.new_work_until),
        (N_("Open work ends"), issued.open_work_until),
    ):
        if at is not None:
            yield say(name), moment(at, issued.zone, say)


def _signatures(issued: Issued, say: Speaker) -> Table:
    heads = (N_("Person"), N_("Meaning"), N_("Time"), N_("Digest signed"))
    rows = tuple(
        (each.name, name_of(each.meaning, say), moment(each.at, issued.zone, say), each.digest[:16])
        for each in issued.signatures
    )
    empty = say(N_("Nobody has signed this text here."))
    return Table(tuple(map(say, heads)), rows, widths=(22, 16, 36, 26), empty=empty)


class _Sections:
    """The sections one after another; each numbers itself."""

    def __init__(self, issued: Issued, say: Speaker) -> None:
        self.issued, self.book, self.say = issued, issued.book, say
        self.safety = issued.book.kind is Kind.SAFETY
        self._number = 0

    def all(self) -> Parts:
        """Chapter 6 a) to j) in order, then words and history."""
        yield from self._first()
        yield self._heading(N_("Execution and review"), "b")
        yield self._sub(N_("Execution"))
        yield self._text(self.book.method.execution)
        yield self._sub(N_("Review"))
        yield self._text(self.book.method.review)
        yield self._heading(N_("Task type"), "c")
        yield Line(self.say(words.TASKS[self.book.task_type]))
        yield from self._rules()
        yield from self._guidance(
            N_("Recognising risky content"), "e", self.book.risk_recognition, asked=not self.safety
        )
        yield from self._risks()
        yield from self._guidance(N_("Guided positive responses"), "g", self.book.guided_responses, asked=self.safety)
        yield from self._wrong()
        yield self._heading(N_("Verification"), "i")
        yield self._text(self.book.verification.text)
        if lines := words.plan_lines(self.book.verification.plan, self.say):
            yield Items(lines)
        yield self._heading(N_("Emergency"), "j")
        yield self._text(self.book.emergency)
        yield from self._terms()
        yield from self._history()

    def _first(self) -> Parts:
        book, say = self.book, self.say
        yield self._heading(N_("Objective, data format, method and quality metrics"), "a")
        yield self._sub(N_("Objective"))
        yield self._text(book.objective)
        yield self._sub(N_("Data format"))
        yield self._text(book.data_format)
        if book.form.shows:
            heads = tuple(map(say, (N_("Field"), N_("Title"), N_("Shown"))))
            shows = tuple((each.name, words.told(each.title, say), say(words.SHOWN[each.shown_as])) for each in book.form.shows)  # fmt: skip
            yield Table(heads, shows, widths=(30, 40, 30))
        yield self._sub(N_("Labels"))
        answers = kind_name(book.form.answers.value, say)
        yield Line(say(N_("Answers in the control {control}: {kind}."), control=book.control, kind=answers))
        heads = tuple(map(say, (N_("Value"), N_("Title"), N_("Definition"))))
        labels = tuple((each.value, words.untwice(each.value, words.told(each.title, say)), words.told(each.definition, say)) for each in book.labels)  # fmt: skip
        yield Table(heads, labels, widths=(20, 25, 55), empty=say(N_("There are no labels yet.")))
        if book.time_budget:
            yield Line(say(N_("Time for an item: up to {time}."), time=words.duration(book.time_budget, say)))
        yield self._sub(N_("Quality metrics"))
        heads = tuple(map(say, (N_("Metric"), N_("Target"))))
        metrics = tuple((words.told(each.name, say), target(each.target)) for each in book.quality_metrics)
        yield Table(heads, metrics, widths=(70, 30), empty=say(N_("Nothing is written here yet.")))

    def _rules(self) -> Parts:
        yield self._heading(N_("Rules, with positive and negative examples"), "d")
        if not self.book.rules:
            yield Line(self.say(N_("There are no rules yet.")))
        for place, rule in enumerate(self.book.rules, 1):
            yield from filing_rules.article_of(self.book, rule, place, self.say)

    def _risks(self) -> Parts:
        say = self.say
        yield self._heading(N_("Safety risks and the rules that treat them"), "f")
        if not self.safety:
            yield Line(say(N_("Asked of safety rulebooks; this one is functional.")))
        rows = tuple(
            (each.risk.code, words.told(each.risk.name, say), self._treated(each.rules, each.reason))
            for each in covered(self.book)
        )
        if rows:
            heads = tuple(map(say, (N_("Code"), N_("Risk"), N_("Rules"))))
            yield Table(heads, rows, widths=(12, 54, 34))

    def _treated(self, rules: Iterable[str], reason: Text) -> str:
        named = self.say(N_(", ")).join(rules)
        return named or words.told(reason, self.say) or self.say(N_("none"))

    def _guidance(self, title: str, letter: str, guidance: Guidance, *, asked: bool) -> Parts:
        yield self._heading(title, letter)
        if not asked and not guidance.text and not guidance.examples:
            other = N_("Asked of functional rulebooks; this one is for safety.") if self.safety else N_("Asked of safety rulebooks; this one is functional.")  # fmt: skip
            yield Line(self.say(other))
            return
        yield self._text(guidance.text)
        yield self._cases(guidance.examples, N_("Case"), N_("What to do"))

    def _wrong(self) -> Parts:
        say = self.say
        yield self._heading(N_("Recognising wrong labels"), "h")
        yield self._text(self.book.wrong_labels.text)
        yield self._cases(self.book.wrong_labels.examples, N_("Wrong label"), N_("Why, and what is right"))
        if self.book.defects:
            heads = tuple(map(say, (N_("Code"), N_("Defect"), N_("Severity"))))
            rows = tuple((each.code, words.told(each.title, say), say(words.WEIGHTS[each.severity])) for each in self.book.defects)  # fmt: skip
            yield Table(heads, rows, widths=(15, 65, 20))

    def _cases(self, cases: Iterable[Case], left: str, right: str) -> Part:
        say = self.say
        rows = tuple((words.told(each.content, say), words.told(each.answer, say)) for each in cases)
        return Table((say(left), say(right)), rows, widths=(45, 55), empty=say(N_("No reference example is given.")))

    def _terms(self) -> Parts:
        if self.book.terms:
            say = self.say
            yield self._heading(N_("Words and what they mean"))
            heads = (say(N_("Word")), say(N_("Definition")))
            rows = tuple((words.told(each.term, say), words.told(each.definition, say)) for each in self.book.terms)  # fmt: skip
            yield Table(heads, rows, widths=(28, 72))

    def _history(self) -> Parts:
        say, issued = self.say, self.issued
        yield self._heading(N_("History of versions"))
        rows = tuple(
            (each.version, moment(each.effective_from, issued.zone, say), each.digest[:16], words.told(each.summary, say))
            for each in issued.history
        )  # fmt: skip
        if not rows:
            changes = issued.book.changes
            rows = ((issued.book.version, say(N_("not released")), issued.digest[:16], words.told(changes.summary, say) if changes else ""),)  # fmt: skip
        heads = tuple(map(say, (N_("Version"), N_("Counts from"), N_("Digest"), N_("What changed"))))
        yield Table(heads, rows, widths=(12, 28, 22, 38))

    def _heading(self, title: str, letter: str = "") -> Heading:
        self._number += 1
        number = words.numeral(self._number, self.say) + ("、" if self.say.lang == "zh" else ".")
        clause = _STANDARD.format(letter=letter) if letter else ""
        return Heading(1, f"{number}{'' if self.say.lang == 'zh' else ' '}{self.say(title)}", clause)

    def _sub(self, title: str) -> Heading:
        return Heading(2, self.say(title))

    def _text(self, text: Text) -> Line:
        return Line(words.told(text, self.say) or self.say(N_("Nothing is written here yet.")))
