"""The form of a review project: what the annotators saw, with cells for the verdict beside it, in Chinese or English.

Stored words are the same in both languages; only what the verifier reads differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from labelqa.adapters.files import words
from labelqa.adapters.label_studio.config import parse, to_names
from labelqa.errors import BadInput
from labelqa.i18n import Lang, Speaker
from labelqa.records.annotation import ControlKind, ControlSpec

VERDICT: Final = "labelqa_verdict"
LABEL: Final = "labelqa_label"
SEVERITY: Final = "labelqa_severity"
RULE: Final = "labelqa_rule"
UNSAFE: Final = "labelqa_unsafe"
COMMENT: Final = "labelqa_comment"
_NONE: Final = "none"  # an alias may not be empty


def review_config(
    base: str | ControlSpec, *, lang: Lang, rules: Mapping[str, str] | None = None, fields: Sequence[str] = ("text",)
) -> str:
    """The XML of a review form.

    ``base`` is the labeling config the annotators had (XML), or a control with its labels when there is none; then
    ``fields`` names the data fields to show. ``rules`` maps rule ids to their titles; without it a rule is typed in.
    """
    root = parse(base) if isinstance(base, str) else _form(base, fields)
    target = _target(root)
    say = Speaker(lang)
    ET.SubElement(root, "Header", value=say("Is the annotation right?"))
    _choices(
        root, VERDICT, target, {key: words.shown(words.VERDICTS, key, lang) for key in words.VERDICTS}, required=True
    )
    ET.SubElement(root, "Header", value=say("How severe is the defect?"))
    _choices(root, SEVERITY, target, {key: words.shown(words.SEVERITIES, key, lang) for key in words.SEVERITIES})
    ET.SubElement(root, "Header", value=say("Which rule?"))
    if rules:
        _choices(root, RULE, target, {key: f"{key} {title}".strip() for key, title in rules.items()})
    else:
        _text(root, RULE, target)
    ET.SubElement(root, "Header", value=say("Suspected illegal or harmful content?"))
    _choices(root, UNSAFE, target, {key or _NONE: words.shown(words.UNSAFE, key, lang) for key in words.UNSAFE})
    ET.SubElement(root, "Header", value=say("Comment, and the correct label when it is not in the form"))
    _text(root, LABEL, target)
    _text(root, COMMENT, target)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _form(control: ControlSpec, fields: Sequence[str]) -> ET.Element:
    root = ET.Element("View")
    for name in fields:
        ET.SubElement(root, "Text", name=name, value=f"${name}")
    target = fields[0]
    if control.kind not in (ControlKind.CHOICE, ControlKind.CHOICES):
        raise BadInput(
            "a review form for {kind} answers needs the labeling config; give it with --config", kind=control.kind.value
        )
    shown = {label: control.shown.get(label, label) for label in control.labels}
    _choices(root, control.name, target, shown, several=control.kind is ControlKind.CHOICES)
    return root


def _target(root: ET.Element) -> str:
    """The object tag that the annotators' controls are about."""
    names = [name for name in to_names(root).values() if name]
    objects = [tag.get("name", "") for tag in root.iter() if tag.get("value", "").startswith("$") and tag.get("name")]
    for name in (*names, *objects):
        if name in objects:
            return name
    raise BadInput("the labeling config shows no field of the data; copy it from Label Studio again")


def _choices(
    root: ET.Element, name: str, target: str, shown: Mapping[str, str], *, required: bool = False, several: bool = False
) -> None:
    options = {"choice": "multiple" if several else "single", "showInline": "true"}
    if required:
        options["required"] = "true"
    box = ET.SubElement(root, "Choices", {"name": name, "toName": target, **options})
    for stored, text in shown.items():
        ET.SubElement(box, "Choice", {"value": text} if text == stored else {"value": text, "alias": stored})


def _text(root: ET.Element, name: str, target: str) -> None:
    ET.SubElement(root, "TextArea", name=name, toName=target, rows="2", maxSubmissions="1")
