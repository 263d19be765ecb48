"""Makes docs/findings.md, the list of every code that labelqa reports: ``python docs/findings.py > docs/findings.md``.

The sentences are read off the code and its catalogs, so the page cannot say anything else than the program does.
For people who work on labelqa; a test holds the page against what this makes.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from labelqa.i18n import Lang

ROOT: Final = Path(__file__).resolve().parents[1]
CODE_AT: Final = {"finding": 0, "_finding": 1}  # which argument of a call is the code
FAMILIES: Final = {
    "RB": ("Rulebooks", "标注规则"),
    "LS": ("Label Studio: exports and projects", "Label Studio：导出文件与项目"),
    "IM": ("Imported tables", "导入的表格"),
    "PT": ("Lists of people", "人员列表"),
    "AT": ("Lists of assignments", "任务分派表"),
    "PL": ("Tables of a trial", "试标表格"),
    "EX": ("Exams", "考核"),
    "QB": ("Files of exam questions", "试题文件"),
    "XA": ("xAPI statements", "xAPI 声明"),
    "RV": ("Work sheets and verdicts", "工作表与结论"),
    "LG": ("Ledger, intake and frozen files", "台账、收件与锁定文件"),
    "RG": ("Registers", "登记"),
    "AC": ("Accounts", "账号"),
    "AL": ("Access logs", "访问日志"),
    "CN": ("Connection", "连接"),
    "": ("Rules of work", "工作规则"),
}


@dataclass(frozen=True)
class Said:
    """One place in the code that reports a code."""

    code: str
    texts: tuple[str, ...]
    mend: str = ""
    severity: str = "error"


def trees(*names: str) -> Iterator[ast.Module]:
    """Every module of the package that holds one of these names, parsed."""
    for path in sorted((ROOT / "labelqa").rglob("*.py")):
        text = "" if "_shipped" in path.parts else path.read_text("utf-8")
        if any(f"{name}(" in text for name in names):
            yield ast.parse(text, filename=str(path))


def findings() -> Iterator[Said]:
    """What checks report: every call that makes a finding with its code written there."""
    for tree in trees(*CODE_AT, "Finding"):
        whole = _assigned(tree)
        for scope in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
            before = 0
            for call in sorted(_calls(scope, *CODE_AT, "Finding"), key=lambda each: each.lineno):
                yield from _finding(call, {**whole, **_assigned(scope, before, call.lineno)})
                before = call.lineno


def _calls(scope: ast.AST, *names: str) -> list[ast.Call]:
    """The calls of these functions in a piece of code."""
    return [each for each in ast.walk(scope) if isinstance(each, ast.Call) and _name(each.func) in names]


def _finding(call: ast.Call, names: Mapping[str, list[ast.expr]]) -> Iterator[Said]:
    name, words = _name(call.func), {each.arg: each.value for each in call.keywords}
    mend = _first(words.get("mend"), names) or _first(names.get("KEEP_BOTH", [None])[0], names)
    severity = ast.unparse(words["severity"]).rpartition(".")[2].lower() if "severity" in words else "error"
    severity = severity if severity in {"error", "warning", "note"} else "error"
    at = CODE_AT.get(name)
    if at is not None and len(call.args) > at + 1 and (code := _literal(call.args[at])):
        yield Said(code, tuple(_texts(call.args[at + 1], names)), mend, severity)
    elif name == "Finding" and (code := _literal(words.get("code"))):
        yield Said(code, (), mend, severity)


def reasons() -> dict[str, set[str]]:
    """Why a number is unknown: reason code → sentences."""
    found: dict[str, set[str]] = {}
    for tree in trees("InsufficientData", "Unknown"):
        names = _assigned(tree)
        for call in _calls(tree, "InsufficientData", "Unknown"):
            words = {each.arg: each.value for each in call.keywords}
            if _name(call.func) == "InsufficientData" and (code := _literal(call.args[0] if call.args else None)):
                found.setdefault(code, set()).update(_texts(call.args[1], names))
            elif _name(call.func) == "Unknown" and (code := _literal(words.get("reason"))):
                found.setdefault(code, set()).update(_texts(words.get("message"), names))
    return dict(sorted(found.items()))


def alerts() -> dict[str, set[str]]:
    """What needs a person: alert code → sentences."""
    found: dict[str, set[str]] = {}
    for scope in (each for tree in trees("Alert") for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        names = _assigned(scope)
        for call in _calls(scope, "Alert"):
            words = {each.arg: each.value for each in call.keywords}
            if not {"code", "message"} <= words.keys():
                continue
            codes, texts = list(_literals(words["code"])), list(_texts(words["message"], names))
            if len(codes) == len(texts):
                pairs = list(zip(codes, texts, strict=True))
            else:
                pairs = [(code, text) for code in codes for text in texts]
            for code, text in pairs:
                found.setdefault(code, set()).add(text)
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _literal(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _literals(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _assigned(tree: ast.AST, after: int = 0, before: int = sys.maxsize) -> dict[str, list[ast.expr]]:
    """What names stand for, as far as it is written there between two lines."""
    found: dict[str, list[ast.expr]] = {}
    for node in (each for each in ast.walk(tree) if after <= getattr(each, "lineno", 0) <= before):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for to, value in pairs:
                    found.setdefault(_name(to), []).append(value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            found.setdefault(_name(node.target), []).append(node.value)
    return found


def _texts(node: ast.expr | None, names: Mapping[str, list[ast.expr]], depth: int = 0) -> Iterator[str]:
    """The sentences that an expression can be."""
    if node is None or depth > 9:
        return
    if isinstance(node, ast.Name):
        for value in names.get(node.id, []):
            yield from _texts(value, names, depth + 1)
    elif isinstance(node, ast.Call) and node.args and _name(node.func) in {"Message", "N_"}:
        yield from _texts(node.args[0], names, depth + 1)
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body, names, depth + 1), *_texts(node.orelse, names, depth + 1))
    elif text := _literal(node):
        yield text


def _first(node: ast.expr | None, names: Mapping[str, list[ast.expr]]) -> str:
    return next(_texts(node, names), "")


def titled() -> Iterator[Said]:
    """Codes of rulebooks, which have titles of their own."""
    from labelqa.rulebook import release
    from labelqa.rulebook.clarification import CLARIFICATION_CODES
    from labelqa.rulebook.diff.check import CHANGE_CODES
    from labelqa.rulebook.exam.questions import CODES as QUESTION_CODES
    from labelqa.rulebook.lint import catalog
    from labelqa.rulebook.problems import DOCUMENT_CODES

    codes = {**DOCUMENT_CODES, **release.RELEASE_CODES, **CHANGE_CODES, **CLARIFICATION_CODES, **QUESTION_CODES}
    yield from (Said(code, (title,)) for code, title in codes.items())
    yield from (Said(each.code, (each.title,), severity=str(each.severity)) for each in catalog().values())


def rows() -> dict[str, Said]:
    """One line a code: every sentence said under it, in the order of codes."""
    own = {each.code: each for each in titled()}
    for each in findings():
        if each.code in own and each.code.startswith("RB"):
            continue
        before = own.get(each.code)
        texts = dict.fromkeys([*(before.texts if before else ()), *each.texts])
        mend = before.mend if before and before.mend else each.mend
        own[each.code] = Said(each.code, tuple(texts), mend, each.severity)
    return dict(sorted(own.items()))


def markdown() -> str:
    """The whole page."""
    from labelqa.adapters.report.names import EXCLUSIONS, FLAGS
    from labelqa.batches.settled import REASONS

    lines = ["# Codes · 代码", "", OPENING]
    held = rows()
    for prefix, (english, chinese) in FAMILIES.items():
        mine = [each for each in held.values() if (each.code[:2] if each.code[2:].isdigit() else "") == prefix]
        lines += [f"## {english} · {chinese}", "", *([RULEBOOKS] if prefix == "RB" else [])]
        lines += ["| code | | English | 中文 | what to do · 处理 |", "| --- | --- | --- | --- | --- |"]
        lines += [f"| `{each.code}` | {each.severity} | {_both(each.texts)} | {_mend(each.mend)} |" for each in mine]
        lines.append("")
    for (english, chinese), note, table in (
        (("Why a number is unknown", "数字未知的原因"), UNKNOWN, reasons()),
        (("Conclusions of batches", "批次结论的理由"), CONCLUSIONS, _each(REASONS)),
        (("Left out at the freeze", "锁定时未纳入的原因"), EXCLUDED, _each(EXCLUSIONS)),
        (("Reasons to look at somebody's work", "需要关注某人工作的原因"), FLAGGED, _each(FLAGS)),
        (("Alerts", "待办"), ALERTED, alerts()),
    ):  # fmt: skip
        lines += [f"## {english} · {chinese}", "", note, "| code | English | 中文 |", "| --- | --- | --- |"]
        lines += [f"| `{code}` | {_both(sorted(texts))} |" for code, texts in table.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _each(names: Mapping[str, str]) -> dict[str, set[str]]:
    return {code: {text} for code, text in names.items()}


def _both(texts: Iterable[str]) -> str:
    from labelqa.i18n import translate

    cells = ["<br>".join(_cell(translate(text, lang)) for text in texts) for lang in LANGS]
    return " | ".join(cells) if all(cells) else ANY


def _mend(text: str) -> str:
    from labelqa.i18n import translate

    return f"{_cell(text)} · {_cell(translate(text, 'zh'))}" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;").replace("{", "*").replace("}", "*")


LANGS: Final[tuple[Lang, ...]] = ("en", "zh")
ANY: Final = "see the message itself | 见该条消息"
OPENING: Final = """\
Every code that labelqa reports, with what it says and what to do. Codes are stable; sentences may be worded better.
A word in *italics* stands for a name or a number. An **error** stops the step or the row, a **warning** is to be
answered, a **note** informs. Exit codes are in [cli.md](cli.md).

labelqa 报告的全部代码、含义与处理办法。代码保持不变，措辞可能改进。*斜体*处为名称或数字。
error（错误）阻止该步骤或该行，warning（警告）需要答复，note（提示）供参考。退出码见 [cli.md](cli.md)。

Made by `python docs/findings.py`.
"""
RULEBOOKS: Final = """\
Clauses and explanations are in [rulebooks.md](rulebooks.md). · 依据条款与说明见 [rulebooks.md](rulebooks.md)。
"""
UNKNOWN: Final = """\
A number that cannot be known is never shown as 0: it is a row with one of these reasons.

无法得知的数字不会显示为 0，而是带有以下原因的一行。
"""
CONCLUSIONS: Final = """\
`labelqa settle` records one of these. · `labelqa settle` 记录其中之一。
"""
EXCLUDED: Final = """\
Counted and shown for every batch. · 每个批次都会计数并显示。
"""
FLAGGED: Final = """\
How they are found stands in [statistics.md](statistics.md). `fast` is said only beside another reason.

判定方法见 [statistics.md](statistics.md)。`fast` 只与其他原因一并给出。
"""
ALERTED: Final = """\
On the dashboard and in the report, each with who acts and which command does it. The reasons to look at somebody's work
are alerts, too.

见于看板与报告，各注明由谁处理、使用哪条命令。需要关注某人工作的原因也是待办。
"""

if __name__ == "__main__":
    sys.stdout.write(markdown())
