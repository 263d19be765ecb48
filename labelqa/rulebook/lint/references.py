"""Checks of what one part of a rulebook says of another: neighbours, parents, changes, ids cited in texts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.taxonomy import known_taxonomy

_NUMBERED: Final = re.compile(r"(.*[A-Za-z._-])([0-9]+)")
_WITHIN: Final = re.compile(r"(.*[A-Za-z._-])[0-9]+-[a-z]{1,3}")
LONGEST_ID: Final = 64
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9._/\-])[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9](?![A-Za-z0-9/])")


def unknown_neighbour(subject: Subject) -> Iterator[Hit]:
    """A boundary with a rule that is not there, or with the rule itself."""
    known = {rule.id for rule in subject.book.rules}
    for path, rule in subject.rules():
        for index, boundary in enumerate(rule.boundaries):
            if boundary.rule and (boundary.rule not in known or boundary.rule == rule.id):
                values = {"rule": rule.id, "neighbour": boundary.rule}
                message = Message("a boundary of rule {rule} names {neighbour}, which is no other rule", values)
                mend = Message("name the neighbouring rule, or leave the name out")
                yield Hit((*path, "boundaries", index, "rule"), message, mend)


def broken_tree(subject: Subject) -> Iterator[Hit]:
    """A label whose parent is no label, or that stands above itself."""
    parents = {label.value: label.parent for label in subject.book.labels}
    circular = _circular(parents)
    for index, label in enumerate(subject.book.labels):
        values = {"label": label.value, "parent": label.parent}
        if label.parent and label.parent not in parents:
            message = Message("the label {label} stands under {parent}, which is no label", values)
            yield Hit(("labels", index, "parent"), message, Message("name a value from labels, or add it there"))
        elif label.value in circular:
            message = Message("the label {label} stands above itself", values)
            yield Hit(("labels", index, "parent"), message, Message("let every branch end at a label without parent"))


def _circular(parents: Mapping[str, str]) -> set[str]:
    """Labels that are their own ancestors, each looked at once."""
    found: set[str] = set()
    done: set[str] = set()
    for start in parents:
        trail: dict[str, int] = {}
        here = start
        while here in parents and here not in done and here not in trail:
            trail[here] = len(trail)
            here = parents[here]
        if here in trail:
            found.update(list(trail)[trail[here] :])
        done.update(trail)
    return found


def dangling_change(subject: Subject) -> Iterator[Hit]:
    """What is told of changes names a label or a part that this version does not have."""
    book = subject.book
    if book.changes is None:
        return
    for index, change in enumerate(book.changes.labels):
        for at, label in enumerate(change.after):
            if label not in subject.graph.labels:
                message = Message("the changes name {label}, which is no label of this version", {"label": label})
                yield Hit(("changes", "labels", index, "after", at), message, Message("use a value from labels"))
    for index, same in enumerate(book.changes.same_meaning):
        if not has_part(book, same.part):
            message = Message("the changes name the part {part}, which is not there", {"part": same.part})
            mend = Message("spell the part as labelqa rulebook diff does, such as rules/S-01/statement")
            yield Hit(("changes", "same_meaning", index, "part"), message, mend)


# An entry of these may be declared to be needless: then the declaration names what is gone.
_MAY_BE_GONE: Final = frozenset({"examples", "quality_metrics", "terms", "use_when", "avoid_when", "boundaries"})


def has_part(book: Rulebook, part: str) -> bool:
    """Whether a part spelled as ``rules/S-01/statement`` is there.

    >>> from labelqa.rulebook.document import parse
    >>> book = parse("format: 2\\nname: w\\nversion: 1.0.0\\nkind: safety\\ntask_type: text\\ntitle: {zh: 雨, en: Rain}\\n"
    ...              "control: c\\nlabels: []\\nrules: []\\n").rulebook
    >>> has_part(book, "objective"), has_part(book, "rules/S-01/statement")
    (True, False)
    """
    return bool(part) and _has(book, part)


def _has(value: Any, rest: str, name: str = "") -> bool:
    if not rest:
        return True
    if isinstance(value, tuple):
        inside = (_has(item, rest[len(key) :].removeprefix("/")) for item in value if _begins(rest, key := _key(item)))
        return name in _MAY_BE_GONE or any(inside)
    field, _, inner = rest.partition("/")
    if not dataclasses.is_dataclass(value):
        return False
    if all(each.name != field for each in dataclasses.fields(value)):
        return field in getattr(value, "extra", {})
    return _has(getattr(value, field), inner, field)


def _begins(rest: str, key: str) -> bool:
    return bool(key) and (rest == key or rest.startswith(f"{key}/"))


def _key(item: Any) -> str:
    """What a part calls an entry of a list: its id, value, code or name."""
    told = next(
        (held for name in ("id", "value", "code", "name") if (held := getattr(item, name, None)) is not None), ""
    )
    return told if isinstance(told, str) else str(told.en)


def cited_id(subject: Subject) -> Iterator[Hit]:
    """A text that cites a rule, step or example by an id that is not there."""
    known, heads = _ids(subject.book)
    if not heads:
        return
    for path, text in subject.texts:
        if path[0] == "changes" or path[-1] == "content":
            continue  # what was changed may cite what is gone; an example's content is not the author's
        for lang, written in (("zh", text.zh), ("en", text.en)):
            gone = [token for token in dict.fromkeys(_TOKEN.findall(written)) if _dangles(token, known, heads)]
            if gone:
                message = Message("the text cites {ids}, which is not there", {"ids": ", ".join(gone)})
                yield Hit((*path, lang), message, Message("mend the id, or take the reference out"))


def _ids(book: Rulebook) -> tuple[set[str], set[str]]:
    """All names of the book, and what stands before the number in its rules' ids: ``S-`` of ``S-01``."""
    risks = known_taxonomy(book.taxonomy)
    known = {rule.id for rule in book.rules} | {label.value for label in book.labels}
    known |= {each.code for each in book.defects} | {each.name for each in book.form.shows} | {book.name, book.control}
    known |= {step.id for rule in book.rules for step in rule.steps}
    known |= {example.id for rule in book.rules for example in rule.examples}
    known |= {*risks.groups, *(risk.code for risk in risks.risks)} if risks else set()
    matches = (_NUMBERED.fullmatch(rule.id) for rule in book.rules)
    return known, {match.group(1) for match in matches if match}


def _dangles(token: str, known: set[str], heads: set[str]) -> bool:
    match = _NUMBERED.fullmatch(token) if token not in known and len(token) <= LONGEST_ID else None
    if match is None:
        return False
    # An example's id: that of a rule, and a number of its own.
    within = _WITHIN.fullmatch(match.group(1))
    return match.group(1) in heads or (within is not None and within.group(1) in heads)


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB211", _E, N_("A boundary names an unknown rule"), unknown_neighbour),
    Check("RB212", _E, N_("A label's place in the tree is broken"), broken_tree),
    Check("RB213", _E, N_("The changes name what is not there"), dangling_change),
    Check("RB214", _W, N_("A text cites an id that is not there"), cited_id),
)
