"""The life of a batch under random legal and illegal steps: nothing with open problems is ever accepted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from labelqa.batches.certify import certify
from labelqa.batches.checks import current_reviews, fold_plans, fold_reviews, fold_rulings, fold_samples
from labelqa.batches.conclusion import Evidence, countable, deciding, plan_to_draw, purpose_of
from labelqa.batches.corrections import fold_corrections, fold_problems
from labelqa.batches.fold import fold_batches
from labelqa.batches.hits import why_not_rule_hit
from labelqa.batches.life import Life as Lived
from labelqa.batches.life import fold_life
from labelqa.batches.preconditions import (
    why_not_declare,
    why_not_draw,
    why_not_freeze,
    why_not_plan,
    why_not_review,
    why_not_rule,
)
from labelqa.batches.settled import conclude, why_not_settle
from labelqa.batches.step import Step, next_step
from labelqa.batches.stretch import Rules
from labelqa.errors import Refused
from labelqa.records.batch import Batch, Conclusion, Kind, Stage
from labelqa.records.designs import Certificate, Decision, Design, Terms
from labelqa.records.facts import (
    KINDS,
    BatchDeclared,
    BatchFrozen,
    BatchSettled,
    CardRecorded,
    CorrectionRecorded,
    CorrectionReviewed,
    DisputeRuled,
    Fact,
    HitRuled,
    PlanDeclared,
    ReviewRecorded,
    SampleDrawn,
)
from labelqa.records.life import Hit, HitState
from labelqa.records.names import BatchName, ItemId, PersonId, ReleaseName
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.records.review import Drawn, Identity, Plan, Review, Sample, VerdictKind
from labelqa.sampling import draw, frame_digest, redraw, sample_digest, seed_digest, seed_standing, verifiers
from labelqa.stats.acceptance import fixed_plan

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
NAME = BatchName("b1")
EXECUTORS = [PersonId("p-ann"), PersonId("p-bob")]
REVIEWERS = [PersonId("p-cat"), PersonId("p-dan"), PersonId("p-eve")]
UNTRAINED = PersonId("p-eve")
ARBITRATOR = PersonId("p-fay")
SEEDS = ["骰子 1", "骰子 2"]
TRAIL = {"batch.declared", "plan.declared", "batch.frozen", "sample.drawn", "dispute.ruled", "batch.settled"}


class Life(RuleBasedStateMachine):
    """A ledger of one batch; ``self.facts`` is all there is, everything else is folded from it."""

    @initialize(kind=st.sampled_from(list(Kind)), n=st.integers(1, 8), data=st.data())
    def begin(self, kind: Kind, n: int, data: st.DataObject) -> None:
        self.kind, self.facts, self.drawn = kind, list[Fact](), dict[str, list[Drawn]]()
        self.known: tuple[int, Evidence | None] = (-1, None)
        self.items = [ItemId(f"i{number}") for number in range(n)]
        self.executors = {item: {EXECUTORS[place % 2]} for place, item in enumerate(self.items)}
        self.disputed = set(data.draw(st.lists(st.sampled_from(self.items), max_size=2)))
        self.unqualified = data.draw(st.sampled_from([0, 0, 3]))
        self.record(
            BatchDeclared(
                batch=NAME, kind=kind, release="a@1.0", control="c", labels=["x", "y"], organizer="us",
                requester="", where=[["project", "=", "3"]], record_rule="majority", late=False,
            )
        )  # fmt: skip
        assert why_not_declare(NAME, self.batches())

    def record(self, body: Any, *, supersedes: int | None = None) -> None:
        seq = len(self.facts) + 1
        at = NOON + timedelta(minutes=seq)
        self.facts.append(
            Fact(
                seq=seq, kind=KINDS[type(body)], format=1, actor="lead", identity=Identity.ASSERTED, recorded_at=at,
                effective_at=at, subjects=(), supersedes=supersedes, body=body, hash="",
            )
        )  # fmt: skip

    def batches(self) -> dict[BatchName, Batch]:
        return fold_batches(self.facts)

    @property
    def batch(self) -> Batch:
        return self.batches()[NAME]

    @property
    def samples(self) -> tuple[Sample, ...]:
        return fold_samples(self.facts).get(NAME, ())

    def certificate(self, sample: Sample) -> Certificate:
        plan = fold_plans(self.facts)[NAME][sample.plan - 1]
        known = fold_reviews(self.facts).get(sample.sample, ())
        counted = countable(
            known, executors=self.executors, qualified=lambda person, _: person != UNTRAINED, labels={}
        )  # fmt: skip
        check = fixed_plan(sample.resolved, design=plan.design, accuracy=plan.accuracy, risk=plan.risk)
        rules = Rules(terms=Terms(), severities={})
        return certify(sample, plan, check, drawn=self.drawn[sample.sample], reviews=counted, rules=rules)

    def evidence(self) -> Evidence:
        """What a conclusion would rest on now; worked out once for the facts so far."""
        if self.known[0] != len(self.facts):
            self.known = (len(self.facts), self.worked_out())
        assert self.known[1] is not None
        return self.known[1]

    def worked_out(self) -> Evidence:
        reviews = fold_reviews(self.facts)
        first = deciding(self.samples, fold_plans(self.facts).get(NAME, ()), self.kind)
        mine = reviews.get(first.sample, ()) if first else ()
        others = [self.certificate(each) for each in self.samples if first and each.sample != first.sample]
        return Evidence(
            sample=first,
            drawn=frozenset(each.item_id for each in self.drawn[first.sample]) if first else frozenset(),
            reviews=countable(
                mine, executors=self.executors, qualified=lambda person, _: person != UNTRAINED, labels={}
            ),
            everything=tuple(each for some in reviews.values() for each in some),
            disputes_open=len(self.disputed - set(fold_rulings(self.facts).get(NAME, ()))),
            unqualified=self.unqualified,
            pending=sum(
                each.drawn - len({review.item_id for review in reviews.get(each.sample, ())})
                for each in others
                if each.decision is Decision.GO_ON
            ),
            certificate=self.certificate(first) if first else None,
            further=tuple(others),
            life=self.life(first, [each for some in reviews.values() for each in some]),
        )

    def life(self, first: Sample | None, reviews: list[Review]) -> Lived:
        """What happened beside the checks, from facts in any order."""
        outside = [each for each in self.samples if first and each.kind is VerdictKind.VERIFICATION and each != first]
        certificates = [self.certificate(each) for each in outside]
        found = fold_life(self.batch, self.facts, reviews, verifications=certificates)
        assert found == fold_life(self.batch, self.facts[::-1], reviews[::-1], verifications=certificates)
        return found

    @rule(seed=st.sampled_from(SEEDS), census=st.booleans())
    def plan(self, seed: str, census: bool) -> None:
        design = Design.CENSUS if census else Design.TWO_POINT
        beside = self.kind is Kind.SAFETY and not census  # a verification beside the review of every item
        terms = Terms(kind="verification") if beside else Terms()
        if why_not_plan(self.batch, design, terms):
            return
        self.record(
            PlanDeclared(
                batch=NAME, number=len(fold_plans(self.facts).get(NAME, ())) + 1, design=design, accuracy=0.95,
                risk=0.05, expected=0.99, power=0.9, seed_digest=seed_digest(seed),
                before_freeze=self.batch.freeze is None, after_results=bool(fold_reviews(self.facts)),
                before_labels=self.batch.freeze is None, terms=terms.stored(),
            )
        )  # fmt: skip

    @property
    def next_plan(self) -> Plan | None:
        """The plan of the next draw: one of which nothing was drawn yet."""
        plans, used = fold_plans(self.facts).get(NAME, ()), {each.plan for each in self.samples}
        left = [each for each in plans if each.number not in used]
        return plan_to_draw(left, self.kind) or plan_to_draw(plans, self.kind)

    @rule(empty=st.booleans())
    def freeze(self, empty: bool) -> None:
        n = 0 if empty else len(self.items)
        reasons = why_not_freeze(self.batch, n)
        assert bool(reasons) == (empty or self.batch.freeze is not None or self.batch.conclusion is not None)
        if not reasons:
            self.record(
                BatchFrozen(
                    batch=NAME, annotations="a", items="b", frame=frame_digest(self.items), n_annotations=n,
                    n_items=n, n_disputed=len(self.disputed), exclusions=[["repeat", 1]], repeats="last",
                    before_declared=0,
                )
            )  # fmt: skip

    @rule(seed=st.sampled_from(SEEDS), n=st.integers(0, 9), c=st.integers(0, 1))
    def draw(self, seed: str, n: int, c: int) -> None:
        plan = self.next_plan
        if plan is not None and plan.design is Design.CENSUS:
            n, c = len(self.items), 0
        c = min(c, max(0, n - 1))  # a plan that allows all drawn items to be wrong is none
        if why_not_draw(self.batch, plan, n, seed_digest=seed_digest(seed), samples=self.samples):
            return
        assert plan is not None
        assert self.batch.freeze is not None
        name = f"{NAME}/{len(self.samples) + 1}"
        drawn = redraw(seed, self.items, n, pool=REVIEWERS, k=2, annotators=self.executors)
        assert [each.item_id for each in drawn] == [item for _, item in draw(seed, self.items, n)]
        self.drawn[name] = drawn
        self.record(
            SampleDrawn(
                sample=name, batch=NAME, plan=plan.number,
                kind=str(purpose_of(plan, self.kind)), population=len(self.items), n=n, c=c,
                risk=0.05, power=0.9, seed=seed, standing=seed_standing(plan.fact, self.batch.freeze.fact),
                frame=frame_digest(self.items), digest=sample_digest(drawn),
                verifiers=list(verifiers(seed, REVIEWERS, 2)), pool=list(REVIEWERS),
            )
        )  # fmt: skip

    def verdict(self, sample: str, item: ItemId, person: PersonId, verdict: str, unsafe: str) -> bool:
        body = ReviewRecorded(
            sample=sample, batch=NAME, item=item, verdict=verdict, kind="review", reviewer=person, rule="R", defect="",
            severity="", correct_label="", unsafe=unsafe, comment="",
        )  # fmt: skip
        standing = Standing.NOT_EXAMINED if person == UNTRAINED else Standing.QUALIFIED
        reasons = why_not_review(
            body,
            {each.item_id: each for each in self.drawn[sample]},
            batch=self.batch,
            executors_of_item=self.executors.get(item, ()),
            participants=[*EXECUTORS, ARBITRATOR],
            qualification=Qualification(
                person=person, release=ReleaseName("a@1.0"), standing=standing, since=None, until=None, facts=()
            ),
        )
        if not reasons:
            self.record(body)
        return not reasons

    @precondition(lambda self: self.drawn)
    @rule(
        data=st.data(),
        person=st.sampled_from([*EXECUTORS, *REVIEWERS, ARBITRATOR]),
        verdict=st.sampled_from(["correct", "incorrect", "undecidable"]),
        unsafe=st.sampled_from(["", "", "A.1 a", "A.5 a"]),
    )
    def review(self, data: st.DataObject, person: PersonId, verdict: str, unsafe: str) -> None:
        sample = data.draw(st.sampled_from(sorted(self.drawn)))
        item = data.draw(st.sampled_from([*self.items, ItemId("elsewhere")]))
        accepted = self.verdict(sample, item, person, verdict, unsafe)
        allowed = person in {"p-cat", "p-dan"} and item in {each.item_id for each in self.drawn[sample]}
        assert accepted == (allowed and not self.batch.conclusion)

    @precondition(lambda self: self.drawn)
    @rule(verdict=st.sampled_from(["correct", "correct", "incorrect"]))
    def review_the_rest(self, verdict: str) -> None:
        reviews = fold_reviews(self.facts)
        for sample, drawn in self.drawn.items():
            done = {each.item_id for each in reviews.get(sample, ())}
            for place, each in enumerate(each for each in drawn if each.item_id not in done):
                self.verdict(sample, each.item_id, each.verifier, verdict if place == 0 else "correct", "")

    @precondition(lambda self: any(isinstance(fact.body, ReviewRecorded) for fact in self.facts))
    @rule(data=st.data(), verdict=st.sampled_from(["correct", "incorrect"]))
    def withdraw(self, data: st.DataObject, verdict: str) -> None:
        if self.batch.conclusion is not None:
            return
        gone = {fact.supersedes for fact in self.facts}
        known = [fact for fact in self.facts if isinstance(fact.body, ReviewRecorded) and fact.seq not in gone]
        was = data.draw(st.sampled_from(known))
        fields = {name: getattr(was.body, name) for name in ReviewRecorded.__slots__}
        self.record(ReviewRecorded(**{**fields, "verdict": verdict, "unsafe": ""}), supersedes=was.seq)

    @rule(data=st.data(), label=st.sampled_from(["x", "z"]))
    def arbitrate(self, data: st.DataObject, label: str) -> None:
        item = data.draw(st.sampled_from(self.items))
        draft = DisputeRuled(batch=NAME, item=item, label=label, arbitrator=ARBITRATOR, reason="")
        fine = Qualification(
            person=ARBITRATOR, release=ReleaseName("a@1.0"), standing=Standing.QUALIFIED, since=None, until=None,
            facts=(),
        )  # fmt: skip
        reasons = why_not_rule(
            draft, batch=self.batch, disputed=self.disputed, participants=EXECUTORS, qualification=fine
        )
        if not reasons:
            assert (item in self.disputed, label) == (True, "x")
            self.record(draft)

    @rule(whole=st.booleans())
    def card(self, whole: bool) -> None:
        self.record(
            CardRecorded(
                batch=NAME, source="commercial", licence="c" if whole else "", ip_check="cleared", personal=False,
                basis="", modalities=["text"], languages=["zh-CN"], scale=len(self.items),
            ),
            supersedes=next((fact.seq for fact in self.facts[::-1] if isinstance(fact.body, CardRecorded)), None),
        )  # fmt: skip

    @precondition(lambda self: self.drawn)
    @rule(data=st.data(), person=st.sampled_from([*EXECUTORS, *REVIEWERS, ARBITRATOR]), confirmed=st.booleans())
    def look(self, data: st.DataObject, person: PersonId, confirmed: bool) -> None:
        """Somebody rules on a suspected hit, or tries to."""
        item = data.draw(st.sampled_from(self.items))
        hit = next((each for each in self.evidence().life.hits if each.item_id == item), None)
        standing = Standing.NOT_EXAMINED if person == UNTRAINED else Standing.QUALIFIED
        reasons = why_not_rule_hit(
            hit, item, batch=self.batch, by=person, labelled=EXECUTORS, at=NOON,
            duties={Duty.EXECUTOR} if person in EXECUTORS else {Duty.ARBITRATOR if person == ARBITRATOR else Duty.REVIEWER},
            qualification=Qualification(
                person=person, release=ReleaseName("a@1.0"), standing=standing, since=None, until=None, facts=()
            ),
        )  # fmt: skip
        if not reasons:
            assert hit is not None
            assert person not in (*EXECUTORS, UNTRAINED, *hit.reporters)
            assert (self.kind, hit.state, self.batch.conclusion) == (Kind.FUNCTIONAL, HitState.PENDING, None)
            self.rule_hit(hit, person, confirmed)

    def rule_hit(self, hit: Hit, person: PersonId, confirmed: bool) -> None:
        reports = [each.fact for each in hit.reports]
        body = HitRuled(batch=NAME, item=hit.item_id, reviews=reports, confirmed=confirmed, by=person, reason="")
        self.record(body)

    def correct(self) -> None:
        """Correct one of the items that were found wrong."""
        item = min(self.evidence().life.uncorrected)
        problems = [each.fact for each in fold_problems(self.facts, NAME)[item]]
        self.record(
            CorrectionRecorded(
                batch=NAME, item=item, annotator=EXECUTORS[0], corrector=EXECUTORS[1], before="x", after="y",
                made_at=NOON.isoformat(), corrected_at=NOON.isoformat(), problems=problems,
            )
        )  # fmt: skip

    def look_again(self, verdict: str) -> None:
        """Re-review one of the corrections that wait for it."""
        item = min(self.evidence().life.unreviewed)
        (waiting,) = [
            each for each in fold_corrections(self.facts, NAME)[item] if not each.review and not each.replaced_by
        ]
        self.record(
            CorrectionReviewed(batch=NAME, item=item, correction=waiting.fact, verdict=verdict, reviewer="p-dan")
        )

    @precondition(lambda self: self.batch.conclusion is None)
    @rule(n=st.integers(1, 3), c=st.integers(0, 1), verdict=st.sampled_from(["correct", "correct", "incorrect"]))
    def advance(self, n: int, c: int, verdict: str) -> None:
        """Do what the board says; it must then say something else."""
        before, facts = self.step, len(self.facts)
        if " plan " in before.command:
            self.plan(SEEDS[0], self.kind is Kind.SAFETY and "--for" not in before.command)
        elif " card " in before.command:
            self.card(whole=True)
        elif " hit " in before.command:
            hit = next(each for each in self.evidence().life.hits if each.state is HitState.PENDING)
            self.rule_hit(hit, ARBITRATOR, confirmed=verdict == "incorrect")
        elif " correct " in before.command:
            self.correct() if before.duty == "executor" else self.look_again(verdict)
        elif " freeze " in before.command:
            self.freeze(empty=False)
        elif " draw " in before.command:
            for seed in SEEDS:
                self.draw(seed, min(n, len(self.items)), c)
        elif before.duty == "reviewer":
            self.review_the_rest(verdict)
        elif before.duty == "arbitrator":
            self.record(DisputeRuled(batch=NAME, item=self.open_dispute(), label="y", arbitrator=ARBITRATOR, reason=""))
        else:
            self.settle()
        assert self.step != before or " correct " in before.command, (before, self.kind)
        assert len(self.facts) > facts

    def open_dispute(self) -> str:
        return min(self.disputed - set(fold_rulings(self.facts).get(NAME, ())))

    @property
    def step(self) -> Step:
        return next_step(
            self.batch,
            plans=fold_plans(self.facts).get(NAME, ()),
            samples=self.samples,
            reviewed=sum(len(current_reviews(each)) for each in fold_reviews(self.facts).values()),
            evidence=self.evidence(),
        )

    @rule()
    def settle(self) -> None:
        batch, evidence = self.batch, self.evidence()
        if why_not_settle(batch, evidence):
            try:
                conclude(batch, evidence)
            except Refused:
                return
            raise AssertionError("concluded although something stands against it")
        outcome = conclude(batch, evidence)
        self.check(outcome.conclusion)
        self.record(
            BatchSettled(
                batch=NAME, conclusion=outcome.conclusion, reason=outcome.reason, drawn=0, reviewed=0, defects=0,
                critical=0, allowed=0, accuracy=[], method="",
            )
        )  # fmt: skip

    def check(self, conclusion: Conclusion) -> None:
        """An inspector's own reading of the raw facts, with none of the code under test."""
        gone = {fact.supersedes for fact in self.facts}
        bodies = [fact.body for fact in self.facts if fact.seq not in gone]
        verdicts = [fact.body for fact in self.facts if isinstance(fact.body, ReviewRecorded)]  # changed ones too
        drawn_samples = [body for body in bodies if isinstance(body, SampleDrawn)]
        # of safety labeling the review of every item decides, though a verification may be drawn before it
        first = next(each for each in drawn_samples if self.kind is Kind.FUNCTIONAL or each.kind == "review")
        last = {body.item: body for body in verdicts if body.sample == first.sample}
        ruled = {body.item for body in bodies if isinstance(body, DisputeRuled)}
        hits = {body.item for body in verdicts if body.unsafe == "A.1 a"}
        looked = [body for body in bodies if isinstance(body, HitRuled)]
        void = any(body.confirmed for body in looked)
        drawn = [each.item_id for each in self.drawn[first.sample]]
        prefix = drawn[: next((at for at, item in enumerate(drawn) if item not in last), len(drawn))]
        bad = sum(last[item].verdict != "correct" or last[item].unsafe != "" for item in prefix)
        if self.kind is Kind.FUNCTIONAL:
            assert (conclusion is Conclusion.VOID) == void
            assert void or hits <= {body.item for body in looked}  # every report was looked at
        else:
            assert Counter(drawn) == Counter(last.keys())
        if self.kind is Kind.FUNCTIONAL and not void:  # nothing that is still out could have changed it
            assert bad > first.c or bad + len(drawn) - len(prefix) <= first.c
        if conclusion is not Conclusion.VOID:
            assert self.disputed <= ruled
        if conclusion is Conclusion.ACCEPT:
            assert self.unqualified == 0
            assert bad <= first.c
            cards = [body for body in bodies if isinstance(body, CardRecorded)]
            assert cards[-1].licence
            fine = {
                body.correction for body in bodies if isinstance(body, CorrectionReviewed) and body.verdict == "correct"
            }
            mended = {
                fact.body.item for fact in self.facts if isinstance(fact.body, CorrectionRecorded) and fact.seq in fine
            }
            found = {body.item for body in verdicts if body.verdict != "correct" or body.unsafe}
            over = {body.item for body in looked if not body.confirmed}
            assert found <= mended | over
            if self.kind is Kind.SAFETY:
                assert {item for item, body in last.items() if body.verdict != "correct" or body.unsafe} <= mended
                assert set(last) == set(self.items)
                outside = [body for body in bodies if isinstance(body, SampleDrawn) and body.kind == "verification"]
                assert any({body.item for body in verdicts if body.sample == each.sample} for each in outside)

    @invariant()
    def the_stage_follows_from_the_facts(self) -> None:
        if not getattr(self, "facts", None):
            return
        batch, kinds = self.batch, {fact.kind for fact in self.facts}
        reviewed = {(fact.body.sample, fact.body.item) for fact in self.facts if isinstance(fact.body, ReviewRecorded)}
        due = {(name, each.item_id) for name, drawn in self.drawn.items() for each in drawn}
        if "batch.settled" in kinds:
            expected = Stage.SETTLED
        elif due:
            expected = Stage.REVIEWED if reviewed == due else Stage.IN_REVIEW
        else:
            expected = Stage.FROZEN if "batch.frozen" in kinds else Stage.OPEN
        assert batch.stage is expected
        assert (batch.conclusion is not None) == (expected is Stage.SETTLED)
        gone = {fact.supersedes for fact in self.facts}
        assert list(batch.facts) == [
            fact.seq for fact in self.facts if fact.kind in TRAIL and fact.seq not in gone
        ]  # fmt: skip
        step = self.step
        assert str(step.message)
        if "labelqa settle" in step.command:
            assert not why_not_settle(batch, self.evidence())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
