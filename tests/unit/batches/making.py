"""Batches, plans, samples and verdicts made by hand, for the rules about batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from labelqa.batches.certify import certify
from labelqa.batches.conclusion import Evidence
from labelqa.batches.life import Life
from labelqa.batches.stretch import Rules
from labelqa.errors import Message
from labelqa.records.batch import Batch, Conclusion, Freeze, Kind, RecordRule, Repeats, Stage
from labelqa.records.designs import Certificate, Design, Terms
from labelqa.records.life import Card, Hit, HitReport, HitState
from labelqa.records.names import BatchName, Digest, ItemId, PersonId, ReleaseName, SampleId
from labelqa.records.people import Qualification, Standing
from labelqa.records.review import Drawn, Identity, Plan, Resolved, Review, Sample, SeedStanding, Verdict, VerdictKind
from labelqa.stats.acceptance import fixed_plan
from labelqa.stats.acceptance.design import SpotCheck

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
NAME = BatchName("b1")
SEED, OTHER = Digest("5eed"), Digest("07e4")
ANN, BOB, CAT = PersonId("p-ann"), PersonId("p-bob"), PersonId("p-cat")
OK = Qualification(
    person=BOB, release=ReleaseName("a@1"), standing=Standing.QUALIFIED, since=NOON, until=None, facts=(1, 2)
)


def frozen(n_items: int = 100) -> Freeze:
    return Freeze(
        annotations=Digest("a"), items=Digest("b"), frame=Digest("c"), n_annotations=n_items, n_items=n_items,
        n_disputed=0, exclusions=(), repeats=Repeats.LAST, at=NOON, fact=5,
    )  # fmt: skip


def batch(
    stage: Stage = Stage.FROZEN, *, kind: Kind = Kind.FUNCTIONAL, conclusion: Conclusion | None = None, n: int = 100
) -> Batch:
    return Batch(
        name=NAME, kind=kind, release=ReleaseName("a@1.0"), control="c", labels=("x", "y"), organizer="us",
        requester="them", where=(), record_rule=RecordRule.MAJORITY, late=False, declared_at=NOON, stage=stage,
        freeze=None if stage is Stage.OPEN else frozen(n), conclusion=conclusion,
    )  # fmt: skip


def plan(
    number: int = 1, *, after_results: bool = False, design: Design = Design.TWO_POINT, terms: Terms | None = None
) -> Plan:
    return Plan(
        batch=NAME, number=number, design=design, accuracy=0.95, risk=0.05, expected=0.99, power=0.9,
        seed_digest=SEED, before_freeze=True, after_results=after_results, declared_at=NOON, fact=number,
        terms=terms or Terms(),
    )  # fmt: skip


def sample(n: int = 4, c: int = 1, *, number: int = 1, kind: VerdictKind = VerdictKind.VERIFICATION) -> Sample:
    return Sample(
        sample=SampleId(f"b1/{number}"), batch=NAME, plan=number, kind=kind,
        resolved=Resolved(population=100, n=n, c=c, risk=0.05, power=0.9), seed="s", standing=SeedStanding.COMMITTED,
        frame=Digest("c"), digest=Digest("d"), verifiers=(BOB,), pool=(BOB,), at=NOON, fact=10 * number,
    )  # fmt: skip


def review(item: int, verdict: str = "correct", *, fact: int = 0, unsafe: str = "", reviewer: PersonId = BOB) -> Review:
    return Review(
        sample=SampleId("b1/1"), item_id=ItemId(str(item)), verdict=Verdict(verdict), kind=VerdictKind.VERIFICATION,
        reviewer=reviewer, identity=Identity.AUTHENTICATED, at=NOON, fact=fact or 100 + item, unsafe=unsafe,
    )  # fmt: skip


def drawn(n: int) -> tuple[Drawn, ...]:
    return tuple(Drawn(order=at + 1, item_id=ItemId(str(at)), ticket="t", verifier=BOB) for at in range(n))


def certified(
    reviews: Sequence[Review],
    check: SpotCheck,
    *,
    about: Plan | None = None,
    n: int = 4,
    groups: Mapping[ItemId, str] | None = None,
    of: Sample | None = None,
) -> Certificate:
    about = about or plan(design=check.design)
    rules = Rules(terms=about.terms, severities={}, groups=groups)
    return certify(of or sample(n), about, check, drawn=drawn(n), reviews=reviews, rules=rules)


def card(*, late: bool = False, **said: Any) -> Card:
    """A complete card; ``said`` is what differs."""
    told: dict[str, Any] = {
        "source": "commercial", "licence": "contract 1", "ip_check": "cleared", "personal": False, "basis": "",
        "modalities": ("text",), "languages": ("zh-CN",), "scale": 100, "description": "", "generator": "",
        "acquired": "", "attachments": (), "amended": False,
    }  # fmt: skip
    return Card(batch=NAME, at=NOON, fact=3, late=late, **(told | said))


def hit(item: int = 3, state: HitState = HitState.PENDING, *, by: PersonId = BOB) -> Hit:
    report = HitReport(item_id=ItemId(str(item)), by=by, code="A.1", at=NOON, fact=100 + item)
    return Hit(batch=NAME, item_id=ItemId(str(item)), reports=(report,), state=state)


def verified(*wrong: int, n: int = 4, c: int = 1) -> Certificate:
    """The certificate of a verification beside the census, by people outside the batch."""
    of = sample(n, c, number=2)
    reviews = [review(item, "incorrect" if item in wrong else "correct") for item in range(n)]
    return certified(reviews, fixed_plan(of.resolved, design=Design.TWO_POINT, accuracy=0.95, risk=0.05), n=n, of=of)


LIVED = Life(card=card())  # nothing stands against acceptance but the check itself


def evidence(
    reviews: Sequence[Review],
    *,
    n: int = 4,
    c: int = 1,
    disputes: int = 0,
    unqualified: int = 0,
    design: Design = Design.TWO_POINT,
    life: Life = LIVED,
) -> Evidence:
    of = sample(n, c)
    check = fixed_plan(of.resolved, design=design, accuracy=0.95, risk=0.05)
    return Evidence(
        sample=of, drawn=frozenset(ItemId(str(item)) for item in range(n)), reviews=tuple(reviews),
        everything=tuple(reviews), disputes_open=disputes, unqualified=unqualified,
        certificate=certified(reviews, check, n=n, of=of), life=life,
    )  # fmt: skip


def said(messages: Sequence[Message]) -> str:
    return " / ".join(str(each) for each in messages)
