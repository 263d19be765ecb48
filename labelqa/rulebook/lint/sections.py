"""Checks of the sections that GB/T 45674—2025, 6 a)–j) and TC260-003, 5.3 b) want a rulebook to have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Kind
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Run, Subject
from labelqa.rulebook.model import Guidance, Rulebook, Text

_FIGURE: Final = re.compile(r"(>=|<=|=|>|<)\s*\d+(\.\d+)?\s*%?")
# Texts that may be left out altogether; the sections among them have checks of their own.
_OPTIONAL: Final = frozenset(
    {"objective", "data_format", "verification", "emergency", "execution", "review", "text"}
    | {"definition", "reason", "summary"}
)


def _section(name: str, is_there: Callable[[Rulebook], bool], *, kind: Kind | None = None) -> Run:
    """A check that a section is there, for one kind of rulebook or for both."""

    def run(subject: Subject) -> Iterable[Hit]:
        if kind in (None, subject.book.kind) and not is_there(subject.book):
            message = Message("the section {name} is missing or empty", {"name": name})
            yield Hit((name,), message, Message("write the section {name} in both languages", {"name": name}))

    return run


def _guided(name: str, pick: Callable[[Rulebook], Guidance], *, kind: Kind | None = None) -> Run:
    """A check that a section has its text and at least one reference example."""

    def run(subject: Subject) -> Iterable[Hit]:
        section = pick(subject.book)
        if kind in (None, subject.book.kind) and not (section.text and section.examples):
            message = Message("the section {name} needs a text and at least one example", {"name": name})
            yield Hit((name,), message, Message("add text and examples under {name}", {"name": name}))

    return run


def metric_without_figure(subject: Subject) -> Iterator[Hit]:
    """A measure of quality whose target cannot be computed with."""
    for index, metric in enumerate(subject.book.quality_metrics):
        if not _FIGURE.fullmatch(metric.target.strip()):
            yield Hit(
                ("quality_metrics", index, "target"),
                Message("the metric has no target figure: {target}", {"target": repr(metric.target)}),
                Message("write a comparison and a number, such as >= 95%"),
            )


def verification_without_plan(subject: Subject) -> Iterator[Hit]:
    """A verification told in words alone: nothing can be declared from it."""
    verification = subject.book.verification
    if verification.text and verification.plan is None:
        message = Message("the verification has no sampling plan")
        yield Hit(
            ("verification", "plan"), message, Message("name a design under verification.plan, such as sequential")
        )


def missing_translation(subject: Subject) -> Iterator[Hit]:
    """A text that one of the two languages lacks, or a required text that is empty in both."""
    for path, text in subject.texts:
        missing = [lang for lang in ("zh", "en") if not getattr(text, lang).strip()]
        if len(missing) == 1 or (missing and _required(path)):
            where = path if len(missing) > 1 else (*path, missing[0])
            message = Message("the text is missing in: {languages}", {"languages": ", ".join(missing)})
            yield Hit(where, message, Message("write the text in both zh and en"))


def _required(path: tuple[str | int, ...]) -> bool:
    if path[0] == "form":
        return False  # a field may be shown without a heading
    return path[0] == "uncovered_risks" or isinstance(path[-1], int) or path[-1] not in _OPTIONAL


def _both_stages(book: Rulebook) -> bool:
    return bool(book.method.execution) and bool(book.method.review)


def _text(pick: Callable[[Rulebook], Text]) -> Callable[[Rulebook], bool]:
    return lambda book: bool(pick(book))


_E: Final = Severity.ERROR
CHECKS: Final[tuple[Check, ...]] = (
    Check(
        "RB101",
        _E,
        N_("The labeling objective is missing"),
        _section("objective", _text(lambda book: book.objective)),
        "GB/T 45674—2025 6 a); TC260-003 5.3 b) 1)",
    ),
    Check(
        "RB102",
        _E,
        N_("The data format is missing"),
        _section("data_format", _text(lambda book: book.data_format)),
        "GB/T 45674—2025 6 a); TC260-003 5.3 b) 1)",
    ),
    Check(
        "RB103",
        _E,
        N_("The quality metrics are missing"),
        _section("quality_metrics", lambda book: bool(book.quality_metrics)),
        "GB/T 45674—2025 6 a); TC260-003 5.3 b) 1)",
    ),
    Check(
        "RB104",
        _E,
        N_("The method does not say how labeling is executed and how it is reviewed"),
        _section("method", _both_stages),
        "GB/T 45674—2025 6 b); TC260-003 5.3 b) 2)",
    ),
    Check("RB105", _E, N_("A quality metric has no target figure"), metric_without_figure, "GB/T 45674—2025 6 a)"),
    Check(
        "RB106",
        _E,
        N_("A functional rulebook does not say how to recognise risky content, with examples"),
        _guided("risk_recognition", lambda book: book.risk_recognition, kind=Kind.FUNCTIONAL),
        "GB/T 45674—2025 6 e)",
    ),
    Check(
        "RB107",
        _E,
        N_("A safety rulebook does not explain guided positive responses, with examples"),
        _guided("guided_responses", lambda book: book.guided_responses, kind=Kind.SAFETY),
        "GB/T 45674—2025 6 g)",
    ),
    Check(
        "RB108",
        _E,
        N_("The rulebook does not say how to spot wrong labels, with examples"),
        _guided("wrong_labels", lambda book: book.wrong_labels),
        "GB/T 45674—2025 6 h)",
    ),
    Check(
        "RB109",
        _E,
        N_("The verification method is missing"),
        _section("verification", _text(lambda book: book.verification.text)),
        "GB/T 45674—2025 6 i)",
    ),
    Check(
        "RB110",
        _E,
        N_("The emergency response is missing"),
        _section("emergency", _text(lambda book: book.emergency)),
        "GB/T 45674—2025 6 j)",
    ),
    Check("RB111", _E, N_("A text is missing in one of the two languages"), missing_translation),
    Check(
        "RB112",
        Severity.WARNING,
        N_("The verification has no sampling plan"),
        verification_without_plan,
        "GB/T 45674—2025 6 i)",
    ),
)
