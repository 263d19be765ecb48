"""Makes docs/kinds.md, which coefficient fits which kind of answer: ``python docs/kinds.py > docs/kinds.md``.

Read off the program's own tables, so that the page cannot say anything else than the program does. For people who work
on labelqa; a test holds the page against what this makes.
"""

from __future__ import annotations

import sys
from typing import Final

from labelqa.adapters.report.measures import coefficient_name, distance_name
from labelqa.adapters.report.names import kind_name
from labelqa.i18n import Lang, Speaker
from labelqa.stats.agreement.capabilities import CAPABILITIES, Capability
from labelqa.stats.kinds import TABLE, KindRow, Reduction

LANGUAGES: Final[tuple[Lang, ...]] = ("en", "zh")

OPENING: Final = """\
# Kinds of answers and coefficients · 标注类型与一致性系数

Which number labelqa shows for which kind of answer, and why; then what each coefficient can do. The sources and the
intervals stand in [statistics.md](statistics.md). Another distance of the same kind: `labelqa agreement BATCH --distance NAME`;
in a notebook `labelqa.agreement(frame, kind="choices", distance="jaccard")`.

labelqa 对每种标注类型给出哪个数字及其理由，以及各系数的适用条件。出处与区间见 [statistics.md](statistics.md)。换用同类型的其他距离：
`labelqa agreement 批次 --distance 名称`；在 notebook 中：`labelqa.agreement(frame, kind="choices", distance="jaccard")`。

Made by `python docs/kinds.py`.
"""
HEADS: Final = {
    "en": ("kind", "counted as", "coefficients, the headline first", "with `--all`", "distance (others)", "why"),
    "zh": ("类型", "计数方式", "系数（首个为主）", "`--all` 时另有", "距离（其他可选）", "理由"),
}
COUNTED: Final = {
    "en": {Reduction.PATTERNS: "distinct answers", Reduction.DISTANCES: "pairs of answers"},
    "zh": {Reduction.PATTERNS: "不同答案", Reduction.DISTANCES: "成对答案"},
}
ABILITIES: Final = {
    "en": ("coefficient", "annotators", "has to know them", "missing answers", "unequal numbers", "weights", "order", "numbers only", "depends on unused labels"),
    "zh": ("系数", "标注员人数", "须知是谁", "允许缺失", "允许条数不等", "权重", "有序", "仅限数值", "受未用标签影响"),
}  # fmt: skip
TITLES: Final = {
    "en": ("## Kinds of answers", "## What each coefficient can do"),
    "zh": ("## 标注类型", "## 各系数的适用条件"),
}


def row(cells: tuple[str, ...]) -> str:
    """One line of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def table(heads: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    return "\n".join([row(heads), row(("---",) * len(heads)), *map(row, lines)])


def kind(line: KindRow, lang: Lang) -> tuple[str, ...]:
    """One kind of answer."""
    say = Speaker(lang)
    between = "; " if lang == "en" else "；"
    others = ", ".join(f"`{each}`" for each in line.distances)
    return (
        f"{kind_name(line.kind, say)} `{line.kind}`", COUNTED[lang][line.reduction], between.join(coefficient_name(each, say) for each in line.coefficients),
        between.join(coefficient_name(each, say) for each in line.also), f"{distance_name(line.distance, say)} `{line.distance}` ({others})", say(line.reason),
    )  # fmt: skip


def ability(each: Capability, lang: Lang) -> tuple[str, ...]:
    """One coefficient."""
    marks = ("yes", "–") if lang == "en" else ("是", "–")
    yes = [
        marks[0 if fact else 1]
        for fact in (
            each.needs_identity, each.takes_missing, each.takes_unequal, each.takes_weights, each.takes_order,
            each.needs_numbers, each.needs_declared,
        )
    ]  # fmt: skip
    return (coefficient_name(each.name, Speaker(lang)), "2" if each.only_two else "≥ 2", *yes)


def markdown() -> str:
    """The page."""
    parts = [OPENING]
    for lang in LANGUAGES:
        kinds, able = TITLES[lang]
        parts += [f"{kinds}\n", table(HEADS[lang], [kind(line, lang) for line in TABLE.values()]) + "\n"]
        parts += [f"{able}\n", table(ABILITIES[lang], [ability(each, lang) for each in CAPABILITIES.values()]) + "\n"]
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(markdown())
