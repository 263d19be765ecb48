"""Exam papers, answers and marked papers as files: JSON and XLSX papers, answers in XLSX, CSV or JSON.

Nothing here grades; a file that is not what was expected is refused in one sentence.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.faults import why
from labelqa.adapters.files.exam_sheet import read_exam_sheet
from labelqa.errors import BadInput
from labelqa.rulebook.exam import Paper, Result

PAPER: Final = "labelqa-exam-paper"
MARKED: Final = "labelqa-exam-marked"
FORMAT: Final = 1
LARGEST: Final = 8 << 20  # bytes
_FACTS: Final = ("release", "book", "seed", "questions", "with_handbook", "digest")
_QUESTION: Final = ("question", "number", "no.", "no", "题号", "序号", "题目", "key")
_ANSWER: Final = ("answer", "your answer", "答案", "作答", "label", "标签")


def paper_json(paper: Paper, facts: Mapping[str, object]) -> str:
    """A paper as JSON: what is asked, and what it is made again from."""
    told = {"kind": PAPER, "format": FORMAT, **facts, "title": asdict(paper.title)}
    asked = [asdict(question) for question in paper.questions]
    return json.dumps({**told, "asked": asked}, ensure_ascii=False, indent=1) + "\n"


def read_paper(path: Path) -> dict[str, Any]:
    """What a paper (JSON or XLSX) says of itself: release, book, seed, questions, with_handbook, digest."""
    if path.suffix.lower() == ".xlsx":
        held: Mapping[str, Any] = read_exam_sheet(path)[0]
    else:
        held = _object(path)
        if held.get("kind") != PAPER or held.get("format") != FORMAT:
            raise _no_paper(path)
    try:
        facts = {name: str(held[name]) for name in _FACTS}
        flag = {"True": True, "False": False}[facts["with_handbook"]]
        return {**facts, "questions": int(facts["questions"]), "with_handbook": flag}
    except (KeyError, ValueError):
        raise _no_paper(path) from None


def _no_paper(path: Path) -> BadInput:
    return BadInput("{path}: not an exam paper of labelqa; give the JSON or XLSX file that rulebook exam wrote",
                    path=str(path))  # fmt: skip


def read_answers(path: Path) -> dict[str, str]:
    """Answers by question number or key, from the filled workbook, from a CSV (question, answer), or from JSON."""
    if path.suffix.lower() == ".xlsx":
        return read_exam_sheet(path)[1]
    if path.suffix.lower() == ".json":
        return {str(key): str(value) for key, value in _object(path).items()}
    return _table(path)


def _table(path: Path) -> dict[str, str]:
    rows = [row for row in csv.reader(io.StringIO(_text(path))) if any(cell.strip() for cell in row)]
    heads = [cell.strip().casefold() for cell in rows[0]] if rows else []
    question = next((at for at, head in enumerate(heads) if head in _QUESTION), -1)
    answer = next((at for at, head in enumerate(heads) if head in _ANSWER), -1)
    if question < 0 or answer < 0:
        raise BadInput(
            "{path}: no columns question and answer (题号, 答案); name them in the first row", path=str(path)
        )
    found: dict[str, str] = {}
    for row in rows[1:]:
        if max(question, answer) < len(row):
            key, told = row[question].strip(), row[answer].strip()
            if found.get(key, told) != told:
                raise BadInput("{path}: question {number} is answered twice and differently; leave one answer",
                               path=str(path), number=key)  # fmt: skip
            found[key] = told
    return found


def marked_json(result: Result, *, taker: str) -> str:
    """A marked paper as JSON, as the item bank reads it; ``taker`` is a pseudonym or the name of the answers' file."""
    marked = [{"example": each.example, "rule": each.rule, "right": each.right} for each in result.marked]
    told = {"kind": MARKED, "format": FORMAT, "release": result.release, "book": result.book, "paper": result.paper}
    return json.dumps({**told, "taker": taker, "marked": marked}, ensure_ascii=False, indent=1) + "\n"


def read_marked(path: Path) -> dict[str, Any]:
    """A marked paper: release, book, paper, taker, right (example → bool), rules (example → rule)."""
    held = _object(path)
    try:
        if held["kind"] != MARKED or held["format"] != FORMAT:
            raise ValueError(held["kind"])
        marked = held["marked"]
        if not marked or not all(isinstance(each["right"], bool) for each in marked):
            raise ValueError("marked")
        told = {name: str(held[name]) for name in ("release", "book", "paper", "taker")}
        right = {str(each["example"]): each["right"] for each in marked}
        return {**told, "right": right, "rules": {str(each["example"]): str(each["rule"]) for each in marked}}
    except (KeyError, TypeError, ValueError):
        raise BadInput("{path}: not a marked paper of labelqa; rulebook grade --out FILE writes them",
                       path=str(path)) from None  # fmt: skip


def _object(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(_text(path))
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, dict):
        raise BadInput("{path}: not a JSON object; give the file that labelqa wrote", path=str(path))
    return held


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise BadInput("{path}: larger than any exam of labelqa; check the name", path=str(path))
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=why(error)) from error
