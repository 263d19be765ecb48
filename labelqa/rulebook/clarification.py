"""A clarification (答疑): a numbered answer to a question on one rule of a release, as a small YAML file of its own.

It explains what a rule means already; whatever would change an expected label is refused and needs a release. Nothing
here reads a file or knows who asked: text and a rulebook come in, values and findings go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Severity, finding
from labelqa.records.governance import Clarification
from labelqa.records.names import ReleaseName
from labelqa.rulebook.codec import STRING, Codec, Field, count, keyed, record, whole, word
from labelqa.rulebook.document import LIMIT, decoded
from labelqa.rulebook.emit import emit
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.model.words import Answer, Text
from labelqa.rulebook.nodes import compose
from labelqa.rulebook.positions import NOWHERE, Positions
from labelqa.rulebook.problems import Problems

FORMATS: Final = (1,)
MOST: Final = 1_000_000  # the highest number

_DRAFT: Final = """\
# 问题与解答均写中文和英文 · write question and answer in both languages
format: {format}
rulebook: {rulebook}
number: {number}
rule: {rule}
release: {release}
question:
  zh: ""
  en: ""
answer:
  zh: ""
  en: ""
# 可附示例：预期标签须与发布版本一致，of 为所比照的规则示例 · an example, if it helps: what it expects is what the
# release expects; `of` is the worked example that it is like
# example:
#   content: {{zh: "", en: ""}}
#   expected: LABEL
#   of: EXAMPLE
"""

# code -> what it stands for
CLARIFICATION_CODES: Final[dict[str, str]] = {
    "RB801": N_("The rule is not in the release that the clarification explains"),
    "RB802": N_("The clarification's number is not the next one"),
    "RB803": N_("A sentence of the clarification lacks a language"),
    "RB804": N_("The clarification's example names a label or an example that the release does not have"),
    "RB805": N_("The clarification's example expects another label than a worked example: that needs a release"),
    "RB806": N_("The clarification's example contradicts the decision steps: that needs a release"),
    "RB807": N_("The clarification's example cannot be walked through the decision steps"),
    "RB808": N_("A clarification that is in force is not taken in by the next release"),
    "RB809": N_("A release takes in a clarification that was never issued"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarifiedCase:
    """The case that was asked about. ``of`` is the worked example that it is like, ``answers`` its decision steps'."""

    content: Text
    expected: str
    of: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict, hash=False)
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationText:
    """The document; ``release`` is the version that it explains, such as 1.0.0."""

    format: int
    rulebook: str
    number: int
    rule: str
    release: str
    question: Text
    answer: Text
    example: ClarifiedCase | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def explains(self) -> ReleaseName:
        """NAME@VERSION."""
        return ReleaseName(f"{self.rulebook}@{self.release}")

    @property
    def document(self) -> str:
        """What its signatures call it."""
        return document_name(self.rulebook, self.number)


@dataclass(frozen=True, slots=True)
class ClarificationFile:
    """A file as read: the clarification (None when it has errors), what is wrong, and where everything stands."""

    clarification: ClarificationText | None
    findings: tuple[Finding, ...] = ()
    positions: Positions = field(default=NOWHERE, compare=False)


def document_name(rulebook: str, number: int) -> str:
    """What signatures call a clarification.

    >>> document_name("genai-sft", 3)
    'clarification:genai-sft#3'
    """
    return f"clarification:{rulebook}#{number}"


def clarification_path(name: str, number: int | None) -> str:
    """Where a clarification stands under the folder of rulebooks; without a number: the next one's draft.

    >>> clarification_path("genai-sft", 3), clarification_path("genai-sft", None)
    ('genai-sft/clarifications/3.yaml', 'genai-sft/clarifications/draft.yaml')
    """
    return f"{name}/clarifications/{'draft' if number is None else number}.yaml"


@cache
def _codec() -> Codec[ClarificationText]:
    texts = record(Text, {"zh": Field(STRING), "en": Field(STRING)})
    case = {
        "content": Field(texts, True),
        "expected": Field(STRING, True),
        "of": Field(STRING),
        "answers": Field(keyed(word(Answer))),
    }
    fields = {
        "format": Field(whole(FORMATS), True),
        "rulebook": Field(STRING, True),
        "number": Field(count(most=MOST), True),
        "rule": Field(STRING, True),
        "release": Field(STRING, True),
        "question": Field(texts, True),
        "answer": Field(texts, True),
        "example": Field(record(ClarifiedCase, case)),
    }
    return record(ClarificationText, fields)


def parse_clarification(source: bytes | str, *, file: str = "") -> ClarificationFile:
    """Read a clarification; never raises for a document. ``file`` names it in findings.

    >>> read = parse_clarification("format: 1\\nnumber: 0\\n", file="3.yaml")
    >>> read.clarification is None, str(read.findings[0].place), read.findings[-1].code
    (True, '3.yaml:1:1', 'RB014')
    """
    problems = Problems(file=file)
    text = decoded(source, LIMIT, problems)
    root = None if text is None else compose(text, problems=problems)
    read = None if root is None or problems.fatal else _codec().read(root, "clarification", problems)
    found = tuple(sorted(problems.found, key=lambda each: (each.place.line, each.place.column, each.code)))
    return ClarificationFile(None if problems.fatal else read, found, Positions(root, file=file))


def draft_clarification(release: ReleaseName, rule: str, number: int) -> str:
    """A file to fill in, with what an example may say in comments.

    >>> draft = draft_clarification(ReleaseName("genai-sft@1.0.0"), "Q-01", 3)
    >>> parse_clarification(draft).clarification.document
    'clarification:genai-sft#3'
    """
    name, _, version = release.partition("@")
    return _DRAFT.format(format=FORMATS[-1], rulebook=name, number=number, rule=rule, release=version)


def render_clarification(clarification: ClarificationText) -> str:
    """The clarification as YAML; reading it again gives the same value."""
    return emit(_codec().write(clarification))


def open_clarifications(
    book: Rulebook, issued: Iterable[Clarification], *, positions: Positions = NOWHERE
) -> list[Finding]:
    """What a version about to be released says of the clarifications of its rulebook: those it leaves alone, and none such.

    ``issued`` are all that were issued. Leaving one alone is a warning, since it explains an earlier release only;
    naming one that was never issued is an error.
    """
    known = {each.number: each for each in issued}
    named = book.changes.clarifications if book.changes else ()
    place = positions.place("changes", "clarifications")
    found: list[Finding] = []
    for number in (each for each in named if each not in known):
        mend = Message("labelqa clarification list {name} shows those that were issued", {"name": book.name})
        text = N_("{name} has no clarification {number}")
        found.append(finding("RB809", text, mend=mend, place=place, name=book.name, number=number))
    for each in (known[number] for number in sorted(known.keys() - set(named)) if not known[number].taken_in):
        told: dict[str, Any] = {"number": each.number, "rule": each.rule, "release": each.release}
        mend = Message("say in rule {rule} what it says, and list {number} under changes.clarifications", told)
        text = N_("clarification {number} on {rule} is not taken in: it explains {release} only")
        found.append(finding("RB808", text, mend=mend, place=place, severity=Severity.WARNING, **told))
    return found
