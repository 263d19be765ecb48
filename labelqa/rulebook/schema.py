"""The format of a rulebook file: which fields each part has, in the order in which they are written.

The same declarations read and write (:mod:`labelqa.rulebook.codec`). The format number changes when a field changes its
meaning; a new optional field does not change it, as readers keep what they do not know.
"""

from __future__ import annotations

from functools import cache

from labelqa.errors import Message
from labelqa.records.batch import Kind
from labelqa.records.review import DefectSeverity
from labelqa.rulebook import model
from labelqa.rulebook.codec import STRING, Codec, Field, keyed, listed, record, shaped, whole, word


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


def _rule() -> Codec[model.Rule]:
    fields = {
        "id": Field(_identifier(), True),
        "statement": Field(_texts(), True),
        "labels": Field(listed(_value()), True),
        "severity": Field(word(DefectSeverity), True),
        "definition": Field(_texts()),
        "use_when": Field(listed(_texts())),
        "avoid_when": Field(listed(_texts())),
        "boundary": Field(_texts()),
        "basis": Field(_basis()),
        "steps": Field(listed(_step())),
        "examples": Field(listed(_example())),
        "lint_exceptions": Field(_exceptions()),
    }
    return record(model.Rule, fields)


def _label() -> Codec[model.Label]:
    fields = {"value": Field(_value(), True), "title": Field(_texts(), True), "definition": Field(_texts())}
    return record(model.Label, fields)


def _defect() -> Codec[model.Defect]:
    fields = {
        "code": Field(_identifier(), True),
        "title": Field(_texts(), True),
        "severity": Field(word(DefectSeverity), True),
    }
    return record(model.Defect, fields)


def _head() -> dict[str, Field]:
    return {
        "format": Field(whole(model.FORMATS), True),
        "name": Field(
            shaped(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?", Message("use lower-case letters, digits and hyphens")), True
        ),
        "version": Field(
            shaped(
                r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})",
                Message("write MAJOR.MINOR.PATCH, such as 1.2.0"),
            ),
            True,
        ),
        "kind": Field(word(Kind), True),
        "task_type": Field(word(model.TaskType), True),
        "title": Field(_texts(), True),
        "control": Field(_value(), True),
        "labels": Field(listed(_label()), True),
    }


def _sections() -> dict[str, Field]:
    metric = record(model.Metric, {"name": Field(_texts(), True), "target": Field(STRING)})
    method = record(model.Method, {"execution": Field(_texts()), "review": Field(_texts())})
    return {
        "objective": Field(_texts()),
        "data_format": Field(_texts()),
        "method": Field(method),
        "quality_metrics": Field(listed(metric)),
        "verification": Field(_texts()),
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
        "uncovered_risks": Field(listed(uncovered)),
        "rules": Field(listed(_rule()), True),
        "lint_exceptions": Field(_exceptions()),
    }
    return record(model.Rulebook, _head() | _sections() | tail)
