"""Helps whoever writes a rulebook: a JSON Schema by which editors complete and explain, and a first draft to fill in.

The schema is made from the declarations that read the file, so the two cannot disagree. An editor sees form only; what
the sections have to say is for the checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

from labelqa.records.batch import Kind
from labelqa.rulebook import schema
from labelqa.rulebook.model import FORMATS

SCHEMA_FILE: Final = "rulebook.schema.json"
_SAYS: Final[Mapping[str, str]] = {
    "accuracy": "准确率，0 到 1 · to be proven, 0–1",
    "after": "现在的标签 · labels now",
    "answer": "应当怎样回应或处理 · what is to be said or done",
    "answers": "步骤编号 → yes/no；在 form 中为答案类型 · step id → yes or no; in form the kind of answer",
    "articles": "暂行办法条款，如 4(1) · articles of the Interim Measures, such as 4(1)",
    "avoid_when": "不适用的情形 · when the rule does not apply",
    "basis": "法律依据 · legal basis",
    "before": "原来的标签 · labels before",
    "boundaries": "与相邻条款的边界 · where the rule ends, and which rule begins there",
    "by": "声明人的假名 · pseudonym of whoever declares it",
    "changes": "与上一版本相比 · against the version before",
    "clarifications": "并入本版本的答疑编号 · numbers of the clarifications taken in",
    "clauses": "标准条款，如 GB/T 45674—2025 6 d) · clauses of standards",
    "code": "代码 · code",
    "content": "示例内容 · the case itself",
    "control": "标注界面中的控件名 · the control of the labeling form",
    "data_format": "数据格式 · data format",
    "defects": "缺陷代码 · kinds of wrong labels",
    "definition": "定义 · what the words mean",
    "design": "抽样设计 · design of the spot check",
    "emergency": "应急响应和通知 · emergency response and notification",
    "examples": "示例 · worked cases",
    "execution": "怎样标注 · how labeling is carried out",
    "expected": "预期标签；在 plan 中为预期准确率 · expected label; in a plan the accuracy expected",
    "form": "标注界面 · the labeling form",
    "format": "文件格式号 · format of the file",
    "guided_responses": "正向引导性响应（安全性）· guided positive responses (safety)",
    "highest": "评分的最高分 · top of the rating scale",
    "id": "编号，全文唯一 · unique in the rulebook",
    "kind": "functional 功能性 / safety 安全性；示例为 positive 正例 / negative 反例 / borderline 边界示例",
    "labels": "标签 · labels",
    "lint_exceptions": "不采纳的提示及理由 · warnings answered with a reason",
    "method": "标注方法：实施和审核 · method of execution and review",
    "name": "名称 · name",
    "no": "回答“否”时的去处 · where the answer no leads",
    "objective": "标注目标 · labeling objective",
    "parent": "上级标签的值 · the value above it",
    "part": "所改部分，写法同 labelqa rulebook diff · the part, as labelqa rulebook diff spells it",
    "plan": "抽样方案 · plan of the spot check",
    "power": "达到预期准确率时的通过概率 · chance to accept what is as good as expected",
    "preset": "预设方案 · preset",
    "quality_metrics": "质量指标及目标数值 · quality metrics with target figures",
    "question": "判断问题 · a question answered yes or no",
    "reason": "理由 · reason",
    "review": "怎样审核 · how labeling is reviewed",
    "risk": "误放行的概率上限 · largest chance to accept a batch that misses it",
    "risk_recognition": "风险内容识别（功能性）· recognition of risky content (functional)",
    "risks": "安全风险代码，如 A1a · risk codes such as A1a",
    "rule": "相邻条款的编号 · id of the neighbouring rule",
    "rules": "规则条款 · rules",
    "same_meaning": "含义不变的声明 · declarations that the meaning is unchanged",
    "severity": "违反时的缺陷等级 · how grave a breach is",
    "shown_as": "显示方式 · how it is shown",
    "shows": "显示的字段 · fields shown",
    "since": "所对比的上一版本 · the version before",
    "statement": "条款正文 · what the rule demands",
    "steps": "判断步骤 · decision steps",
    "summary": "变更说明 · what changes, in short",
    "target": "目标，如 >= 95% · target such as >= 95%",
    "task_type": "任务类型 · type of task",
    "taxonomy": "安全风险清单的版本 · version of the list of risks",
    "term": "术语 · term",
    "terms": "术语表；条款中写作「术语」 · glossary; in rules 「term」",
    "text": "正文 · text",
    "time_budget": "每条用时上限（秒）· seconds an item may take",
    "title": "标题 · title",
    "uncovered_risks": "不涉及的风险及理由（仅 A5）· risks not met, with reasons (A5 only)",
    "use": "handbook 手册 / exam 考核 / gold 埋题 · where the example may be shown",
    "use_when": "适用情形 · when the rule applies",
    "value": "存储值 · as it is stored",
    "verification": "核验方法和抽样方案 · verification method and plan",
    "version": "版本号 · MAJOR.MINOR.PATCH",
    "wrong_labels": "错误标注的识别 · how to spot wrong labels",
    "yes": "回答“是”时的去处 · where the answer yes leads",
}  # fmt: skip


def json_schema() -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of a rulebook file in the latest format.

    >>> json_schema()["properties"]["kind"]["enum"]
    ['functional', 'safety']
    """
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "labelqa rulebook · 标注规则"}
    told = _described(schema.rulebook().shape)
    told["properties"]["format"] = {"const": FORMATS[-1], "description": _SAYS["format"]}
    return {**head, **told}


def _described(shape: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = dict(shape)
    if "properties" in shape:
        told["properties"] = {
            key: {**_described(inner), **({"description": _SAYS[key]} if key in _SAYS else {})}
            for key, inner in shape["properties"].items()
        }
    for part in ("items", "additionalProperties"):
        if isinstance(shape.get(part), Mapping):
            told[part] = _described(shape[part])
    return told


def schema_text() -> str:
    """The schema as the file that stands beside the rulebooks."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def first_draft(name: str, kind: Kind) -> str:
    """A draft with every section and one rule to write on from; the checks say what is still empty."""
    text = resources.files("labelqa.rulebook").joinpath("first_draft.yaml").read_text(encoding="utf-8")
    other = Kind.SAFETY if kind is Kind.FUNCTIONAL else Kind.FUNCTIONAL
    without = re.sub(rf"^# <{other}>\n.*?^# </{other}>\n", "", text, flags=re.MULTILINE | re.DOTALL)
    kept = re.sub(rf"^# </?{kind}>\n", "", without, flags=re.MULTILINE)
    return kept.replace("NAME", name).replace("KIND", kind.value)
