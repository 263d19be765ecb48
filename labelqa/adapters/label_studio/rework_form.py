"""The form of a project with returned work: what the annotators had, and above it what was found wrong and under which rule.

Who found it is in none of these texts. Nothing is sent from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from labelqa.adapters.label_studio.config import parse, read_config, to_names
from labelqa.adapters.label_studio.encode import encode
from labelqa.adapters.label_studio.form import labeling_config
from labelqa.adapters.label_studio.form_labels import shown_text
from labelqa.adapters.label_studio.review_answers import ORIGINAL
from labelqa.adapters.report.text import name_of
from labelqa.errors import BadInput
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.review import Verdict
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.sending.rework_values import SENT_BACK, Reason, ReworkItem, Share

REASON: Final = "labelqa_reason"
RULE: Final = "labelqa_rule"
_FIELD: Final = re.compile(r"\$([A-Za-z0-9_.]+)")
_NONE: Final = "–"
_LONGEST: Final = 4000  # characters of a reason


def rework_config(base: str, lang: Lang) -> str:
    """A labeling config with the reason and the rule above it; BadInput where the base is none."""
    say, inside = Speaker(lang), parse(base)
    root = inside if inside.tag == "View" else ET.Element("View")
    if root is not inside:
        root.append(inside)
    block = ET.Element("View", style="border-left: 4px solid #c0392b; padding: 0 12px; margin-bottom: 12px")
    for name, title in ((REASON, N_("What was found wrong")), (RULE, N_("The rule"))):
        ET.SubElement(block, "Header", value=say(title), size="5")
        ET.SubElement(block, "Text", name=name, value=f"${name}")
    root.insert(0, block)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def base_config(share: Share, configs: Iterable[str], lang: Lang) -> str:
    """The form that the items are labelled in: the first of the sources' that has the control and fits all items, else
    the rulebook's own. BadInput where no form can be made of the rulebook either."""
    keys = frozenset[str].intersection(*(frozenset(each.data) for each in share.items))
    for config in configs:
        try:
            specs, _ = read_config(config)
            fits = share.control in {each.name for each in specs} and fields_of(config) <= keys
        except BadInput:
            continue
        if fits:
            return config
    return labeling_config(share.book, lang)


def fields_of(config: str) -> frozenset[str]:
    """The fields of the data that a form shows, by the first part of their names."""
    told = (tag.get(name, "") for tag in parse(config).iter() for name in ("value", "valueList"))
    return frozenset(
        found[1].partition(".")[0] for each in told if each.startswith("$") and (found := _FIELD.match(each))
    )


def rework_task(item: ReworkItem, share: Share, config: str, lang: Lang) -> dict[str, Any]:
    """One item as a task: its data with reason and rule, the label in question filled in, and our mark in its meta."""
    say = Speaker(lang)
    shown = {REASON: reason_text(item, share.book, lang), RULE: rule_text(item.reasons, share.book, lang)}
    bare = say(N_("{item}: its content is not known here"), item=item.item_id)
    data = {**dict.fromkeys(fields_of(config), bare), **item.data, **shown}
    mark = {
        "rework": share.batch, "item": item.item_id, "person": share.person, "problems": list(item.problems),
        "source": dict(item.source),
    }  # fmt: skip
    filled = _filled_in(item.answers, config)
    before = {"predictions": [{"model_version": ORIGINAL, "result": filled}]} if filled else {}
    return {"data": data, "meta": {"labelqa": mark}, **before}


def _filled_in(answers: Mapping[str, Any], config: str) -> list[dict[str, Any]]:
    """The answers for which the form has a control; none of them where they do not have its shape."""
    specs, _ = read_config(config)
    kinds = {each.name: each.kind for each in specs}
    known = {name: answer for name, answer in answers.items() if name in kinds}
    try:
        return encode(known, kinds=kinds, to_names=to_names(parse(config)))
    except (KeyError, TypeError, AttributeError, ValueError):
        return []


def reason_text(item: ReworkItem, book: Rulebook, lang: Lang) -> str:
    """What was found wrong, a line each, labels by their titles; nobody is named."""
    say, titles = Speaker(lang), {each.value: shown_text(each.title, lang) for each in book.labels}
    lines = [_line(each, titles, say) for each in item.reasons]
    if item.returned:
        lines.append(say(N_("The batch went back: {reason}"), reason=item.returned))
    return "\n".join(lines)[:_LONGEST] or _NONE


def _line(reason: Reason, titles: Mapping[str, str], say: Speaker) -> str:
    codes = ", ".join(each for each in (reason.rule, reason.defect, reason.unsafe) if each)
    said = _word(reason, titles, say) + (f" ({codes})" if codes else "")
    if reason.correct_label:
        said += "\n" + say(N_("Correct label by the reviewer: {label}"), label=_titled(reason.correct_label, titles))
    if reason.comment:
        said += "\n" + say(N_("Comment: {comment}"), comment=reason.comment)
    return f"• {said}"


def _titled(label: str, titles: Mapping[str, str]) -> str:
    title = titles.get(label, "")
    return f"{title} ({label})" if title and title != label else label


def _word(reason: Reason, titles: Mapping[str, str], say: Speaker) -> str:
    if reason.word == SENT_BACK:
        return say(N_("sent back or discarded by the arbitrator"))
    word, label = name_of(Verdict(reason.word), say), _titled(reason.label, titles)
    if reason.again:
        return say(N_("the correction to {label} failed its re-review: {verdict}"), label=label, verdict=word)
    return say(N_("{label}: {verdict}"), label=label, verdict=word) if reason.label else word


def rule_text(reasons: Sequence[Reason], book: Rulebook, lang: Lang) -> str:
    """The statements of the rules that were named, each once."""
    named = {each.rule for each in reasons if each.rule}
    return (
        "\n".join(f"{each.id} {shown_text(each.statement, lang)}" for each in book.rules if each.id in named) or _NONE
    )
