"""Plans, draws, verdicts, disputes and conclusions: what is refused, what is kept, what is decided."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.estimate import Estimate
from labelqa.records.facts import Draft, SampleDrawn
from labelqa.records.people import Duty
from labelqa.records.review import Identity, SeedStanding, Verdict, VerdictKind
from labelqa.records.work import RawVerdict
from labelqa.workflows.batches import batch_detail, batch_line, declare_batch
from labelqa.workflows.certifying.settle import accuracy_report, settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import disputes, rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items, verify_sample
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import import_verdicts, record_review, sample_progress, work_sheets
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    RELEASE,
    REVIEWERS,
    Answer,
    account,
    agreeing,
    corrected,
    drawn_batch,
    frozen_batch,
    qualified,
    take_in,
)

ANN, BOB, CAI = map(account, EXECUTORS)


def judged(desk: Desk, sample: str, *, wrong: int = 0, **said: Any) -> None:
    """Verdicts on every drawn item, the first ``wrong`` of them incorrect."""
    for place, each in enumerate(drawn_items(desk, sample)):
        found = (
            {"verdict": Verdict.INCORRECT, "defect": "R1", **said} if place < wrong else {"verdict": Verdict.CORRECT}
        )
        record_review(desk, sample, each.item_id, by=each.verifier, **found)


def told(desk: Desk) -> str:
    """Everything that the ledger says."""
    return "".join(row[6] for row in desk.ledger.rows())


# Plans


def test_a_plan_commits_its_seed_and_keeps_it_where_only_the_owner_reads(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    made = declare_plan(desk, "b1")
    seed = Path(made.seed_file).read_text(encoding="utf-8")
    assert len(seed) == 32
    assert stat.S_IMODE(Path(made.seed_file).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(made.seed_file).parent.stat().st_mode) == 0o700
    assert seed not in told(desk)
    assert (made.preview, made.plan.design, made.plan.expected, made.plan.before_freeze) == (
        None,
        Design.SEQUENTIAL,
        0.99,
        True,
    )
    take_in(desk, agreeing(40))
    preview = declare_plan(desk, "b1").preview
    assert preview is not None
    assert preview.population == 40


def test_the_seed_is_in_the_ledger_from_the_draw_on(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(20))
    assert "the seed of b1" not in told(desk)
    sample = draw_sample(desk, "b1")
    assert "the seed of b1" in told(desk)
    assert (sample.sample, sample.seed, sample.standing) == ("b1/1", "the seed of b1", SeedStanding.COMMITTED)
    assert sample.kind is VerdictKind.VERIFICATION
    assert verify_sample(desk, "b1/1") == []


def test_a_seed_committed_after_the_freeze_is_unproven(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(20), plan=False)
    assert not declare_plan(desk, "b1", design=Design.TWO_POINT).plan.before_freeze
    assert draw_sample(desk, "b1").standing is SeedStanding.UNPROVEN


@pytest.mark.parametrize(
    "shares",
    [
        {"accuracy": 0.0},
        {"accuracy": 1.0},
        {"risk": 1.0},
        {"power": 0.0},
        {"expected": 0.95},
        {"expected": 1.2},
        {"accuracy": 95},
    ],
)
def test_impossible_plans_are_refused_and_leave_no_seed(desk: Desk, shares: dict[str, float]) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    before = desk.ledger.head()
    with pytest.raises(WrongUsage):
        declare_plan(desk, "b1", **shares)
    with pytest.raises(WrongUsage):
        declare_plan(desk, "b1", seed="a\x1fb")
    assert desk.ledger.head() == before
    assert not (desk.settings.workspace / "seeds").exists()


def test_a_plan_that_came_second_writes_over_no_seed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes plan at once: the later one must not take the earlier one's seed away."""
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    import labelqa.workflows.planning.plans as plans

    stale = plans.read_state(desk)
    first = declare_plan(desk, "b1", seed="the first seed")
    monkeypatch.setattr(plans, "read_state", lambda _desk: stale)
    with pytest.raises(Refused, match="changed while the plan was made"):
        declare_plan(desk, "b1", seed="the second seed")
    assert Path(first.seed_file).read_text(encoding="utf-8") == "the first seed"


def test_a_second_plan_after_results_is_recorded_as_such_and_replaces_nothing(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(30))
    judged(desk, "b1/1")
    again = declare_plan(desk, "b1", design=Design.ZERO_ACCEPTANCE, seed="another")
    assert (again.plan.number, again.plan.after_results, again.earlier) == (2, True, 1)
    plans = batch_detail(desk, "b1").plans
    assert [(plan.number, plan.after_results) for plan in plans] == [(1, False), (2, True)]
    second = draw_sample(desk, "b1")
    assert (second.sample, second.plan) == ("b1/2", 2)
    assert accuracy_report(desk, "b1").sample == sample.sample  # the first one drawn decides
    with pytest.raises(Refused, match="further sample"):
        settle_batch(desk, "b1")


# Draws


def test_a_draw_can_be_made_again_from_the_ledger_alone(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(120))
    drawn = drawn_items(desk, "b1/1")
    assert len({each.item_id for each in drawn}) == sample.resolved.n < 120
    assert [each.order for each in drawn] == list(range(1, sample.resolved.n + 1))
    assert {each.verifier for each in drawn} == set(sample.verifiers)
    assert len(sample.pool) == 3
    assert drawn_items(desk, "b1") == drawn


def test_draws_that_a_rule_forbids(desk: Desk, here: Any) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    with pytest.raises(Refused, match="has no plan"):
        draw_sample(desk, "b1")
    declare_plan(desk, "b1", design=Design.TWO_POINT, seed="s1")
    with pytest.raises(Refused, match="not frozen yet"):
        draw_sample(desk, "b1")
    frozen_batch(desk, "b2", answers=agreeing(60))
    need = 45
    for attempt, said in (
        ({"seed": "another seed"}, "not the seed"),
        ({"n": 10}, "would not prove it"),
        ({"n": 61}, "only 60"),
        ({"verifiers": 4}, "only 3"),
    ):
        with pytest.raises(Refused, match=said):
            draw_sample(desk, "b2", **attempt)
    sample = draw_sample(desk, "b2", n=need + 10, verifiers=1)
    assert sample.resolved.n == need + 10
    assert len(sample.verifiers) == 1
    assert set(sample.pool) == {here.people[name] for name in REVIEWERS}
    assert verify_sample(desk, "b2") == []
    with pytest.raises(Refused, match="drawn already"):
        draw_sample(desk, "b2")


def test_a_lost_seed_is_asked_for(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(20))
    (desk.settings.workspace / "seeds" / "b1-1.txt").unlink()
    with pytest.raises(BadInput, match="--seed"):
        draw_sample(desk, "b1")
    assert draw_sample(desk, "b1", seed="the seed of b1").sample == "b1/1"


def test_a_draw_waits_for_the_arbitrator(desk: Desk) -> None:
    answers = [*agreeing(10), Answer("z", ANN, "accept"), Answer("z", BOB, "off_topic")]
    frozen_batch(desk, answers=answers)
    with pytest.raises(Refused, match="1 item of batch b1 has no label of record"):
        draw_sample(desk, "b1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seed": "another"}, "sample-seed"),
        ({"n": 5}, "sample-size"),
        ({"frame": "0" * 64}, "sample-frame"),
        ({"standing": "unproven"}, "sample-standing"),
        ({"digest": "0" * 64}, "sample-digest"),
        ({"population": 7}, "sample-population"),
    ],
)
def test_a_false_record_of_a_draw_is_found(desk: Desk, changes: dict[str, Any], code: str) -> None:
    frozen_batch(desk, answers=agreeing(60))
    true = drawn_as(desk)
    body = replace(true, **changes)
    desk.ledger.append([Draft(body=body, subjects=(), actor="forger")], now=desk.clock())
    assert code in {each.code for each in verify_sample(desk, "b1/1")}


def drawn_as(desk: Desk) -> SampleDrawn:
    """What the draw would record, taken from a draw in a copy of the workspace."""
    import shutil

    from tests.building import Clock, opened

    copy = desk.settings.workspace.with_name("copy")
    shutil.copytree(desk.settings.workspace, copy)
    with opened(copy, clock=Clock(desk.clock())) as other:
        draw_sample(other, "b1")
        return other.ledger.facts()[-1].body


# Verdicts


def test_verdicts_that_a_rule_forbids_are_refused_and_nothing_is_recorded(desk: Desk, here: Any) -> None:
    drawn_batch(desk, answers=agreeing(60))
    drawn = drawn_items(desk, "b1")
    mine = drawn[0]
    out = next(f"q-{n:03}" for n in range(60) if f"q-{n:03}" not in {each.item_id for each in drawn})
    not_drawn = next(name for name in REVIEWERS if here.people[name] not in {each.verifier for each in drawn})
    newcomer = add_person(desk, "New Comer", organizer="Org", duties=[Duty.REVIEWER], accounts={}).person
    before = desk.ledger.head()
    for item, by, said, why in (
        (mine.item_id, EXECUTORS[0], {}, "labelled item"),
        (out, mine.verifier, {}, "was not drawn"),
        (mine.item_id, not_drawn, {}, "drawn for another verifier"),
        (mine.item_id, newcomer, {}, "not qualified"),
        (mine.item_id, mine.verifier, {"verdict": Verdict.INCORRECT}, "names no rule"),
        (mine.item_id, mine.verifier, {"correct_label": "accept"}, "correct and yet"),
        (
            mine.item_id,
            mine.verifier,
            {"verdict": Verdict.INCORRECT, "rule": "Q-01", "correct_label": "nope"},
            "not a label",
        ),
        (mine.item_id, mine.verifier, {"unsafe": "B.1"}, "is no risk"),
        (mine.item_id, mine.verifier, {"verdict": Verdict.INCORRECT, "rule": "Z-99"}, "not a rule"),
        (mine.item_id, mine.verifier, {"verdict": Verdict.INCORRECT, "defect": "no code"}, "no defect code"),
        (mine.item_id, ARBITRATOR, {}, "not registered as a reviewer"),
    ):
        with pytest.raises(Refused, match=why):
            record_review(desk, "b1", item, **{"verdict": Verdict.CORRECT, "by": by, **said})
    assert desk.ledger.head() == before


def test_a_changed_verdict_supersedes_and_both_stay_on_record(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    mine = drawn_items(desk, "b1")[0]
    first = record_review(desk, "b1", mine.item_id, verdict=Verdict.CORRECT, by=mine.verifier)
    second = record_review(desk, "b1", mine.item_id, verdict=Verdict.UNDECIDABLE, by=mine.verifier, comment="看不清")
    facts = [fact for fact in desk.ledger.facts() if fact.kind == "review.recorded"]
    assert [(fact.seq, fact.supersedes) for fact in facts] == [(first.fact, None), (second.fact, first.fact)]
    progress = sample_progress(desk, "b1")
    assert (progress.reviewed, progress.correct, progress.undecidable) == (1, 0, 1)
    assert second.comment is not None
    assert desk.ledger.text_of(second.comment) == "看不清"
    assert "看不清" not in told(desk)


def raw(item: str, verifier: str, verdict: str = "correct", **said: Any) -> RawVerdict:
    return RawVerdict(sample="b1/1", item_id=item, verdict=verdict, verifier=verifier, **said)


def test_sheets_come_back_once_and_each_refused_row_is_named(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    sheets = work_sheets(desk, "b1", lang="zh")
    rows = [(row.item_id, sheet.verifier) for sheet in sheets for row in sheet.rows]
    assert sorted(rows) == sorted((each.item_id, each.verifier) for each in drawn_items(desk, "b1"))
    assert {row.shown for sheet in sheets for row in sheet.rows} == {"合格"}
    given = [raw(*each) for each in rows[:4]] + [raw(*rows[4], verdict="")]
    bad = [raw("nothing", rows[0][1]), raw(*rows[5], verdict="fine"), raw(rows[6][0], "Nobody At All")]
    done = import_verdicts(desk, [*given, *bad])
    assert (done.recorded, done.unchanged, done.unfilled, len(done.findings)) == (4, 0, 1, 3)
    again = import_verdicts(desk, given)
    assert (again.recorded, again.unchanged) == (0, 4)
    changed = import_verdicts(desk, [raw(*rows[0], verdict="incorrect", rule="Q-01")])
    assert (changed.recorded, desk.ledger.facts()[-1].identity) == (1, Identity.IMPORTED)
    assert desk.ledger.facts()[-1].supersedes is not None


def test_a_row_that_stands_twice_in_one_list_counts_once(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    each = drawn_items(desk, "b1")[0]
    row = raw(each.item_id, each.verifier, comment="same")
    done = import_verdicts(desk, [row, row])
    assert (done.recorded, done.unchanged) == (1, 1)
    other = raw(each.item_id, each.verifier, "undecidable")
    assert import_verdicts(desk, [other, row, row]).recorded == 2
    assert sample_progress(desk, "b1").correct == 1


def test_a_verdict_counts_from_when_it_was_given(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    each = drawn_items(desk, "b1")[0]
    days = {"before the draw": -1, "in the future": 1}
    for number in days.values():
        at = desk.clock() + timedelta(days=number)
        done = import_verdicts(desk, [raw(each.item_id, each.verifier, at=at)])
        assert done.recorded == 0
        assert "before the draw or in the future" in str(done.findings[0].message)
    at = desk.clock()
    assert import_verdicts(desk, [raw(each.item_id, each.verifier, at=at)]).recorded == 1
    assert desk.ledger.facts()[-1].effective_at == at


# Disputes


@pytest.fixture
def split(desk: Desk) -> Desk:
    """A frozen batch of ten clear items and a disputed one."""
    answers = [*agreeing(10), Answer("z", ANN, "accept"), Answer("z", BOB, "off_topic"), Answer("z", CAI, "incomplete")]
    frozen_batch(desk, answers=answers)
    return desk


def test_a_ruling_gives_the_label_of_record_and_a_later_one_supersedes(split: Desk) -> None:
    (open_one,) = disputes(split, "b1")
    assert (open_one.item_id, open_one.ruling, sorted(open_one.votes)) == (
        "z", "", [("accept", 1), ("incomplete", 1), ("off_topic", 1)],
    )  # fmt: skip
    ruled = rule_dispute(split, "b1", "z", label="off_topic", by=ARBITRATOR, reason="规则 Q-03")
    assert ruled.ruling == "off_topic"
    assert rule_dispute(split, "b1", "z", label="accept", by=ARBITRATOR, reason="seen again").ruling == "accept"
    facts = [fact for fact in split.ledger.facts() if fact.kind == "dispute.ruled"]
    assert [fact.supersedes for fact in facts] == [None, facts[0].seq]
    assert "规则 Q-03" not in told(split)
    assert split.ledger.text_of(facts[0].body.reason) == "规则 Q-03"
    assert draw_sample(split, "b1").resolved.population == 11


@pytest.mark.parametrize(
    ("item", "said", "why"),
    [
        ("z", {"by": EXECUTORS[0]}, "another duty"),
        ("z", {"by": REVIEWERS[0]}, "no duty"),
        ("z", {"label": "nope"}, "not a label"),
        ("q-001", {}, "not disputed"),
        ("z", {"reason": "  "}, "needs its reason"),
    ],
)
def test_rulings_that_a_rule_forbids(split: Desk, item: str, said: dict[str, str], why: str) -> None:
    before = split.ledger.head()
    with pytest.raises((Refused, BadInput), match=why):
        rule_dispute(split, "b1", item, **{"label": "accept", "by": ARBITRATOR, "reason": "because", **said})
    assert split.ledger.head() == before


def test_nothing_is_ruled_on_once_a_sample_is_drawn(split: Desk) -> None:
    rule_dispute(split, "b1", "z", label="accept", by=ARBITRATOR, reason="clear")
    draw_sample(split, "b1")
    with pytest.raises(Refused, match="stay as they were judged"):
        rule_dispute(split, "b1", "z", label="off_topic", by=ARBITRATOR, reason="I like it more")


def test_who_ruled_or_edited_is_not_drawn_as_verifier(split: Desk, here: Any) -> None:
    both = add_person(split, "Both Hats", organizer="Org", duties=[Duty.REVIEWER, Duty.ARBITRATOR], accounts={}).person
    qualified(split, [both])
    rule_dispute(split, "b1", "z", label="accept", by="Both Hats", reason="clear")
    edited = Answer("e", ANN, "accept", edited=account(REVIEWERS[0]))
    frozen_batch(split, "b2", answers=[edited, *agreeing(4, prefix="n")])
    assert set(draw_sample(split, "b1").pool) == {here.people[name] for name in REVIEWERS}
    assert set(draw_sample(split, "b2").pool) == {here.people[name] for name in REVIEWERS[1:]} | {both}


# Conclusions


def test_a_batch_within_its_plan_is_accepted_with_its_figure(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(200))
    with pytest.raises(Refused, match=f"{sample.resolved.n} of {sample.resolved.n} drawn items"):
        settle_batch(desk, "b1")
    judged(desk, "b1", wrong=sample.resolved.c)
    report = accuracy_report(desk, "b1")
    assert (report.reviewed, report.incorrect) == (sample.resolved.n, sample.resolved.c)
    assert isinstance(report.accuracy, Estimate)
    assert report.accuracy.point == pytest.approx(1 - sample.resolved.c / sample.resolved.n)
    assert corrected(desk) == sample.resolved.c
    assert accuracy_report(desk, "b1").accuracy == report.accuracy  # what was proven of the labels judged stays
    line = settle_batch(desk, "b1")
    assert (line.stage, line.conclusion, line.next_command) == (Stage.SETTLED, Conclusion.ACCEPT, "")
    body = desk.ledger.facts()[-1].body
    assert (body.defects, body.allowed, body.reason) == (sample.resolved.c, sample.resolved.c, "within-plan")
    assert body.accuracy == [report.accuracy.point, report.accuracy.low, report.accuracy.high]


def test_one_defect_too_many_sends_the_batch_back(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(200))
    judged(desk, "b1", wrong=sample.resolved.c + 1)
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL


def test_work_of_the_unqualified_is_labelled_again(desk: Desk) -> None:
    drawn_batch(desk, answers=[*agreeing(40), Answer("q-001", "stranger", "accept")])
    judged(desk, "b1")
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL


def test_a_settled_batch_stays_settled(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    judged(desk, "b1")
    settle_batch(desk, "b1")
    before, mine = desk.ledger.head(), drawn_items(desk, "b1")[0]
    for attempt in (
        lambda: settle_batch(desk, "b1"),
        lambda: declare_plan(desk, "b1"),
        lambda: draw_sample(desk, "b1", seed="the seed of b1"),
        lambda: record_review(desk, "b1", mine.item_id, verdict=Verdict.CORRECT, by=mine.verifier),
    ):
        with pytest.raises(Refused, match="settled"):
            attempt()
    assert desk.ledger.head() == before


def test_a_verdict_that_comes_while_the_batch_is_settled_is_not_passed_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import labelqa.workflows.certifying.settle as settle

    drawn_batch(desk, answers=agreeing(20))
    judged(desk, "b1")
    stale, mine = settle.read_state(desk), drawn_items(desk, "b1")[0]
    record_review(desk, "b1", mine.item_id, verdict=Verdict.INCORRECT, rule="Q-01", by=mine.verifier)
    monkeypatch.setattr(settle, "read_state", lambda _desk: stale)
    with pytest.raises(Refused, match="changed while it was settled"):
        settle_batch(desk, "b1")


def test_a_verdict_on_a_batch_settled_meanwhile_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.reviewing.reviews as reviews

    drawn_batch(desk, answers=agreeing(20))
    judged(desk, "b1")
    stale, mine = reviews.read_state(desk), drawn_items(desk, "b1")[0]
    settle_batch(desk, "b1")
    monkeypatch.setattr(reviews, "read_state", lambda _desk: stale)
    with pytest.raises(Refused, match="settled meanwhile"):
        record_review(desk, "b1", mine.item_id, verdict=Verdict.UNDECIDABLE, by=mine.verifier)


def test_a_trial_is_measured_and_never_settled(desk: Desk) -> None:
    declare_batch(desk, "t", kind=Kind.FUNCTIONAL, labels=["a", "b"], organizer="Org")
    take_in(desk, [Answer("i", ANN, "a"), Answer("i", BOB, "a")])
    from labelqa.workflows.batches import freeze_batch

    freeze_batch(desk, "t")
    with pytest.raises(Refused, match="trial"):
        settle_batch(desk, "t")
    with pytest.raises(Refused, match="has no sample"):
        accuracy_report(desk, "t")


def test_a_line_leads_from_step_to_step(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    steps = [batch_line(desk, "b1").next_command]
    frozen_batch(desk, "b2", answers=agreeing(20), plan=False)
    steps.append(batch_line(desk, "b2").next_command)
    declare_plan(desk, "b2", design=Design.TWO_POINT, seed="s")
    steps.append(batch_line(desk, "b2").next_command)
    draw_sample(desk, "b2")
    steps.append(batch_line(desk, "b2").next_command)
    judged(desk, "b2")
    steps.append(batch_line(desk, "b2").next_command)
    settle_batch(desk, "b2")
    steps.append(batch_line(desk, "b2").next_command)
    verbs = ["batch freeze b1", "plan b2", "draw b2", "review sheet b2", "settle b2", ""]
    assert steps == [f"labelqa {verb}" if verb else "" for verb in verbs]
