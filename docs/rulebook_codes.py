"""Makes docs/rulebook-codes.md, every code that concerns rulebooks: ``python docs/rulebook_codes.py > FILE``.

Titles, messages and mends are read off the checks themselves, so the page cannot say anything else than the linter does.
For people who work on labelqa; a test holds the page against what this makes.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

from labelqa.i18n import translate
from labelqa.records.finding import Severity
from labelqa.rulebook.clarification import CLARIFICATION_CODES
from labelqa.rulebook.diff.check import CHANGE_CODES, CHANGE_WARNINGS
from labelqa.rulebook.lint import catalog
from labelqa.rulebook.lint.check import Check
from labelqa.rulebook.problems import DOCUMENT_CODES
from labelqa.rulebook.release import RELEASE_CODES

HEAD: Final = """\
# Codes of findings on rulebooks · 标注规则问题项代码

Each finding names file, line and column, what is wrong and how to mend it. E stops a release; W may be answered with a
reason under `lint_exceptions`, in the rule or, for what stands in no rule, in the rulebook; `labelqa rulebook lint --strict`
fails on both. How a rulebook is written is told in [rulebooks.md](rulebooks.md).

每个问题项都写明文件、行、列、问题和改法。E 阻止发布；W 可在规则条款（不属于任何条款的，在全文）的 `lint_exceptions` 下写明理由；
`labelqa rulebook lint --strict` 对两者都判为不通过。标注规则的写法见 [rulebooks.md](rulebooks.md)。

Made by `python docs/rulebook_codes.py`.
"""
PARTS: Final = {
    "RB0": ("The document", "文件"),
    "RB1": ("Sections", "章节"),
    "RB2": ("Labels and rules", "标签与规则条款"),
    "RB3": ("Decision steps and examples", "判断步骤与示例"),
    "RB4": ("Wording", "用词"),
    "RB5": ("Risks", "安全风险"),
    "RB6": ("Exceptions", "例外说明"),
    "RB7": ("Versions, releases and the lock", "版本、发布与锁文件"),
    "RB8": ("Clarifications", "答疑"),
}


def page() -> str:
    """The page as Markdown."""
    rows = [*_told(DOCUMENT_CODES, {"RB012"}), *_checked(), *_released(), *_told(CLARIFICATION_CODES, {"RB808"})]
    parts = [HEAD]
    for start, (english, chinese) in PARTS.items():
        mine = sorted(row for row in rows if row[0].startswith(start))
        parts.append(
            f"\n## {english} · {chinese}\n\n| code | | English | 中文 | clause · 依据 |\n|---|---|---|---|---|"
        )
        parts += [f"\n| `{code}` | {severity} | {en} | {zh} | {clause} |" for code, severity, en, zh, clause in mine]
        parts.append("\n")
    return "".join(parts)


def _released() -> Iterator[tuple[str, ...]]:
    warns = set(CHANGE_WARNINGS) | _warned()
    yield from _told(RELEASE_CODES | CHANGE_CODES, warns)


def _warned() -> set[str]:
    """Codes of releases that a call makes a warning or note of."""
    from findings import findings

    grades: dict[str, set[str]] = {}
    for said in findings():
        grades.setdefault(said.code, set()).add(said.severity)
    return {code for code, told in grades.items() if code in RELEASE_CODES and "error" not in told}


def _told(codes: Mapping[str, str], warns: set[str]) -> Iterator[tuple[str, ...]]:
    for code, title in codes.items():
        yield code, "W" if code in warns else "E", title, translate(title, "zh"), ""


def _checked() -> Iterator[tuple[str, ...]]:
    for code, check in catalog().items():
        severity = "W" if check.severity is Severity.WARNING else "E"
        mends = mends_of(check)
        english = "<br>".join([check.title, *(f"→ {each}" for each in mends)])
        chinese = "<br>".join([translate(check.title, "zh"), *(f"→ {translate(each, 'zh')}" for each in mends)])
        yield code, severity, _cell(english), _cell(chinese), _clause(check.clause)


def _clause(clause: str) -> str:
    chinese = translate(clause, "zh") if clause else ""
    return clause if clause == chinese else f"{clause} · {chinese}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("{", "‹").replace("}", "›")


def mends_of(check: Check) -> list[str]:
    """What a check tells to do, read off its function and those it calls beside it: the third part of every hit."""
    from labelqa.rulebook import lint

    module = inspect.getmodule(check.run)
    if check.run.__name__ == "_nothing":  # exceptions are judged by the linter itself
        return [text for text in _mends(lint._judged, lint) if ("delete" in text) is (check is lint.NEEDLESS)]
    outer = getattr(module, getattr(check.run, "__qualname__", "").split(".")[0])
    return _mends(outer, module)


def _mends(function: object, module: object, seen: frozenset[str] = frozenset()) -> list[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))  # type: ignore[arg-type]
    names = {
        target.id: node.value
        for node in ast.walk(tree) if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }  # fmt: skip
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Hit":
            told = [*node.args[2:3], *(each.value for each in node.keywords if each.arg == "mend")]
            found += [text for each in told for text in _texts(each, names)]
        elif isinstance(node, ast.Name) and node.id not in seen:
            inner = getattr(module, node.id, None)
            if inspect.isfunction(inner) and inner is not function and inner.__module__ == module.__name__:  # type: ignore[attr-defined]
                found += _mends(inner, module, seen | {node.id})
    return list(dict.fromkeys(found))


def _texts(node: ast.expr, names: Mapping[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in names:
        yield from _texts(names[node.id], names)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        yield str(node.args[0].value)


if __name__ == "__main__":
    sys.stdout.write(page())
