"""The linter on a large rulebook: every check, both languages, as an author waits for it.

    python benchmarks/lint.py --rules 500 --examples 4

Writes a seeded rulebook to a temporary folder: rules of ordinary length, written from a vocabulary of two thousand words
so that no two are alike, each with decision steps, boundaries and worked examples. Each figure is a fresh process on the
same file: reading the file, and the checks alone; then the whole process, start included. The fastest of several runs
counts, since only other work makes it slower.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import tempfile
from functools import cache
from pathlib import Path

from measured import measure

from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model
from labelqa.rulebook.document import render

LIMIT = 2.0  # seconds for the checks of 500 rules
GROUP = 10  # rules that hand over to each other
CHECKED = """
import sys, time
from pathlib import Path
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import lint
data = Path(sys.argv[1]).read_bytes()
begun = time.perf_counter()
document = parse(data, file=sys.argv[1], limit=10**8)
read = time.perf_counter()
found = lint(document.rulebook, document.positions)
print(read - begun, time.perf_counter() - read, len(found))
"""
ZH = """
天气 温度 雨量 风力 云层 湿度 街道 河流 山谷 海岸 车站 学校 医院 市场 工厂 农田 早晨 中午 傍晚 夜间
记录 报告 描述 比较 预告 提到 说明 引用 转述 评论 观测 测量 居民 学生 司机 渔民 医生 记者 编辑 读者
标题 正文 段落 句子 图表 数字 单位 来源 日期 地点 原因 结果 影响 建议 警告 更正 补充 疑问 回答 附件
"""
EN = """
weather rain wind cloud street river valley coast station school hospital market factory field morning noon evening
night record report account comparison forecast mention note quotation retelling comment reading measure resident
pupil driver fisher doctor reporter editor reader title body paragraph sentence chart number unit source date place
cause outcome effect advice warning correction addition doubt reply annex
"""


@cache
def compounds(words: str, between: str) -> tuple[str, ...]:
    """The words, and those that two of them make: some two thousand, as many as a large rulebook has."""
    plain = words.split()
    return tuple(plain) * 10 + tuple(f"{one}{between}{two}" for one in plain[:36] for two in plain[18:])


def words(chance: random.Random, many: int) -> model.Text:
    """A sentence in both languages, of ``many`` words."""
    zh, en = chance.choices(compounds(ZH, ""), k=many), chance.choices(compounds(EN, "-"), k=many)
    for at in range(4, many - 1, 5):
        zh[at] += "，"
    return model.Text("".join(zh).rstrip("，") + "。", " ".join(en).capitalize() + ".")


def rule(chance: random.Random, number: int, rules: int, examples: int) -> model.Rule:
    """One rule of the group: its first step leads to its second, or on to the next rule's."""
    label, last = f"L{number}", number % GROUP == GROUP - 1 or number == rules - 1
    other = "none" if last else f"s{number + 1}-a"
    steps = (
        model.Step(id=f"s{number}-a", question=words(chance, 6), yes=f"s{number}-b", no=other),
        model.Step(id=f"s{number}-b", question=words(chance, 6), yes=f"s{number}-c", no="none"),
        model.Step(id=f"s{number}-c", question=words(chance, 6), yes=label, no="none"),
    )
    return model.Rule(
        id=f"R-{number:03}", statement=words(chance, 9), labels=(label,), severity=DefectSeverity.MAJOR,
        definition=words(chance, 11), use_when=(words(chance, 6), words(chance, 6)), avoid_when=(words(chance, 6),),
        boundaries=(model.Boundary(text=words(chance, 8), rule=f"R-{(number + 1) % rules:03}"),),
        basis=model.Basis(clauses=("6 d)",)), steps=steps,
        examples=tuple(example(chance, number, at, label) for at in range(examples)),
    )  # fmt: skip


def example(chance: random.Random, number: int, at: int, label: str) -> model.Example:
    """Positive, negative and borderline ones in turn."""
    kind = list(model.ExampleKind)[at % 3]
    answers = {
        model.ExampleKind.POSITIVE: ("yes", "yes", "yes"),
        model.ExampleKind.NEGATIVE: ("yes", "no"),
        model.ExampleKind.BORDERLINE: ("yes", "yes", "no"),
    }[kind]
    given = {f"s{number}-{step}": model.Answer(said) for step, said in zip("abc", answers, strict=False)}
    return model.Example(
        id=f"R-{number:03}-{kind[0]}{at}", kind=kind, content=words(chance, 20),
        expected=label if kind is model.ExampleKind.POSITIVE else "none", answers=given, reason=words(chance, 6),
    )  # fmt: skip


def book(rules: int, examples: int) -> model.Rulebook:
    """A rulebook without faults but for its sense."""
    chance = random.Random(20261121)
    case = (model.Case(content=words(chance, 8), answer=words(chance, 5)),)
    labels = [model.Label(value=f"L{at}", title=words(chance, 2), definition=words(chance, 8)) for at in range(rules)]
    none = model.Label(value="none", title=words(chance, 2))
    rest = model.Rule(
        id="R-none", statement=words(chance, 9), labels=("none",), severity=DefectSeverity.MINOR,
        steps=(model.Step(id="s-none", question=words(chance, 9), yes="s0-a", no="none"),),
    )  # fmt: skip
    return model.Rulebook(
        format=2, name="large", version="1.0.0", kind=Kind.FUNCTIONAL, task_type=model.TaskType.TEXT,
        title=words(chance, 3), control="label", labels=(*labels, none),
        rules=(*(rule(chance, at, rules, examples) for at in range(rules)), rest),
        form=model.Form(shows=(model.Shown(name="text"),)), objective=words(chance, 12), data_format=words(chance, 12),
        method=model.Method(execution=words(chance, 20), review=words(chance, 20)),
        quality_metrics=(model.Metric(name=words(chance, 2), target=">= 95%"),),
        verification=model.Verification(text=words(chance, 20), plan=model.CheckPlan(design=Design.SEQUENTIAL)),
        wrong_labels=model.Guidance(text=words(chance, 9), examples=case), emergency=words(chance, 20),
        risk_recognition=model.Guidance(text=words(chance, 9), examples=case),
    )  # fmt: skip


def main() -> int:
    """Print the table; 1 where the checks take too long for 500 rules."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rules", type=int, nargs="+", default=[100, 500])
    asked.add_argument("--examples", type=int, default=4, help="of each rule")
    asked.add_argument("--runs", type=int, default=3)
    told = asked.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores; fastest of {told.runs}\n")
    print(
        "| rules | examples | file MB | findings | reading s | checks s | whole process s |\n|--:|--:|--:|--:|--:|--:|--:|"
    )
    return max(row(rules, told.examples, told.runs) for rules in told.rules)


def row(rules: int, examples: int, runs: int) -> int:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.yaml"
        path.write_text(render(book(rules, examples)), encoding="utf-8")
        found = [measure([sys.executable, "-c", CHECKED, str(path)]) for _ in range(runs)]
        size = path.stat().st_size / 1e6
    told = [[float(part) for part in each.out[0].split()] for each in found]
    reading, checks = min(each[0] for each in told), min(each[1] for each in told)
    whole = min(each.seconds for each in found)
    print(f"| {rules} | {rules * examples} | {size:.2f} | {told[0][2]:.0f} | {reading:.2f} | {checks:.2f} | {whole:.2f} |", flush=True)  # fmt: skip
    return int(rules <= 500 and checks > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
