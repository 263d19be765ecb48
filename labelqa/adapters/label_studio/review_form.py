"""The form of a review project: what the annotators saw, with cells for the verdict beside it, in Chinese or English.

Stored words are the same in both languages; only what the verifier reads differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from labelqa.adapters.files import words
from labelqa.adapters.label_studio.config import parse, to_names
from labelqa.adapters.label_studio.form import NOTE
from labelqa.errors import BadInput
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.work import ScoreLine
from labelqa.rulebook.taxonomy import taxonomy

VERDICT: Final = "labelqa_verdict"
LABEL: Final = "labelqa_label"
SEVERITY: Final = "labelqa_severity"
RULE: Final = "labelqa_rule"
UNSAFE: Final = "labelqa_unsafe"
COMMENT: Final = "labelqa_comment"
DEFECT: Final = "labelqa_defect"
SAFETY: Final = "labelqa_safety"
CHECK: Final = "labelqa_check_"  # and the check's name
SCORE: Final = "labelqa_score_"  # and the dimension's name
_NONE: Final = "none"  # an alias may not be empty


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFrame:
    """What a review form offers: rules and defects with their titles, the dimensions that are scored, whether it is blind.

    Without ``rules`` or ``defects`` they are typed in. A blind form is answered afresh: nothing is filled in.
    """

    rules: Mapping[str, str] = field(default_factory=dict)
    defects: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[ScoreLine, ...] = ()
    blind: bool = False


def review_config(
    base: str | ControlSpec,
    *,
    lang: Lang,
    frame: FormFrame = FormFrame(),
    fields: Sequence[str] = ("text",),
) -> str:
    """The XML of a review form.

    ``base`` is the labeling config the annotators had (XML), or a control with its labels when there is none; then
    ``fields`` names the data fields to show.
    """
    root = _freed(parse(base)) if isinstance(base, str) else _form(base, fields)
    form = _Form(root, _target(root), lang)
    if frame.blind:
        form.header(N_("Label the item afresh; the label that is checked is not shown"))
        obstacles = {key: each for key, each in words.VERDICT_CHOICES.items() if key.startswith("undecidable")}
        form.choices(VERDICT, obstacles)
    else:
        form.header(N_("Is the annotation right?"))
        form.choices(VERDICT, words.VERDICT_CHOICES, required=not frame.lines)
        _details(form, frame)
    form.header(N_("Is the content safe?"))
    form.choices(SAFETY, words.SAFETY)
    form.header(N_("Suspected illegal or harmful content?"))
    form.choices(UNSAFE, _risks())
    form.header(N_("Comment") if frame.blind else N_("Comment, and the correct label when it is not in the form"))
    if not frame.blind:
        form.text(LABEL)
    form.text(COMMENT)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _risks() -> dict[str, tuple[str, str]]:
    """The groups of risks with their names; what is stored is the code."""
    shown = {key or _NONE: each for key, each in words.UNSAFE.items()}
    for group, name in taxonomy().groups.items():
        shown[f"{group[0]}.{group[1:]}"] = f"{group} {name.en}", f"{group} {name.zh}"
    return shown


def _details(form: _Form, frame: FormFrame) -> None:
    """What is wrong, the three checks, and the scores with their pass lines."""
    form.header(N_("How severe is the defect?"))
    form.choices(SEVERITY, words.SEVERITIES)
    form.header(N_("Which rule?"))
    form.offered(RULE, frame.rules)
    form.header(N_("Which defect?"))
    form.offered(DEFECT, frame.defects)
    for name in words.CHECKS:
        form.titled(words.shown(words.CHECKS, name, form.lang))
        form.choices(CHECK + name, words.CHECK_RESULTS)
    for each in frame.lines:
        form.titled(words.SCORE[0 if form.lang == "en" else 1].format(title=each.title, line=each.line))
        form.number(SCORE + each.name)


class _Form:
    """A labeling config being added to: controls about one object, titled in one language."""

    def __init__(self, root: ET.Element, target: str, lang: Lang) -> None:
        self.root, self.target, self.lang, self.say = root, target, lang, Speaker(lang)

    def header(self, sentence: str) -> None:
        """A question above the next control."""
        self.titled(self.say(sentence))

    def titled(self, title: str) -> None:
        """The same, already in the language of the form."""
        ET.SubElement(self.root, "Header", value=title)

    def choices(self, name: str, offered: words.Words, *, required: bool = False) -> None:
        """A choice of words; "none" has no word of its own."""
        shown = {key: words.shown(offered, key, self.lang) for key in offered}
        _choices(self.root, name, self.target, shown, required=required)

    def offered(self, name: str, titles: Mapping[str, str]) -> None:
        """A choice of codes with their titles; typed in where there are none."""
        if not titles:
            return self.text(name)
        return _choices(self.root, name, self.target, {key: f"{key} {title}".strip() for key, title in titles.items()})

    def text(self, name: str) -> None:
        """A line to type in."""
        ET.SubElement(self.root, "TextArea", name=name, toName=self.target, rows="2", maxSubmissions="1")

    def number(self, name: str) -> None:
        """A score."""
        ET.SubElement(self.root, "Number", name=name, toName=self.target, min="0", max="100", step="0.1")


def _form(control: ControlSpec, fields: Sequence[str]) -> ET.Element:
    root = ET.Element("View")
    for name in fields:
        ET.SubElement(root, "Text", name=name, value=f"${name}")
    target = fields[0]
    rated = control.kind is ControlKind.RATING and bool(control.labels)
    if control.kind not in (ControlKind.CHOICE, ControlKind.CHOICES) and not rated:
        raise BadInput(
            "a review form for {kind} answers needs the labeling config; give it with --config", kind=control.kind.value
        )
    shown = {label: control.shown.get(label, label) for label in control.labels}
    _choices(root, control.name, target, shown, several=control.kind is ControlKind.CHOICES)
    return root


def _freed(root: ET.Element) -> ET.Element:
    """The annotators' form without what would hold up a verifier: answers that must be given, and their note."""
    for box in list(root.iter()):
        box.attrib.pop("required", None)
        inside = list(box)
        for at, each in enumerate(inside):
            if each.get("name", "").startswith(NOTE):
                before = inside[at - 1 : at] if at and inside[at - 1].tag == "Header" else []
                for gone in (*before, each):
                    box.remove(gone)
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
