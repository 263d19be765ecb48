"""Makes the table of docs/pilots.md: what the trials of the shipped rulebooks measured: ``python docs/pilots.py > docs/pilots.md``.

Every figure comes from the tables in sample_data/pilots, by the measurements of ``labelqa rulebook clarity``. A test holds the
page against what this makes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from labelqa.adapters.files.pilot_table import read_pilot
from labelqa.records.clarity import RulebookClarity
from labelqa.records.estimate import Estimate, Figure
from labelqa.rulebook.document import parse
from labelqa.workflows.clarity.pilot import pilot_clarity

ROOT: Final = Path(__file__).resolve().parents[1]
PILOTS: Final = ROOT / "sample_data" / "pilots"
HEAD: Final = """\
# Trials of the shipped rulebooks · 随附标注规则的试标

Each rulebook was tried on 48 synthetic items that are hard on purpose, by three language models working apart, and after it was
mended by three others on the same items. Models that read alike agree alike: their agreement says little of people. What showed
where the words leave a choice were the doubts that they noted. The items, the answers and the doubts lie in
`sample_data/pilots`. A team should run the same trial with its own people before it adopts a rulebook.

每份标注规则都用 48 条有意选难的合成数据试标，由三个语言模型各自独立完成；修订后再由另外三个模型对同样的数据试标。读法相近的模型
自然意见相近，其一致性不能代表人；真正显出规则哪里留有余地的，是它们记下的疑问。数据、回答和疑问都在 `sample_data/pilots`。团队采用前应由
自己的人员做同样的试标。

| rulebook · 标注规则 | answers with a doubt · 存疑的回答 | alpha | items labelled differently · 标签不一致的条目 | most doubts · 疑问最多的条款 |
|---|---|---|---|---|
"""
TAIL: Final = """
Shares with 95% intervals over items, alpha with its default interval (docs/statistics.md). The second trial used the items
by which the rulebook was mended, so it shows that these doubts were answered, not how new items will fare. After it some wordings of
the 2.0.0 versions were mended once more by a reader's review; of two rules the meaning moved (S-A1c of genai-safety, S-01 of
genai-pii), which no trial has met yet. ·
区间为 95%，按条目计算；第二次试标用的就是据以修订的数据，只说明这些疑问得到了回答，不代表新数据的情况。此后又按审读意见修订了 2.0.0 的部分措辞；
其中两条的含义有变（genai-safety 的 S-A1c、genai-pii 的 S-01），尚未试标。

```
labelqa rulebook clarity rulebooks/genai-sft/2.0.0.yaml --labels sample_data/pilots/genai-sft-2.0.0.csv
```
"""


def page() -> str:
    """The page as Markdown."""
    return HEAD + "".join(_row(table) for table in sorted(PILOTS.glob("*.csv"))) + TAIL


def _row(table: Path) -> str:
    name, _, version = table.stem.rpartition("-")
    book = parse((ROOT / "rulebooks" / name / f"{version}.yaml").read_bytes()).rulebook
    if book is None:
        raise ValueError(f"{name} {version} cannot be read")
    rows, _ = read_pilot(table)
    found = pilot_clarity(book, rows, file=table.name)
    apart = len({row.item for row in rows if len({each.label for each in rows if each.item == row.item}) > 1})
    cells = (f"{name} {version}", _share(found.doubts), _alpha(found.alpha), f"{apart} / {found.items}", _most(found))
    return "| " + " | ".join(cells) + " |\n"


def _share(figure: Figure) -> str:
    if not isinstance(figure, Estimate):
        return "unknown · 未知"
    told = f"{round(figure.point * (figure.n or 0))} / {figure.n}"
    return f"{told} = {figure.point:.1%} [{figure.low:.1%}, {figure.high:.1%}]"


def _alpha(figure: Figure) -> str:
    return (
        f"{figure.point:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
        if isinstance(figure, Estimate)
        else "unknown · 未知"
    )


def _most(found: RulebookClarity) -> str:
    doubts = {
        each.rule: round(each.doubts.point * (each.doubts.n or 0))
        for each in found.rules
        if isinstance(each.doubts, Estimate)
    }
    most = sorted((rule for rule in doubts if doubts[rule]), key=lambda rule: -doubts[rule])[:3]
    return ", ".join(f"{rule} ({doubts[rule]})" for rule in most) or "–"


if __name__ == "__main__":
    sys.stdout.write(page())
