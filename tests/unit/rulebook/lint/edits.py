"""Edits of the small rulebook that several cases make, and what bring it to the latest format."""

from __future__ import annotations

from typing import TypeAlias

from labelqa.rulebook.taxonomy import taxonomy

Edit: TypeAlias = tuple[str, str]
Edits: TypeAlias = tuple[Edit, ...]
Case: TypeAlias = tuple[str, Edits, Edits]  # code, edits that make it bad, edits of the good twin

DRIZZLE = "boundaries: [{text: {zh: 毛毛雨也算。, en: Drizzle counts.}}]"
CLOUDS = "boundaries: [{text: {zh: 多云算晴。, en: Clouds count as sunny.}}]"
FORM = "form: {shows: [{name: text}]}"
PLAN = "  plan: {design: sequential}\n"
CLEAN: Edits = (
    ("format: 1", "format: 2"),
    ("control: mood", f"control: mood\n{FORM}"),
    ("verification: {zh: 抽检, en: Spot check}\n", "verification:\n  text: {zh: 抽检, en: Spot check}\n" + PLAN),
    ("boundary: {zh: 毛毛雨也算。, en: Drizzle counts.}", DRIZZLE),
    ("boundary: {zh: 多云算晴。, en: Clouds count as sunny.}", CLOUDS),
    ("expected: sunny, answers: {clear: yes}, reason: {zh: 算晴", "expected: sunny, answers: {clear: no, rains: no}, reason: {zh: 算晴"),
)  # fmt: skip
_CODES = ", ".join(risk.code for risk in taxonomy().risks)
SHOWN_RISKS: Edit = ("reason: {zh: 在下, en: It falls}", f'reason: {{zh: 在下, en: "It falls: {_CODES}"}}')

FOGGY: Edit = ("objective:", "  - {value: foggy, title: {zh: 雾, en: Foggy}}\nobjective:")
SPARED: Edit = ("{clear: no, rains: yes", "{clear: no, spare: no, rains: yes")
SPARED_TOO: Edit = ("{clear: no, rains: no", "{clear: no, spare: no, rains: no")
CLEAR = "      - {id: clear, question: {zh: 天晴吗？, en: Is it clear?}, yes: sunny, no: rains}\n"
FALLS = "question: {zh: 雨在下吗？, en: Does it fall?}, yes: rainy, no: "
SPARE = "      - {id: spare, question: {zh: 下雪吗？, en: Does it snow?}, yes: rainy, no: sunny}\n"
W1_STATEMENT = "{zh: 有雨标为 rainy。, en: Rain is labelled rainy.}"
W1_DEFINITION = "{zh: 雨指液态降水。, en: Rain is liquid water that falls.}"
W2_DEFINITION = "{zh: 无雨指没有提到雨。, en: No rain means that rain is not mentioned.}"
USUALLY: Edit = ("en: Rain is labelled rainy.", "en: Rain is usually labelled rainy.")
RISKS = "risks: [A1, A2, A3, A4, A5]"


def text(zh: str, en: str) -> str:
    """A bilingual text as it stands in the file."""
    return f'{{zh: "{zh}", en: "{en}"}}'


def statement(zh: str = "有雨标为 rainy。", en: str = "Rain is labelled rainy.") -> Edit:
    """Rule W1 says this instead."""
    return W1_STATEMENT, text(zh, en)


def question(zh: str = "雨在下吗？", en: str = "Does it fall?") -> Edit:
    """The second step of rule W1 asks this instead."""
    return "{zh: 雨在下吗？, en: Does it fall?}", text(zh, en)


def another(kind: str, expected: str, answers: str, content: str = "{zh: 新, en: New}") -> Edit:
    """One more example of rule W2."""
    old = "      - {id: W2-n,"
    new = f"      - {{id: W2-x, kind: {kind}, content: {content}, expected: {expected}, answers: {answers}"
    return old, new + ", reason: {zh: 因, en: So}}\n" + old


def exception(code: str, reason: str) -> Edit:
    """An exception of rule W1."""
    return f"    {DRIZZLE}", f'    lint_exceptions: [{{code: {code}, reason: "{reason}"}}]\n    {DRIZZLE}'


def explained(code: str) -> Edit:
    """A risk explained as untreated."""
    return (
        "rules:\n",
        f"uncovered_risks:\n  - {{code: {code}, reason: {{zh: 不适用, en: Does not occur here}}}}\nrules:\n",
    )


def by_spare(targets: str) -> Edit:
    """Rule W2 asks one more question, with these targets."""
    return CLEAR, CLEAR.replace("no: rains", "no: spare") + SPARE.replace("yes: rainy, no: sunny", targets)


def form(told: str, *, labels: str = "") -> Edits:
    """Another form, and perhaps another list of labels."""
    changed: Edits = ((FORM, f"form: {told}"),)
    return (*changed, ("labels:\n", labels + "labels:\n")) if labels else changed


def terms(*entries: tuple[str, str, str, str]) -> Edit:
    """A glossary: (zh, en, definition zh, definition en)."""
    rows = "".join(f"  - {{term: {text(zh, en)}, definition: {text(dzh, den)}}}\n" for zh, en, dzh, den in entries)
    return "method:\n", f"terms:\n{rows}method:\n"


def changes(told: str) -> Edit:
    """What this version says of the one before."""
    return "rules:\n", f"changes:\n  since: 0.9.0\n{told}rules:\n"


def parents(sunny: str = "", rainy: str = "") -> Edits:
    """Labels under other labels."""
    told: Edits = ()
    if sunny:
        told += (("title: {zh: 晴, en: Sunny}", f"title: {{zh: 晴, en: Sunny}}\n    parent: {sunny}"),)
    if rainy:
        told += (("title: {zh: 雨, en: Rainy}", f"title: {{zh: 雨, en: Rainy}}\n    parent: {rainy}"),)
    return told
