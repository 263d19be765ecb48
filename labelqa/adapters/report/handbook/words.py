"""What the parts of a rulebook are called in a handbook, and how articles, risks and limits of time are written.

A code that is not known here is shown as it is stored, never hidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from labelqa.adapters.report.text import name_of, percent
from labelqa.i18n import N_, Speaker
from labelqa.records.review import DefectSeverity
from labelqa.rulebook.model import CheckPlan, ExampleKind, ShownAs, TaskType, Text
from labelqa.workflows.handbook import Issued, Status

TASKS: Final[Mapping[TaskType, str]] = {
    TaskType.TEXT: N_("labeling of text"),
    TaskType.IMAGE: N_("labeling of images"),
    TaskType.AUDIO: N_("labeling of audio"),
    TaskType.VIDEO: N_("labeling of video"),
    TaskType.TIME_SERIES: N_("labeling of time series"),
    TaskType.MULTIMODAL: N_("labeling of several media together"),
    TaskType.FINE_TUNING: N_("labeling for fine-tuning"),
    TaskType.PREFERENCE: N_("labeling of preferences"),
}
SHOWN: Final[Mapping[ShownAs, str]] = {
    ShownAs.TEXT: N_("as text"),
    ShownAs.HTML: N_("as formatted text"),
    ShownAs.DIALOGUE: N_("as a dialogue"),
    ShownAs.IMAGE: N_("as an image"),
    ShownAs.AUDIO: N_("as sound"),
    ShownAs.VIDEO: N_("as a video"),
    ShownAs.LIST: N_("as a list to be ordered"),
}
EXAMPLES: Final[Mapping[ExampleKind, str]] = {
    ExampleKind.POSITIVE: N_("Positive example"),
    ExampleKind.NEGATIVE: N_("Negative example"),
    ExampleKind.BORDERLINE: N_("Borderline example"),
}
WEIGHTS: Final[Mapping[DefectSeverity, str]] = {
    DefectSeverity.CRITICAL: N_("critical"),
    DefectSeverity.MAJOR: N_("major"),
    DefectSeverity.MINOR: N_("minor"),
}
_DIGITS: Final = "零一二三四五六七八九"
_BRACKETS: Final = re.compile("「([^「」]+)」")
_INSIDE: Final = re.compile(r"[-_.]?[A-Za-z0-9]")  # what goes on with a code
_ARTICLE: Final = re.compile(r"([1-9][0-9]?)(?:\(([1-9][0-9]?)\))?")


def written(text: Text, say: Speaker) -> str:
    """A text in the reader's language; in the other one where its own is missing.

    >>> written(Text("安全", "Safe"), Speaker("en"))
    'Safe'
    """
    own, other = (text.zh, text.en) if say.lang == "zh" else (text.en, text.zh)
    return (own if own.strip() else other).strip()


def without_brackets(words: str, say: Speaker, marks: tuple[str, str] = ("", "")) -> str:
    """Words for a list or a hint: English drops the corner brackets that Chinese keeps, or has other marks for them.

    >>> without_brackets("a 「call」", Speaker("en")), without_brackets("a 「call」", Speaker("en"), ("“", "”"))
    ('a call', 'a “call”')
    """
    if say.lang == "zh":
        return words
    before, after = marks
    return _BRACKETS.sub(lambda found: f"{before}{found.group(1)}{after}", words)


def told(text: Text, say: Speaker) -> str:
    """A text where nothing can be linked: as written, in English with quotation marks in place of corner brackets."""
    return without_brackets(written(text, say), say, ("“", "”"))


def untwice(value: str, title: str) -> str:
    """The title of a label as it stands beside its value: without the value where it begins with it.

    >>> untwice("A1a", "A1a 推翻政权"), untwice("A1a", "A1ab 推翻"), untwice("safe", "safe")
    ('推翻政权', 'A1ab 推翻', '')
    """
    rest = title.removeprefix(value)
    if rest == title or _INSIDE.match(rest):
        return title
    return rest.lstrip(" \u3000:：.．、,，-–—·|")


def article(code: str, say: Speaker) -> str:
    """An article of the Interim Measures as it is cited.

    >>> article("4(1)", Speaker("en")), article("4(1)", Speaker("zh"))
    ('Article 4 (1)', '第四条第（一）项')
    """
    found = _ARTICLE.fullmatch(code)
    if found is None:
        return code
    number, item = (numeral(int(part), say) if part else "" for part in found.groups())
    if item:
        return say(N_("Article {number} ({item})"), number=number, item=item)
    return say(N_("Article {number}"), number=number)


def numeral(number: int, say: Speaker) -> str:
    """A number from 1 to 99 as headings and articles count.

    >>> numeral(24, Speaker("zh")), numeral(10, Speaker("zh")), numeral(24, Speaker("en"))
    ('二十四', '十', '24')
    """
    if say.lang != "zh" or not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return ten + (_DIGITS[ones] if ones else "")


def duration(seconds: int, say: Speaker) -> str:
    """A time budget.

    >>> duration(90, Speaker("en"))
    '1 min 30 s'
    """
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return say(N_("{n} s"), n=rest)
    return (
        say(N_("{minutes} min {seconds} s"), minutes=minutes, seconds=rest) if rest else say(N_("{n} min"), n=minutes)
    )


def plan_lines(plan: CheckPlan | None, say: Speaker) -> tuple[str, ...]:
    """The spot check that the rules ask of every batch, in words; nothing where they name none."""
    if plan is None:
        return ()
    told = [
        (plan.accuracy, N_("accuracy to be proven: {share}")),
        (plan.risk, N_("risk of accepting a batch that is worse: at most {share}")),
        (plan.expected, N_("accuracy expected: {share}")),
        (plan.power, N_("chance to accept a batch as good as expected: {share}")),
    ]
    lines = [say(N_("design: {name}"), name=name_of(plan.design, say))]
    lines += [say(N_("figures of: {name}"), name=plan.preset)] if plan.preset else []
    return (*lines, *(say(sentence, share=percent(share)) for share, sentence in told if share is not None))


def standing(issued: Issued, say: Speaker) -> str:
    """What a reader has to know before relying on the text: whether it counts, and who answers for it."""
    if issued.status is Status.DRAFT:
        return say(N_("This is a draft. It was not released: nobody labels by it yet."))
    if issued.status is Status.SHIPPED:
        return say(
            N_("This text comes with labelqa, without approvals of your own. Two of your people have to approve it before anybody labels by it.")
        )  # fmt: skip
    if not issued.approved:
        return say(N_("Released without two approvals of your own on record."))
    return say(N_("Released with the approvals named here, given on exactly this text."))
