"""Reads questions from YAML: a list under ``questions``, each text in one language or as ``{zh: …, en: …}``.

Every problem comes with its line. Whether a question can be asked is for :func:`labelqa.rulebook.exam.questions.checked`.
"""

from __future__ import annotations

from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.rulebook.exam.questions import RawQuestion, WrittenQuestion, checked
from labelqa.rulebook.model import Text
from labelqa.rulebook.nodes import Mapped, Node, Scalar, Sequenced, compose
from labelqa.rulebook.problems import Problems

LARGEST: Final = 4 << 20  # bytes
FIELDS: Final = ("id", "question", "choices", "answer", "ability", "rule", "reason")
_LANGS: Final = ("zh", "en")


def read_questions(data: bytes, *, file: str) -> tuple[tuple[WrittenQuestion, ...], list[Finding]]:
    """The questions of a YAML file that can be asked, and everything that stands against the file, each with its line.

    >>> read_questions(b"questions: []", file="q.yaml")
    ((), [])
    """
    raws, found = raw_questions(data, file=file)
    if any(each.severity is Severity.ERROR for each in found):
        return (), found
    questions, wrong = checked(raws)
    return questions, [*found, *wrong]


def raw_questions(data: bytes, *, file: str) -> tuple[tuple[RawQuestion, ...], list[Finding]]:
    """The questions as they were written, and what is wrong with the file as such."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (), [_shape(file, 0, N_("the file is not UTF-8 text"))]
    problems = Problems(file=file)
    root = compose(text, problems=problems)
    if problems.found or root is None:
        return (), problems.found or [_shape(file, 0, N_("the file is empty"))]
    held = root.entries["questions"].value if isinstance(root, Mapped) and "questions" in root.entries else root
    if not isinstance(held, Sequenced):
        return (), [_shape(file, held.line, N_("there is no list of questions"))]
    found: list[Finding] = []
    return tuple(_question(node, file, found) for node in held.items if _is_question(node, file, found)), found


def _shape(file: str, line: int, text: str) -> Finding:
    return finding(
        "QB010", "the questions cannot be read: {why}", why=Message(text), place=Place(file=file, line=line),
        mend=Message("Write a list under `questions:`, each with question, choices, answer and ability"),
    )  # fmt: skip


def _is_question(node: Node, file: str, found: list[Finding]) -> bool:
    if isinstance(node, Mapped):
        return True
    found.append(_shape(file, node.line, N_("a question is a mapping of its fields, not a text or a list")))
    return False


def _question(node: Node, file: str, found: list[Finding]) -> RawQuestion:
    entries = node.entries if isinstance(node, Mapped) else {}
    for name, entry in entries.items():
        if name not in FIELDS:
            found.append(unknown_field(name, Place(file=file, line=entry.key.line, column=entry.key.column)))
    held = {name: entry.value for name, entry in entries.items()}
    zh, en = _choices(held.get("choices"), file, found)
    return RawQuestion(
        id=_plain(held.get("id"), file, found), content=_text(held.get("question"), file, found), choices_zh=zh,
        choices_en=en, answer=_plain(held.get("answer"), file, found), ability=_plain(held.get("ability"), file, found),
        rule=_plain(held.get("rule"), file, found), reason=_text(held.get("reason"), file, found),
        place=Place(file=file, line=node.line, column=node.column),
    )  # fmt: skip


def unknown_field(name: str, place: Place) -> Finding:
    """The finding for a column or field that no question has."""
    return finding(
        "QB009", "{name} is no field of a question", name=name[:80], place=place,
        mend=Message("The fields are {fields}", {"fields": ", ".join(FIELDS)}),
    )  # fmt: skip


def _plain(node: Node | None, file: str, found: list[Finding]) -> str:
    if node is None or isinstance(node, Scalar):
        return node.text.strip() if node is not None else ""
    found.append(_shape(file, node.line, N_("a single text was expected here")))
    return ""


def _text(node: Node | None, file: str, found: list[Finding]) -> Text:
    if isinstance(node, Mapped):
        for name, entry in node.entries.items():
            if name not in _LANGS:
                found.append(unknown_field(name, Place(file=file, line=entry.key.line, column=entry.key.column)))
        told = {name: _plain(entry.value, file, found) for name, entry in node.entries.items() if name in _LANGS}
        return Text(told.get("zh", ""), told.get("en", ""))
    return in_its_language(_plain(node, file, found))


def in_its_language(told: str) -> Text:
    """A text under the language that it is written in: Chinese where it has a Chinese character.

    >>> in_its_language("标注"), in_its_language("label").en
    (Text(zh='标注', en=''), 'label')
    """
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in told)
    return Text(told, "") if chinese else Text("", told)


def _choices(node: Node | None, file: str, found: list[Finding]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if node is None:
        return (), ()
    if not isinstance(node, Sequenced):
        found.append(_shape(file, node.line, N_("the choices are a list")))
        return (), ()
    return split_choices([_text(each, file, found) for each in node.items])


def split_choices(texts: list[Text]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The choices by language: both where any has both, else one language holds them all.

    >>> split_choices([Text("", "3"), Text("四", "")])
    (('3', '四'), ())
    """
    if any(each.zh and each.en for each in texts):
        return tuple(each.zh for each in texts), tuple(each.en for each in texts)
    only = tuple(each.zh or each.en for each in texts)
    return (only, ()) if any(each.zh for each in texts) else ((), only)
