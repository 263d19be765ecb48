"""When an item is disputed, and what stands against an arbitrator's ruling on it (GB/T 45674—2025, 7.3 c).

A ruling is final: a label stands, the item is discarded, or it goes back to be corrected. Nothing here decides which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from labelqa.batches.checks import Ruling
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, RecordRule
from labelqa.records.facts import DisputeRuled
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Person
from labelqa.records.production import DisputeOutcome

ANY_DIFFERENCE: Final = "any-difference"  # the other way to find disputes, declared as a policy


def label_of_record(labels: Sequence[str], rule: RecordRule) -> str | None:
    """The label that an item's annotations settle on by a declared rule; None is a dispute.

    >>> label_of_record(["a", "a", "b"], RecordRule.MAJORITY), label_of_record(["a", "b"], RecordRule.MAJORITY)
    ('a', None)
    """
    (label, votes), *others = Counter(labels).most_common()
    if rule is RecordRule.SINGLE:
        return None if others else label
    return label if 2 * votes > len(labels) else None


def disputed(labels: Sequence[str], record_rule: RecordRule, dispute_rule: str = "record") -> bool:
    """Whether an item is disputed: its labels settle on none, or, where that is declared, any two of them differ.

    >>> labels = ["a", "a", "b"]
    >>> disputed(labels, RecordRule.MAJORITY), disputed(labels, RecordRule.MAJORITY, "any-difference")
    (False, True)
    """
    if dispute_rule == ANY_DIFFERENCE and len(set(labels)) > 1:
        return True
    return label_of_record(labels, record_rule) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """What is known of an item before it is ruled on."""

    waits: bool  # somebody disputed it and nothing was ruled since
    labels: Collection[str] = ()  # its label of record as judged and as it stands now, where a sample is drawn
    before: Ruling | None = None  # the ruling in force


def why_not_outcome(
    ruling: DisputeRuled, *, batch: Batch, standing: Disputed, drawn: bool, rules: Collection[str] | None
) -> list[Message]:
    """What stands against the content of a ruling; ``rules`` are those of the release, None where it cites none.

    Once a sample is drawn a ruling gives no other label: what was judged keeps its meaning, and the item is sent back.
    """
    who = {"item": ruling.item, "batch": batch.name, "label": ruling.label, "rule": ruling.rule}
    outcome = _outcome(ruling)
    reasons: list[Message] = []
    if outcome is None:
        words = ", ".join(DisputeOutcome)
        reasons.append(Message("{word} is none of {words}", {"word": ruling.outcome, "words": words}))
    elif (outcome is DisputeOutcome.UPHELD) != bool(ruling.label):
        text = N_("a ruling either names the label that stands, or rejects the item or sends it back without one")
        reasons.append(Message(text, who))
    if drawn and outcome is DisputeOutcome.UPHELD and ruling.label not in standing.labels:
        text = N_(
            "a sample of batch {batch} is drawn: its labels of record stay as they were judged; send item {item} back to "
            "have it corrected"
        )
        reasons.append(Message(text, who))
    if ruling.rule and rules is not None and ruling.rule not in rules:
        reasons.append(Message("{rule} is not a rule of release {release}", {**who, "release": batch.release}))
    if ruling.unclear and not ruling.rule:
        reasons.append(Message("name the rule that is unclear: --rule, in a list the column rule", who))
    return reasons


def _outcome(ruling: DisputeRuled) -> DisputeOutcome | None:
    try:
        return DisputeOutcome(ruling.outcome or DisputeOutcome.UPHELD)
    except ValueError:
        return None


def why_not_raise(item: ItemId, person: PersonId, *, batch: Batch, known: Person | None, inside: bool, waits: bool) -> list[Message]:  # fmt: skip
    """Anybody registered may dispute an item of a frozen batch that is not settled; once is enough."""
    who = {"person": person, "item": item, "batch": batch.name}
    reasons: list[Message] = []
    if batch.conclusion is not None:
        reasons.append(Message("batch {batch} is settled: declare a new batch for further work", who))
    if batch.freeze is None:
        reasons.append(Message("batch {batch} is not frozen yet, so nothing in it is disputed", who))
    elif not inside:
        reasons.append(Message("item {item} is not in batch {batch}", who))
    elif waits:
        reasons.append(Message("item {item} waits for a ruling already", who))
    if known is None or known.model:
        reasons.append(Message("{person} is not registered as a person", who))
    return reasons
