"""The format of a rulebook file: which fields each part has, in the order in which they are written.

The same declarations read and write (:mod:`labelqa.rulebook.codec`). The format number changes when a field changes its
meaning; a new optional field does not change it, as readers keep what they do not know.
"""

from __future__ import annotations

from functools import cache

from labelqa.errors import Message
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model
from labelqa.rulebook.codec import STRING, Codec, Field, count, keyed, listed, record, shaped, share, whole, word
from labelqa.rulebook.nodes import Mapped, Node
from labelqa.rulebook.problems import Problems


def _texts() -> Codec[model.Text]:
    return record(model.Text, {"zh": Field(STRING), "en": Field(STRING)})


def _identifier() -> Codec[str]:
    return shaped(
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
        Message("use letters, digits, dot, hyphen and underscore, at most 64, beginning with a letter or digit"),
    )


def _value() -> Codec[str]:
    # Shown in tables and written into labeling forms: no line breaks, no blanks around it.
    return shaped(
        r"[^\s\x00-\x1f]([^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,198}[^\s\x00-\x1f])?",
        Message("a label's value is one line of at most 200 characters without blanks around it"),
    )


def _guidance() -> Codec[model.Guidance]:
    case = record(model.Case, {"content": Field(_texts(), True), "answer": Field(_texts(), True)})
    return record(model.Guidance, {"text": Field(_texts()), "examples": Field(listed(case))})


def _step() -> Codec[model.Step]:
    fields = {
        "id": Field(_identifier(), True),
        "question": Field(_texts(), True),
        "yes": Field(_value(), True),
        "no": Field(_value(), True),
    }
    return record(model.Step, fields)


def _example() -> Codec[model.Example]:
    fields = {
        "id": Field(_identifier(), True),
        "kind": Field(word(model.ExampleKind), True),
        "content": Field(_texts(), True),
        "expected": Field(_value(), True),
        "answers": Field(keyed(word(model.Answer))),
        "reason": Field(_texts()),
        "use": Field(word(model.ExampleUse)),
    }
    return record(model.Example, fields)


def _exceptions() -> Codec[tuple[model.LintException, ...]]:
    return listed(record(model.LintException, {"code": Field(_identifier(), True), "reason": Field(STRING)}))


def _basis() -> Codec[model.Basis]:
    strings = listed(STRING)
    return record(model.Basis, {"articles": Field(strings), "clauses": Field(strings), "risks": Field(strings)})


def _boundary() -> Codec[model.Boundary]:
    return record(model.Boundary, {"rule": Field(_identifier()), "text": Field(_texts(), True)})


def _seconds() -> Codec[int]:
    return count(most=86_400)


def _version() -> Codec[str]:
    return shaped(
        r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})",
        Message("write MAJOR.MINOR.PATCH, such as 1.2.0"),
    )


def _rule() -> Codec[model.Rule]:
    fields = {
        "id": Field(_identifier(), True),
        "statement": Field(_texts(), True),
        "labels": Field(listed(_value()), True),
        "severity": Field(word(DefectSeverity), True),
        "definition": Field(_texts()),
        "use_when": Field(listed(_texts())),
        "avoid_when": Field(listed(_texts())),
        "boundaries": Field(listed(_boundary())),
        "basis": Field(_basis()),
        "steps": Field(listed(_step())),
        "examples": Field(listed(_example())),
        "time_budget": Field(_seconds()),
        "lint_exceptions": Field(_exceptions()),
    }
    return record(model.Rule, fields)


def _label() -> Codec[model.Label]:
    fields = {
        "value": Field(_value(), True),
        "title": Field(_texts(), True),
        "definition": Field(_texts()),
        "parent": Field(_value()),
    }
    return record(model.Label, fields)


def _defect() -> Codec[model.Defect]:
    fields = {
        "code": Field(_identifier(), True),
        "title": Field(_texts(), True),
        "severity": Field(word(DefectSeverity), True),
    }
    return record(model.Defect, fields)


def _format() -> Codec[int]:
    return whole(model.FORMATS)


def refuse_unknown_format(root: Node, problems: Problems) -> None:
    """Note a format that is not known, before its fields are taken for mistakes."""
    entry = root.entries.get("format") if isinstance(root, Mapped) else None
    if entry is not None:
        _format().read(entry.value, "format", problems)


def _head() -> dict[str, Field]:
    return {
        "format": Field(_format(), True),
        "name": Field(
            shaped(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", Message("use lower-case letters, digits and hyphens")), True
        ),
        "version": Field(_version(), True),
        "kind": Field(word(Kind), True),
        "task_type": Field(word(model.TaskType), True),
        "title": Field(_texts(), True),
        "control": Field(_value(), True),
        "labels": Field(listed(_label()), True),
        "form": Field(_form()),
        "time_budget": Field(_seconds()),
    }


def _form() -> Codec[model.Form]:
    shown = {"name": Field(_value(), True), "shown_as": Field(word(model.ShownAs)), "title": Field(_texts())}
    fields = {
        "answers": Field(word(ControlKind)),
        "shows": Field(listed(record(model.Shown, shown))),
        "highest": Field(count(most=100)),
    }
    return record(model.Form, fields)


def _verification() -> Codec[model.Verification]:
    plan = {
        "design": Field(word(Design), True),
        "preset": Field(_identifier()),
        "accuracy": Field(share()),
        "risk": Field(share()),
        "expected": Field(share()),
        "power": Field(share()),
    }
    return record(model.Verification, {"text": Field(_texts()), "plan": Field(record(model.CheckPlan, plan))})


def _changes() -> Codec[model.Changes]:
    labels = {"before": Field(listed(_value()), True), "after": Field(listed(_value()), True)}
    same = {"part": Field(STRING, True), "by": Field(_identifier(), True), "reason": Field(_texts(), True)}
    fields = {
        "since": Field(_version(), True),
        "summary": Field(_texts()),
        "labels": Field(listed(record(model.LabelChange, labels))),
        "same_meaning": Field(listed(record(model.SameMeaning, same))),
        "clarifications": Field(listed(count(most=1_000_000))),
    }
    return record(model.Changes, fields)


def _sections() -> dict[str, Field]:
    metric = record(model.Metric, {"name": Field(_texts(), True), "target": Field(STRING)})
    term = record(model.Term, {"term": Field(_texts(), True), "definition": Field(_texts(), True)})
    method = record(model.Method, {"execution": Field(_texts()), "review": Field(_texts())})
    return {
        "objective": Field(_texts()),
        "data_format": Field(_texts()),
        "terms": Field(listed(term)),
        "method": Field(method),
        "quality_metrics": Field(listed(metric)),
        "verification": Field(_verification()),
        "wrong_labels": Field(_guidance()),
        "defects": Field(listed(_defect())),
        "emergency": Field(_texts()),
        "risk_recognition": Field(_guidance()),
        "guided_responses": Field(_guidance()),
    }


@cache
def rulebook() -> Codec[model.Rulebook]:
    """How a whole rulebook is read and written."""
    uncovered = record(model.Uncovered, {"code": Field(_identifier(), True), "reason": Field(_texts(), True)})
    tail = {
        "taxonomy": Field(_identifier()),
        "uncovered_risks": Field(listed(uncovered)),
        "rules": Field(listed(_rule()), True),
        "changes": Field(_changes()),
        "lint_exceptions": Field(_exceptions()),
    }
    return record(model.Rulebook, _head() | _sections() | tail)
