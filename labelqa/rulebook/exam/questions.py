"""Questions written by hand: what is asked, the choices, the right one, and the ability that it shows.

They examine what a rulebook's examples cannot: the law, the platform, the security of data. Checked strictly; nothing
is guessed, and a question that cannot be taken is a finding with its place. No file is read here but the bank that
comes with labelqa.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final, TypeAlias

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.rulebook.exam.grading import Ability
from labelqa.rulebook.exam.paper import MOST_CHOICES
from labelqa.rulebook.model import Text

BANK: Final = "questions.yaml"
LONGEST: Final = 4_000  # characters of a question or a choice
CODES: Final[dict[str, str]] = {
    "QB001": N_("A question has no text, or one that is too long"),
    "QB002": N_("A question has too few or too many choices"),
    "QB003": N_("The same choice stands twice"),
    "QB004": N_("The right answer is none of the choices, or could be several"),
    "QB005": N_("The ability is none of the five"),
    "QB006": N_("A question stands twice"),
    "QB007": N_("The choices differ in number between the languages"),
    "QB008": N_("A question names a rule that the rulebook does not have"),
    "QB009": N_("A column or field is not known"),
    "QB010": N_("The file is not a list of questions"),
}
_Check: TypeAlias = Callable[["RawQuestion"], Message | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawQuestion:
    """A question as it was written: texts only, checked by nobody yet."""

    id: str = ""
    content: Text = field(default_factory=Text)
    choices_zh: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()
    answer: str = ""
    ability: str = ""
    rule: str = ""
    reason: Text = field(default_factory=Text)
    place: Place = field(default_factory=Place)

    @property
    def choices(self) -> tuple[Text, ...]:
        """The choices in both languages; a language that was left out is empty."""
        most = max(len(self.choices_zh), len(self.choices_en))
        zh, en = (told or ("",) * most for told in (self.choices_zh, self.choices_en))
        return tuple(Text(one, other) for one, other in zip(zh, en, strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenQuestion:
    """A question that may be asked; ``right`` is the place of the right choice, from 0."""

    id: str
    content: Text
    choices: tuple[Text, ...]
    right: int
    ability: Ability
    rule: str = ""  # the rule or clause that decides
    reason: Text = field(default_factory=Text)


def checked(raws: Sequence[RawQuestion]) -> tuple[tuple[WrittenQuestion, ...], list[Finding]]:
    """The questions that can be asked, and a finding for everything that stands against one.

    >>> found, wrong = checked([RawQuestion(content=Text("", "2 + 2?"), choices_en=("3", "4"), answer="B", ability="rules")])
    >>> found[0].right, wrong
    (1, [])
    """
    taken: list[WrittenQuestion] = []
    found: list[Finding] = []
    ids: dict[str, Place] = {}
    contents: dict[Text, Place] = {}
    for number, raw in enumerate(raws, start=1):
        name = raw.id or f"q{number}"
        problems = [*_problems(raw), *_repeated(raw, name, ids, contents)]
        found += problems
        ids.setdefault(name, raw.place)
        contents.setdefault(raw.content, raw.place)
        if not problems:
            taken.append(
                WrittenQuestion(
                    id=name, content=raw.content, choices=raw.choices, right=_right(raw)[0],
                    ability=Ability(raw.ability), rule=raw.rule, reason=raw.reason,
                )
            )  # fmt: skip
    return tuple(taken), found


def _problems(raw: RawQuestion) -> Iterator[Finding]:
    checks: tuple[tuple[str, _Check, Message], ...] = (
        ("QB001", _text, Message("Write the question, in Chinese, in English or in both")),
        ("QB007", _lengths, Message("Give every choice in both languages, or all in one")),
        ("QB002", _number, Message("Give two to ten choices")),
        ("QB003", _twice, Message("Leave each choice once")),
        ("QB004", _answer, Message("Write the letter of the right choice, A for the first, or its text")),
        ("QB005", _ability, Message("Write one of: {words}", {"words": ", ".join(Ability)})),
    )
    for code, check, mend in checks:
        message = check(raw)
        if message is not None:
            yield Finding(code=code, severity=Severity.ERROR, message=message, mend=mend, place=raw.place)
            if code in {"QB007", "QB002"}:
                return


def _text(raw: RawQuestion) -> Message | None:
    if not raw.content:
        return Message(N_("the question has no text"))
    if max(len(raw.content.zh), len(raw.content.en)) > LONGEST:
        return Message(N_("the question is longer than {most} characters"), {"most": LONGEST})
    return None


def _lengths(raw: RawQuestion) -> Message | None:
    zh, en = len(raw.choices_zh), len(raw.choices_en)
    if zh and en and zh != en:
        return Message(N_("{zh} choices in Chinese, {en} in English"), {"zh": zh, "en": en})
    return None


def _number(raw: RawQuestion) -> Message | None:
    n = len(raw.choices)
    if not 2 <= n <= MOST_CHOICES:
        return Message(N_("the question has {n} {n:choice|choices}; {least} to {most} are possible"),
                       {"n": n, "least": 2, "most": MOST_CHOICES})  # fmt: skip
    if any(not choice or max(len(choice.zh), len(choice.en)) > LONGEST for choice in raw.choices):
        return Message(N_("a choice is empty or longer than {most} characters"), {"most": LONGEST})
    return None


def _twice(raw: RawQuestion) -> Message | None:
    for told in (raw.choices_zh, raw.choices_en):
        folded = [choice.casefold().strip() for choice in told]
        again = next((choice for at, choice in enumerate(folded) if choice in folded[:at]), "")
        if again:
            return Message(N_("the choice {choice} stands twice"), {"choice": repr(again)})
    return None


def _answer(raw: RawQuestion) -> Message | None:
    found = _right(raw)
    if not found:
        return Message(N_("{answer} is none of the choices"), {"answer": repr(raw.answer)})
    if len(found) > 1:
        return Message(N_("{answer} could mean several of the choices"), {"answer": repr(raw.answer)})
    return None


def _right(raw: RawQuestion) -> tuple[int, ...]:
    """The places of the choices that the answer may mean: by text, and by letter."""
    told = raw.answer.strip()
    if not told:
        return ()
    places = {at for at, choice in enumerate(raw.choices) if told in {choice.zh.strip(), choice.en.strip()}}
    letter = told.strip("()（）.．、").upper()
    if len(letter) == 1 and 0 <= (at := ord(letter) - ord("A")) < len(raw.choices):
        places.add(at)
    return tuple(sorted(places))


def _ability(raw: RawQuestion) -> Message | None:
    if raw.ability in set(Ability):
        return None
    return Message(N_("{word} is none of the five abilities"), {"word": repr(raw.ability)})


def _repeated(raw: RawQuestion, name: str, ids: dict[str, Place], contents: dict[Text, Place]) -> Iterator[Finding]:
    before = ids.get(name) or (contents.get(raw.content) if raw.content else None)
    if before is not None:
        yield finding(
            "QB006", "the question {name} stands before ({before})", name=name, before=str(before), place=raw.place,
            mend=Message("Leave it once; give every question an id of its own"),
        )  # fmt: skip


def unknown_rules(questions: Sequence[WrittenQuestion], rules: Sequence[str]) -> list[Finding]:
    """Questions on rules or risks that name a rule which the rulebook does not have."""
    known = set(rules)
    asked = (each for each in questions if each.ability in {Ability.RULES, Ability.RISK})
    return [
        finding(
            "QB008", "the question {name} names the rule {rule}, which the rulebook does not have", name=each.id,
            rule=each.rule, mend=Message("Name a rule of the release that is examined, or none"),
        )
        for each in asked
        if each.rule and each.rule not in known
    ]  # fmt: skip


@cache
def shipped_questions() -> tuple[WrittenQuestion, ...]:
    """The questions that come with labelqa: on the law, the use of a platform, and the security of data.

    >>> sorted({each.ability.value for each in shipped_questions()})
    ['data-security', 'law', 'platform']
    """
    from labelqa.rulebook.exam.question_file import read_questions

    data = resources.files("labelqa.rulebook.exam").joinpath(BANK).read_bytes()
    questions, findings = read_questions(data, file=BANK)
    if findings:
        raise ValueError(str(findings[0].message))
    return questions
