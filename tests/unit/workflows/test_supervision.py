"""A supervisor samples the work of everybody: drawn at random, redrawable, checked by somebody with no other duty."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from labelqa.batches.supervision import fold_supervisions
from labelqa.errors import BadInput, LabelqaError, Refused, WrongUsage
from labelqa.ledger.ledger import Ledger
from labelqa.ledger.view import Listed
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.facts import Draft
from labelqa.records.people import Duty
from labelqa.records.review import Identity, SeedStanding, Verdict
from labelqa.records.supervision import SupervisionChecked, SupervisionDrawn
from labelqa.stats.proportion import hypergeometric_interval
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from labelqa.workflows.supervising.supervised import CheckRow, import_supervision, record_supervision, supervised_work
from labelqa.workflows.supervising.supervision import declare_supervision, draw_supervision
from labelqa.workflows.supervising.supervision_report import supervision_report, verify_supervision
from tests.building import ARBITRATOR, EXECUTORS, RELEASE, Answer, account, agreeing, qualified, take_in

WATCH = "Sue Pervisor"


def supervisor(
    desk: Desk, name: str = WATCH, *, fit: bool = True, duties: tuple[Duty, ...] = (Duty.SUPERVISOR,)
) -> str:
    person = add_person(desk, name, organizer="Org", duties=duties, accounts={"file": f"{name}@example.com"}).person
    if fit:
        qualified(desk, [person])
    return person


def worked(desk: Desk, *, declared: str = "early", items: int = 30, each: int = 4) -> None:
    """Declare, label, freeze, rule one dispute, draw and review: work of all three duties; declared at that moment."""
    supervisor(desk)
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", seed="the seed of b1", design=Design.TWO_POINT)
    if declared == "early":
        declare_supervision(desk, "b1", each=each)
    split = [Answer("z-1", account(who), label) for who, label in zip(EXECUTORS, ("accept", "inaccurate", "off_topic"),
             strict=True)]  # fmt: skip
    take_in(desk, [*agreeing(items), *split])
    freeze_batch(desk, "b1")
    if declared == "frozen":
        declare_supervision(desk, "b1", each=each)
    rule_dispute(desk, "b1", "z-1", label="accept", by=ARBITRATOR, reason="rule 1.1 decides")
    sample = draw_sample(desk, "b1", verifiers=2).sample
    for drawn in drawn_items(desk, sample):
        record_review(desk, sample, drawn.item_id, verdict=Verdict.CORRECT, by=drawn.verifier)


def check_all(desk: Desk, wrong: tuple[int, ...] = ()) -> None:
    for each in supervised_work(desk, "b1"):
        bad = each.order in wrong
        record_supervision(
            desk, "b1", each.work, verdict=Verdict.INCORRECT if bad else Verdict.CORRECT, by=WATCH,
            note="missed the second part; told them" if bad else "",
        )  # fmt: skip


def codes(desk: Desk) -> list[str]:
    return [each.code for each in verify_supervision(desk, "b1")]


def test_everybody_is_sampled_reviewers_and_arbitrators_included(desk: Desk) -> None:
    worked(desk)
    made = draw_supervision(desk, "b1")
    assert made.draw is not None
    assert made.draw.standing is SeedStanding.COMMITTED
    table = {(one.duty, one.person): (one.pieces, one.drawn) for one in made.draw.strata}
    state = read_state(desk)
    reviews = state.reviews_of("b1")
    for duty, people in ((Duty.EXECUTOR, 3), (Duty.REVIEWER, 2), (Duty.ARBITRATOR, 1)):
        assert sum(one is duty for one, _ in table) == people
    for (duty, person), (pieces, drawn) in table.items():
        if duty is Duty.EXECUTOR:
            assert (pieces, drawn) == (31, 4)
        elif duty is Duty.REVIEWER:
            assert (pieces, drawn) == (sum(one.reviewer == person for one in reviews), 4)
        else:
            assert (pieces, drawn) == (1, 1)
    works = supervised_work(desk, "b1")
    assert len(works) == sum(drawn for _, drawn in table.values())
    assert {str(one.answer) for one in works if one.duty is Duty.ARBITRATOR} == {"ruled accept: rule 1.1 decides"}
    assert any(str(one.answer) == "judged accept: correct" for one in works if one.duty is Duty.REVIEWER)
    assert all(str(one.answer).startswith("labelled ") for one in works if one.duty is Duty.EXECUTOR)
    assert verify_supervision(desk, "b1") == []
    assert list(verify_ledger(desk).findings) == []


def test_the_answer_shown_is_the_one_that_was_given(desk: Desk) -> None:
    worked(desk, items=6, each=50)
    draw_supervision(desk, "b1")
    said = {
        (one.item_id, one.name): str(one.answer) for one in supervised_work(desk, "b1") if one.duty is Duty.EXECUTOR
    }
    assert len(said) == 21
    assert [said["z-1", who] for who in EXECUTORS] == ["labelled accept", "labelled inaccurate", "labelled off_topic"]


def test_the_seed_is_random_kept_apart_and_committed_before_it_draws(desk: Desk) -> None:
    worked(desk)
    kept = desk.settings.workspace / "seeds" / "supervision" / "b1-s1.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    fact = next(each for each in desk.ledger.facts() if each.kind == "supervision.declared")
    assert kept.read_text() not in str(fact)
    with pytest.raises(Refused, match="not the seed"):
        draw_supervision(desk, "b1", seed="another one")
    assert draw_supervision(desk, "b1").draw.seed == kept.read_text()  # type: ignore[union-attr]


def test_what_the_order_of_facts_does_not_prove_is_said(desk: Desk) -> None:
    worked(desk, declared="frozen")
    made = draw_supervision(desk, "b1")
    assert made.draw is not None
    assert made.draw.standing is SeedStanding.UNPROVEN
    assert str(supervision_report(desk, "b1").proof) == "unproven: declared when work was there already (by: annotator)"
    assert verify_supervision(desk, "b1") == []


def test_nobody_declares_several_and_draws_the_one_that_suits(desk: Desk) -> None:
    worked(desk)
    with pytest.raises(Refused, match="b1/s1 is declared and not drawn yet"):
        declare_supervision(desk, "b1", each=2)
    (desk.settings.workspace / "seeds" / "supervision" / "b1-s1.txt").unlink()
    with pytest.raises(BadInput, match="give it with --seed"):
        draw_supervision(desk, "b1")
    again = declare_supervision(desk, "b1", each=2)
    assert (again.supervision, again.abandoned) == ("b1/s2", 1)
    made = draw_supervision(desk, "b1")
    assert made.draw is not None
    assert made.draw.standing is SeedStanding.UNPROVEN
    assert "1 earlier supervisions were given up" in str(supervision_report(desk, "b1").proof)
    assert verify_supervision(desk, "b1") == []


def test_a_supervision_given_up_counts_even_when_everything_else_is_in_order(desk: Desk) -> None:
    from labelqa.records.batch import Kind

    supervisor(desk)
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_supervision(desk, "b1", each=2)
    (desk.settings.workspace / "seeds" / "supervision" / "b1-s1.txt").unlink()
    declare_supervision(desk, "b1", each=2)
    take_in(desk, agreeing(5))
    freeze_batch(desk, "b1")
    assert draw_supervision(desk, "b1").draw.standing is SeedStanding.UNPROVEN  # type: ignore[union-attr]


def test_a_drawn_one_is_drawn_once_and_another_may_follow(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    with pytest.raises(Refused, match="drawn already"):
        draw_supervision(desk, "b1/s1")
    assert declare_supervision(desk, "b1", each=1).supervision == "b1/s2"
    assert draw_supervision(desk, "b1").supervision == "b1/s2"
    assert [each.supervision for each in fold_supervisions(desk.ledger.facts())["b1"]] == ["b1/s1", "b1/s2"]  # type: ignore[index]
    assert verify_supervision(desk, "b1/s1") == []


def test_shares_are_given_when_all_drawn_work_is_checked(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    before = supervision_report(desk, "b1")
    assert before.open == sum(one.drawn for one in before.people) == 21
    assert all(isinstance(one.wrong, Unknown) and one.wrong.reason == "supervision-open" for one in before.people)
    check_all(desk, wrong=(1,))
    report = supervision_report(desk, "b1")
    first, second, *_ = report.people
    assert first.wrong == hypergeometric_interval(1, 4, 31)
    assert second.wrong == hypergeometric_interval(0, 4, 31)
    assert isinstance(report.duties[0].wrong, Estimate)
    assert report.duties[0].wrong.point == pytest.approx(1 / 12)  # 31 pieces each, so people weigh alike
    ruled = report.people[-1]
    assert (ruled.duty, ruled.wrong.method, ruled.wrong.n) == (Duty.ARBITRATOR, "census", 1)  # type: ignore[union-attr]
    assert (report.open, report.changed, report.later) == (0, 0, 0)
    assert verify_supervision(desk, "b1") == []


def test_undecidable_counts_as_wrong_and_one_open_piece_keeps_the_share_unknown(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    for number in (1, 2, 3):
        record_supervision(desk, "b1", str(number), verdict=Verdict.UNDECIDABLE, by=WATCH)
    first = supervision_report(desk, "b1").people[0]
    assert (first.checked, first.undecidable, type(first.wrong)) == (3, 3, Unknown)
    record_supervision(desk, "b1", "4", verdict=Verdict.CORRECT, by=WATCH)
    assert supervision_report(desk, "b1").people[0].wrong == hypergeometric_interval(3, 4, 31)


def test_a_changed_word_supersedes_and_both_stay(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=WATCH)
    record_supervision(desk, "b1", "1", verdict=Verdict.INCORRECT, by=WATCH, note="on second sight")
    report = supervision_report(desk, "b1")
    assert (report.people[0].checked, report.people[0].incorrect, report.changed) == (1, 1, 1)
    facts = [each for each in desk.ledger.facts() if each.kind == "supervision.checked"]
    assert [each.supersedes for each in facts] == [None, facts[0].seq]
    assert "on second sight" not in str(facts)
    assert supervised_work(desk, "b1")[0].note == "on second sight"


def test_only_a_supervisor_without_another_duty_may_check(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    supervisor(desk, "Un Trained", fit=False)
    sample = read_state(desk).samples["b1"][0]  # type: ignore[index]
    for who, part in (
        (EXECUTORS[0], "not registered as a supervisor"),
        (sample.verifiers[0], "not registered as a supervisor"),
        ("Un Trained", "is not qualified"),
        ("Nobody", "nobody is known as"),
    ):
        with pytest.raises(LabelqaError, match=part):
            record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=who)
    assert supervision_report(desk, "b1").open == 21


def test_a_supervisor_who_labelled_or_reviewed_in_the_batch_may_not(desk: Desk, monkeypatch: Any) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    state = read_state(desk)
    for person, word in ((state.rulings["b1"]["z-1"].arbitrator, "arbitrator"),  # type: ignore[index]
                         (state.samples["b1"][0].verifiers[0], "reviewer")):  # type: ignore[index]  # fmt: skip
        both = replace(state.people[person], duties=frozenset({Duty.SUPERVISOR, Duty.ARBITRATOR, Duty.REVIEWER}))
        monkeypatch.setitem(state.people, person, both)
        with pytest.raises(Refused, match=f"several duties in one batch: {word}, supervisor"):
            record_supervision(desk, "b1", "1", verdict=Verdict.CORRECT, by=person)


@pytest.mark.parametrize(
    ("work", "verdict", "note", "part"),
    [
        ("annotation:q-999:p-1", Verdict.CORRECT, "", "was not drawn in b1/s1"),
        ("0", Verdict.CORRECT, "", "was not drawn"),
        ("22", Verdict.CORRECT, "", "was not drawn"),
        ("1", Verdict.INCORRECT, "", "needs a note"),
        ("1", Verdict.INCORRECT, "   ", "needs a note"),
    ],
)
def test_wrong_words_change_nothing(desk: Desk, work: str, verdict: Verdict, note: str, part: str) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    before = len(desk.ledger.facts())
    with pytest.raises(Refused, match=part):
        record_supervision(desk, "b1", work, verdict=verdict, by=WATCH, note=note)
    assert len(desk.ledger.facts()) == before


def test_what_is_not_there_is_named(desk: Desk) -> None:
    for call, error, part in (
        (lambda: declare_supervision(desk, "b9", each=1), BadInput, "no batch is called b9"),
        (lambda: supervision_report(desk, "b9"), BadInput, "no supervision or batch is called b9"),
    ):
        with pytest.raises(error, match=part):
            call()
    worked(desk, declared="never")
    for call, error, part in (
        (lambda: declare_supervision(desk, "b1", each=0), WrongUsage, "1 or more; got 0"),
        (lambda: draw_supervision(desk, "b1"), BadInput, "b1 has no supervision"),
    ):
        with pytest.raises(error, match=part):
            call()
    declare_supervision(desk, "b1", each=1)
    for call in (supervised_work, verify_supervision):
        with pytest.raises(Refused, match="b1/s1 is not drawn yet"):
            call(desk, "b1")
    assert supervision_report(desk, "b1").drawn_at is None


def test_an_open_batch_is_not_drawn_from(desk: Desk) -> None:
    from labelqa.records.batch import Kind

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_supervision(desk, "b1", each=1)
    with pytest.raises(Refused, match="not frozen yet"):
        draw_supervision(desk, "b1")


def test_a_filled_sheet_comes_back_and_refused_rows_are_named(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    works = supervised_work(desk, "b1")
    rows = [CheckRow(work=each.work, verdict="correct") for each in works[:3]]
    rows += [CheckRow(work=works[3].work, verdict=""), CheckRow(work=works[4].work, verdict="fine"),
             CheckRow(work=works[5].work, verdict="incorrect"), CheckRow(work=works[0].work, verdict="incorrect"),
             CheckRow(work="review:1", verdict="correct")]  # fmt: skip
    done = import_supervision(desk, "b1", rows, by=WATCH)
    assert (done.recorded, done.unchanged, done.unfilled) == (3, 0, 1)
    said = [str(each.message) for each in done.findings]
    assert [part in text for part, text in zip(
        ("is no verdict", "needs a note", "stands in the sheet before", "was not drawn"), said, strict=True)
    ] == [True] * 4  # fmt: skip
    again = import_supervision(desk, "b1", rows[:4], by=WATCH)
    assert (again.recorded, again.unchanged) == (0, 3)
    facts = [each for each in desk.ledger.facts() if each.kind == "supervision.checked"]
    assert {each.identity for each in facts} == {Identity.IMPORTED}


def test_later_work_is_told_and_left_to_another_supervision(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    sample = read_state(desk).samples["b1"][0].sample  # type: ignore[index]
    first = drawn_items(desk, sample)[0]
    record_review(desk, sample, first.item_id, verdict=Verdict.UNDECIDABLE, by=first.verifier)
    assert supervision_report(desk, "b1").later == 1
    assert verify_supervision(desk, "b1") == []  # a verdict changed after the draw is still what it drew


FIELDS: dict[str, Callable[[SupervisionDrawn], dict[str, Any]]] = {
    "supervision-seed": lambda _: {"seed": "another seed"},
    "supervision-standing": lambda _: {"standing": "unproven"},
    "supervision-upto": lambda _: {"upto": 10**6},
    "supervision-frame": lambda body: {"frame": body.digest},
    "supervision-drawn": lambda body: {"digest": body.frame},
    "supervision-counts": lambda body: {"drawn": [[*body.drawn[0][:2], 30, body.drawn[0][3]], *body.drawn[1:]]},
}


@pytest.mark.parametrize("code", FIELDS)
def test_every_altered_field_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    assert codes(desk) == []
    real = Ledger.view

    def altered(self: Ledger) -> Any:
        return Listed(
            replace(each, body=replace(each.body, **FIELDS[code](each.body)))
            if isinstance(each.body, SupervisionDrawn) else each
            for each in real(self)
        )  # fmt: skip

    monkeypatch.setattr(Ledger, "view", altered)
    desk.memo.clear()
    assert code in codes(desk)


def test_leaving_somebody_out_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    real = Ledger.view

    def altered(self: Ledger) -> Any:
        return Listed(
            replace(each, body=replace(each.body, drawn=each.body.drawn[:-1]))
            if isinstance(each.body, SupervisionDrawn) else each
            for each in real(self)
        )  # fmt: skip

    monkeypatch.setattr(Ledger, "view", altered)
    desk.memo.clear()
    assert codes(desk) == ["supervision-counts"]


def test_words_of_others_and_on_other_work_are_found(desk: Desk) -> None:
    worked(desk)
    draw_supervision(desk, "b1")
    state = read_state(desk)
    verifier = state.samples["b1"][0].verifiers[0]  # type: ignore[index]
    for work, who in (("review:1", verifier), (supervised_work(desk, "b1")[0].work, verifier)):
        body = SupervisionChecked(
            supervision="b1/s1", batch="b1", work=work, verdict="correct", supervisor=who, note=""
        )
        desk.ledger.append([Draft(body=body, subjects=("batch:b1",), actor="x")], now=desk.clock())
    assert sorted(codes(desk)) == ["supervision-stray", "supervision-supervisor", "supervision-supervisor"]


def test_an_answer_is_the_work_of_who_wrote_it_last_and_models_do_none(desk: Desk) -> None:
    from labelqa.records.batch import Kind

    supervisor(desk)
    add_person(desk, "Robo", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "robo"}, model="m-1")
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_supervision(desk, "b1", each=99)
    rows = [Answer(f"q-{n}", account(EXECUTORS[0]), "accept", edited=account(EXECUTORS[1]) if n < 2 else "")
            for n in range(5)]  # fmt: skip
    rows += [Answer(f"q-{n}", "robo", "accept") for n in range(5)]
    take_in(desk, rows)
    freeze_batch(desk, "b1")
    made = draw_supervision(desk, "b1")
    names = desk.ledger.identities.names()
    assert made.draw is not None
    assert {names[one.person]: one.pieces for one in made.draw.strata} == {EXECUTORS[0]: 3, EXECUTORS[1]: 2}


def test_all_answers_kept_are_told_apart(desk: Desk) -> None:
    from labelqa.records.batch import Kind, Repeats

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_supervision(desk, "b1", each=99)
    for label in ("accept", "inaccurate"):
        take_in(desk, [Answer("q-1", account(EXECUTORS[0]), label, source=label)], name=f"{label}.csv")
    freeze_batch(desk, "b1", repeats=Repeats.ALL)
    draw_supervision(desk, "b1")
    works = supervised_work(desk, "b1")
    assert len({each.work for each in works}) == len(works) == 2
    assert {str(each.answer) for each in works} == {"labelled accept", "labelled inaccurate"}


def test_whoever_supervised_a_batch_does_not_verify_it(desk: Desk) -> None:
    both = (Duty.SUPERVISOR, Duty.REVIEWER)
    watcher, idle = supervisor(desk, duties=both), supervisor(desk, "Ida Idle", duties=both)
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.TWO_POINT)
    declare_supervision(desk, "b1", each=2)
    take_in(desk, agreeing(30))
    freeze_batch(desk, "b1")
    draw_supervision(desk, "b1")
    check_all(desk)
    pool = draw_sample(desk, "b1").pool
    assert idle in pool
    assert watcher not in pool
