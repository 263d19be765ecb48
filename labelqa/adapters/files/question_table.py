"""Files of written exam questions: YAML, or a table (CSV, XLSX) with one question a row.

Columns: id, question, question_en, choices, choices_en, answer, ability, rule, reason, reason_en, or their Chinese
titles. The choices of a cell stand on lines of their own or with ``|`` between.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from labelqa.adapters.files.grid import numbered_rows
from labelqa.adapters.files.small import file_bytes
from labelqa.adapters.files.source import look
from labelqa.adapters.report.names import ENUMS
from labelqa.errors import BadInput
from labelqa.i18n import translate
from labelqa.records.finding import Finding, Place
from labelqa.rulebook.exam import WrittenQuestion, checked
from labelqa.rulebook.exam.question_file import LARGEST, in_its_language, read_questions, split_choices, unknown_field
from labelqa.rulebook.exam.questions import RawQuestion
from labelqa.rulebook.model import Text

_TITLES: Final[Mapping[str, str]] = {
    "id": "id", "编号": "id", "题号": "id", "question": "question", "题目": "question", "题干": "question",
    "question_zh": "question_zh", "question_en": "question_en", "题目（英文）": "question_en", "choices": "choices",
    "选项": "choices", "choices_zh": "choices_zh", "choices_en": "choices_en", "选项（英文）": "choices_en",
    "answer": "answer", "right answer": "answer", "答案": "answer", "正确答案": "answer", "ability": "ability",
    "能力": "ability", "rule": "rule", "规则": "rule", "规则条款": "rule", "reason": "reason", "理由": "reason",
    "解析": "reason", "reason_zh": "reason_zh", "reason_en": "reason_en", "解析（英文）": "reason_en",
}  # fmt: skip


def written_questions(path: Path) -> tuple[tuple[WrittenQuestion, ...], list[Finding]]:
    """The questions of a file that can be asked, and a finding, with line or row, for everything else.

    BadInput for a file that cannot be read, or a table without the columns question, choices, answer and ability.
    """
    if path.suffix.lower() in {".yaml", ".yml"}:
        return read_questions(file_bytes(path, limit=LARGEST), file=str(path))
    raws, found = _table(path)
    questions, wrong = checked(raws)
    return questions, [*found, *wrong]


def _table(path: Path) -> tuple[list[RawQuestion], list[Finding]]:
    grid = list(numbered_rows(look(path, limit=LARGEST)))
    titles = [cell.strip() for cell in grid[0][1]] if grid else []
    heads = [_TITLES.get(title.casefold(), "") for title in titles]
    base = {head.removesuffix("_zh").removesuffix("_en") for head in heads}
    if lacking := [name for name in ("question", "choices", "answer", "ability") if name not in base]:
        raise BadInput(
            "{path}: no column {missing}; the columns are question, choices, answer, ability (题目, 选项, 答案, 能力)",
            path=str(path), missing=", ".join(lacking),
        )  # fmt: skip
    found = [unknown_field(title, Place(file=str(path))) for title, head in zip(titles, heads, strict=True)
             if title and not head]  # fmt: skip
    rows = []
    for number, cells in grid[1:]:
        held = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
        if any(held.values()):
            rows.append(_question(held, Place(file=str(path), row=number)))
    return rows, found


def _question(held: Mapping[str, str], place: Place) -> RawQuestion:
    zh, en = _choices(held)
    return RawQuestion(
        id=held.get("id", ""), content=_text(held, "question"), choices_zh=zh, choices_en=en,
        answer=held.get("answer", ""), ability=ability_of(held.get("ability", "")), rule=held.get("rule", ""),
        reason=_text(held, "reason"), place=place,
    )  # fmt: skip


def _text(held: Mapping[str, str], name: str) -> Text:
    either = in_its_language(held.get(name, ""))
    zh, en = held.get(f"{name}_zh", ""), held.get(f"{name}_en", "")
    if en and not zh:
        return Text(held.get(name, ""), en)
    return Text(zh or either.zh, en or either.en)


def _choices(held: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    either, zh, en = (_split(held.get(name, "")) for name in ("choices", "choices_zh", "choices_en"))
    if zh or en:
        return (zh or either), (en or (either if zh else ()))
    return split_choices([in_its_language(each) for each in either])


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for each in cell.replace("|", "\n").splitlines() if (part := each.strip()))


def ability_of(word: str) -> str:
    """The code of an ability by its code or its name in either language; the word itself where it is none.

    >>> ability_of("法律法规"), ability_of("law")
    ('law', 'law')
    """
    named = {told: code for code, name in ENUMS["Ability"].items() for told in (name, translate(name, "zh"))}
    return named.get(word, word)
