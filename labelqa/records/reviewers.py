"""How far reviewers can be trusted: whether two of them say the same of an item, and how often they err."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labelqa.errors import Message
from labelqa.records.estimate import Figure
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerAgreement:
    """What the items of a sample that two verifiers judged say of the verifiers.

    ``table`` counts verdicts, first verifier by second, in the order correct, incorrect, undecidable; chance-corrected
    are ``alpha`` (Krippendorff's) and ``ac1`` (Gwet's, steadier where nearly every label is right). ``sensitivity`` and
    ``specificity`` are those of the verdicts that decide: of wrong labels called wrong, of right ones called right.
    """

    sample: str
    doubles: int  # drawn items that two verifiers are to judge
    n: int  # of those, judged by both
    agreeing: int
    agreement: Figure
    alpha: Figure
    ac1: Figure
    table: tuple[tuple[int, ...], ...]
    sensitivity: Figure
    specificity: Figure
    adjudicated: int = 0  # items on which the two differ and something settles who was right
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedItem:
    """A drawn item after its verdicts are in: what it showed, who labelled it how, and everything said of it."""

    sample: str
    item_id: ItemId
    content: Mapping[str, str]
    label: str  # of record
    titles: Mapping[str, str]  # language -> how the label is read, "" for nothing more
    gold: str
    votes: tuple[tuple[PersonId, str, str], ...]  # person, name, label
    reviews: tuple[Review, ...]  # in the order given, changed ones too
    names: Mapping[PersonId, str]  # of the reviewers
    comments: Mapping[int, str]  # fact -> what was remarked, where it is not erased
