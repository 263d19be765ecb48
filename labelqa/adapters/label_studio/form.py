"""The labeling form of a rulebook: the XML that a Label Studio project is set up with, every label with its rules.

What is stored is the label's value; what is shown is its title in one language (the value then goes into ``alias``).
Nothing is sent anywhere, and where the rulebook asks for what such a form cannot hold, a finding says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from labelqa.adapters.files.whole import NO_XML
from labelqa.adapters.label_studio import form_fields as fields
from labelqa.adapters.label_studio.form_labels import Shown, shown_labels, shown_text, tree
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.annotation import ControlKind
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.rulebook.model import Rulebook, TaskType

NOTE: Final = "labelqa_note"  # not the name that a review form takes: it is put beside this one
_STARS: Final = 5
_KEYS: Final = "1234567890"
_SIDES: Final = ("left", "right")
_PARTS: Final[Mapping[ControlKind, tuple[str, str]]] = {  # kind -> tag of the control, tag of a label
    ControlKind.CHOICE: ("Choices", "Choice"),
    ControlKind.CHOICES: ("Choices", "Choice"),
    ControlKind.SPANS: ("Labels", "Label"),
    ControlKind.SEGMENTS: ("Labels", "Label"),
    ControlKind.BOXES: ("RectangleLabels", "Label"),
    ControlKind.POLYGONS: ("PolygonLabels", "Label"),
    ControlKind.KEYPOINTS: ("KeyPointLabels", "Label"),
}
FORM_CODES: Final[Mapping[str, str]] = {
    "LS101": N_("Label Studio cannot show a field of this name"),
    "LS102": N_("A field cannot be shown in the way that its answers need"),
    "LS103": N_("A pairwise form stores left and right only"),
}


def labeling_config(book: Rulebook, lang: Lang) -> str:
    """The XML of the form, ready for a project's labeling settings.

    Raises BadInput where no form can be made: answers of the kind relations, no labels to choose from, or a spelling
    that such a form cannot hold.
    """
    kind, labels = book.form.answers, shown_labels(book, lang)
    _refuse(book, [each.value for each in labels])
    say = Speaker(lang)
    root = ET.Element("View")
    _header(root, shown_text(book.title, lang) or book.name, size="3")
    buckets = [each.value for each in labels] if kind is ControlKind.RANKING else []
    asked = fields.asked(book, lang, taken=[book.control, NOTE, *buckets])
    compared = book.task_type is TaskType.PREFERENCE and kind is ControlKind.CHOICE and len(asked) > 2
    fields.show(root, asked, beside=kind is ControlKind.PAIRWISE or compared)
    if labels:
        _norms(root, labels, say)
    _control(root, book, labels, fields.targets(asked, kind))
    _note(root, fields.noted(asked, kind), book.control, say)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def form_findings(book: Rulebook, *, file: str = "") -> list[Finding]:
    """What the form shows otherwise than the rulebook asks; an empty list is the usual answer."""
    place = Place(file=file, subject="form")
    found = [
        finding("LS101", N_("the field {field}: Label Studio fills in fields of Latin letters, digits and _ only"),
                mend=Message("rename the field in the data and under form.shows"), severity=Severity.WARNING,
                place=place, field=each.name)
        for each in book.form.shows if not fields.fillable(each.name)
    ]  # fmt: skip
    found += [
        finding("LS102", N_("the field {field} is shown as {shown}, as answers of the kind {kind} need it"),
                mend=Message("say so under form.shows"), severity=Severity.WARNING, place=place, field=name,
                shown=shown, kind=book.form.answers.value)
        for name, shown in fields.bent(book)
    ]  # fmt: skip
    if book.form.answers is ControlKind.PAIRWISE:
        strange = [each.value for each in book.labels if each.value not in _SIDES]
        found += [
            finding("LS103", N_("the label {label} cannot be given in a pairwise form, which stores left and right"),
                    mend=Message("call the two labels left and right, or ask for a choice"),
                    severity=Severity.WARNING, place=place, label=value)
            for value in strange
        ]  # fmt: skip
    return found


def _refuse(book: Rulebook, values: Sequence[str]) -> None:
    """A stored spelling may not be mended silently: an answer would come back as another label."""
    kind, name = book.form.answers, book.name
    if kind is ControlKind.RELATIONS:
        raise BadInput("{name}: no labeling form can be made for answers of the kind {kind}; write it in Label Studio",
                       name=name, kind=kind.value)  # fmt: skip
    if kind in (*_PARTS, ControlKind.TAXONOMY) and not values:
        raise BadInput("{name}: no labeling form can be made without labels; write them under labels", name=name)
    for value in (book.control, *values, *(each.name for each in book.form.shows)):
        if NO_XML.search(value):
            raise BadInput("{name}: {value} holds a character that a labeling form cannot hold; write it without",
                           name=name, value=ascii(value))  # fmt: skip
    if fields.numeric(book.control):
        raise BadInput("{name}: Label Studio takes the control {value} for a number; give it a name with letters",
                       name=name, value=book.control)  # fmt: skip
    if kind is ControlKind.RANKING and book.control in values:
        raise BadInput("{name}: a bucket of the ranking has the name of the control ({value}); give it another",
                       name=name, value=book.control)  # fmt: skip


def _header(parent: ET.Element, text: str, *, size: str = "4") -> None:
    ET.SubElement(parent, "Header", value=text, size=size)


def _norms(root: ET.Element, labels: Sequence[Shown], say: Speaker) -> None:
    """The labels with their rules, folded away: a hint is seen by whoever hovers, and not on every server."""
    panel = ET.SubElement(ET.SubElement(root, "Collapse", bordered="true"), "Panel", value=say(N_("Labels and rules")))
    inside = ET.SubElement(panel, "View")
    for each in labels:
        _header(inside, f"{each.title} — {each.hint}" if each.hint else each.title, size="5")


def _control(root: ET.Element, book: Rulebook, labels: Sequence[Shown], target: str) -> None:
    """The control whose answers the labels are."""
    kind, named = book.form.answers, {"name": book.control, "toName": target}
    if kind in _PARTS:
        return _labelled(root, kind, named, labels)
    makers: Mapping[ControlKind, Callable[[], None]] = {
        ControlKind.TAXONOMY: lambda: _taxonomy(root, book, named, labels),
        ControlKind.PAIRWISE: lambda: _pairwise(root, named, labels),
        ControlKind.RANKING: lambda: _ranking(root, named, labels),
    }
    if kind in makers:
        return makers[kind]()
    top = str(book.form.highest or _STARS)
    if kind is ControlKind.RATING:
        ET.SubElement(root, "Rating", {**named, "maxRating": top, "icon": "star", "required": "true"})
    elif kind is ControlKind.NUMBER:
        upper = {"max": top} if book.form.highest else {}
        ET.SubElement(root, "Number", {**named, "min": "0", **upper, "required": "true"})
    else:
        ET.SubElement(root, "TextArea", {**named, "rows": "4", "maxSubmissions": "1", "required": "true"})
    return None


def _labelled(root: ET.Element, kind: ControlKind, named: Mapping[str, str], labels: Sequence[Shown]) -> None:
    tag, part = _PARTS[kind]
    own = {}
    if tag == "Choices":
        own = {"choice": "multiple" if kind is ControlKind.CHOICES else "single", "required": "true"}
        own["showInline"] = "false"
    box = ET.SubElement(root, tag, {**named, **own})
    for at, each in enumerate(labels):
        key = {"hotkey": _KEYS[at]} if at < len(_KEYS) else {}
        ET.SubElement(box, part, _attributes(each) | key)


def _attributes(each: Shown) -> dict[str, str]:
    alias = {} if each.title == each.value else {"alias": each.value}
    return {"value": each.title, **alias, **({"hint": each.hint} if each.hint else {})}


def _taxonomy(root: ET.Element, book: Rulebook, named: Mapping[str, str], labels: Sequence[Shown]) -> None:
    box = ET.SubElement(root, "Taxonomy", {**named, "required": "true"})
    shown = {each.value: each for each in labels}
    made: dict[str, ET.Element] = {"": box}
    for value, parent in tree(book):
        made[value] = ET.SubElement(made[parent], "Choice", _attributes(shown[value]))


def _pairwise(root: ET.Element, named: Mapping[str, str], labels: Sequence[Shown]) -> None:
    titles = {each.value: each.title for each in labels}
    texts = {f"{side}Text": titles[side] for side in _SIDES if side in titles}
    ET.SubElement(root, "Pairwise", {**named, **texts})


def _ranking(root: ET.Element, named: Mapping[str, str], labels: Sequence[Shown]) -> None:
    box = ET.SubElement(root, "Ranker", dict(named))
    for each in labels:
        ET.SubElement(box, "Bucket", name=each.value, title=each.title)


def _note(root: ET.Element, target: str, control: str, say: Speaker) -> None:
    """A line for whoever wants to say something; an item that cannot be labelled is skipped with the tool's button."""
    name = NOTE if control != NOTE else f"{NOTE}_2"
    _header(root, say(N_("Note (optional); what cannot be labelled is skipped")), size="5")
    ET.SubElement(root, "TextArea", name=name, toName=target, rows="2", maxSubmissions="1")
