"""The acceptance of a batch: its sheet, the signatures over its bytes, and the counts that are paid for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.adapters.report.acceptance_page import acceptance_html
from labelqa.adapters.report.verification_page import verification_html
from labelqa.errors import BadInput, Refused
from labelqa.records.batch import Conclusion
from labelqa.records.designs import Design
from labelqa.records.governance import Meaning
from labelqa.records.people import Duty
from labelqa.records.production import RoundScope
from labelqa.records.review import Verdict
from labelqa.workflows.batches import freeze_batch
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import raise_dispute, rule_dispute
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.forms import Form, issue_form
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.rounds.acceptance import acceptance_sheet, sign_acceptance
from labelqa.workflows.rounds.chain import round_chain
from labelqa.workflows.rounds.counts import accepted_counts
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.rounds.verification import verification_form
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    MONDAY,
    Answer,
    account,
    agreeing,
    drawn_batch,
    frozen_batch,
    qualified,
    take_in,
)
from tests.unit.workflows.correcting import checked, corrected, passed


def judged(desk: Desk, sample: str, wrong: int) -> None:
    for place, each in enumerate(drawn_items(desk, sample)):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1"} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample, each.item_id, by=each.verifier, **said)


@pytest.fixture
def reworked(here):
    """b1 was rejected and went back whole; its round is accepted."""
    desk = here.desk
    drawn_batch(desk, answers=agreeing(60))
    judged(desk, "b1", 3)
    settle_batch(desk, "b1")
    return_batch(desk, "b1", by=ARBITRATOR, reason="three wrong", scope=RoundScope.WHOLE)
    at = desk.clock() + timedelta(hours=1)
    rows = [Answer(f"q-{number:03}", account(who), "accept", at=at) for number in range(60) for who in EXECUTORS]
    take_in(desk, rows, name="again.csv")
    here.clock.now += timedelta(hours=2)
    declare_plan(desk, "b1-r1", design=Design.SEQUENTIAL, seed="anew")
    freeze_batch(desk, "b1-r1")
    draw_sample(desk, "b1-r1", verifiers=1)
    judged(desk, "b1-r1", 0)
    assert settle_batch(desk, "b1-r1").conclusion is Conclusion.ACCEPT
    return here


def test_the_sheet_says_everything_in_both_languages(reworked) -> None:
    desk = reworked.desk
    sheet = acceptance_sheet(desk, "b1-r1")
    assert (sheet.accepted, len(sheet.chain.lines), sheet.before_appeals, sheet.organizers) == (60, 2, None, ())
    assert sheet.batch.freeze is not None
    english, chinese = acceptance_html(sheet, "en"), acceptance_html(sheet, "zh")
    for page in (english, chinese):
        for part in (
            "b1-r1",
            "Org",
            "contract 1",
            sheet.batch.freeze.items,
            sheet.head.split()[1],
            sheet.release_digest[:16],
        ):
            assert part in page
        assert "None" not in page
    for word in ("Acceptance sheet", "accept", "Signatures", "at most", "the conclusion rests on it"):
        assert word in english
    for word in ("验收单", "放行", "签署", "结论以此为据", "来源"):
        assert word in chinese
    assert "Acceptance" not in chinese
    assert acceptance_html(sheet, "en") == english


def test_there_is_no_sheet_before_the_conclusion(desk: Desk, tmp_path: Path) -> None:
    drawn_batch(desk, answers=agreeing(20))
    with pytest.raises(Refused, match="not settled"):
        acceptance_sheet(desk, "b1")
    with pytest.raises(Refused, match="not settled"):
        sign_acceptance(desk, "b1", tmp_path / "x.pdf", by=ARBITRATOR, meaning=Meaning.APPROVAL)


def written(desk: Desk, path: Path, batch: str = "b1-r1") -> Path:
    """An acceptance sheet as the command writes it."""
    path.write_text(acceptance_html(acceptance_sheet(desk, batch), "zh"), "utf-8")
    issue_form(desk, Form.ACCEPTANCE, batch, name=path.name, content=path.read_bytes())
    return path


def test_a_signature_is_over_exactly_the_bytes(reworked, tmp_path: Path) -> None:
    desk = reworked.desk
    with pytest.raises(BadInput, match="cannot be read"):
        sign_acceptance(desk, "b1-r1", tmp_path / "none.html", by=ARBITRATOR, meaning=Meaning.APPROVAL)
    path = written(desk, tmp_path / "sheet.html")
    first = sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    assert sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL).already
    later = written(desk, tmp_path / "later.html")
    other = sign_acceptance(desk, "b1-r1", later, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    assert (first.approvals, other.approvals, other.already) == (1, 1, False)
    signed = acceptance_sheet(desk, "b1-r1").signatures
    assert [(name, each.digest) for name, each in signed] == [
        (ARBITRATOR, first.signature.digest), (ARBITRATOR, other.signature.digest),
    ]  # fmt: skip


def test_no_other_file_is_signed_as_the_acceptance_of_a_batch(reworked, tmp_path: Path) -> None:
    desk = reworked.desk
    altered = written(desk, tmp_path / "altered.html")
    altered.write_text(altered.read_text("utf-8").replace("60", "61"), "utf-8")
    own = tmp_path / "own.html"
    own.write_text(acceptance_html(acceptance_sheet(desk, "b1-r1"), "zh"), "utf-8")  # never issued
    empty = tmp_path / "empty.html"
    empty.write_text("")
    before = desk.ledger.view().last
    for path in (altered, own, empty):
        with pytest.raises(BadInput, match="no acceptance sheet of batch b1-r1"):
            sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    assert desk.ledger.view().last == before
    elsewhere = written(desk, tmp_path / "other.html", "b1")
    with pytest.raises(BadInput, match="no acceptance sheet of batch b1-r1"):
        sign_acceptance(desk, "b1-r1", elsewhere, by=ARBITRATOR, meaning=Meaning.APPROVAL)


def test_each_item_is_paid_for_in_one_round(reworked) -> None:
    desk = reworked.desk
    found = accepted_counts(desk)
    assert [(each.batch, each.delivered, each.accepted, each.returned, each.waiting) for each in found.lines] == [
        ("b1", 60, 0, 60, 0), ("b1-r1", 60, 60, 0, 0),
    ]  # fmt: skip
    assert found.totals == {"Org": 60}
    settled = found.lines[1].settled_at
    assert settled is not None
    assert [each.batch for each in accepted_counts(desk, start=settled).lines] == ["b1-r1"]
    assert [each.batch for each in accepted_counts(desk, end=settled).lines] == ["b1"]
    with pytest.raises(BadInput, match="organizer Nobody"):
        accepted_counts(desk, organizer="Nobody")


def test_a_batch_of_two_organizers_is_told_apart(desk: Desk) -> None:
    other = add_person(desk, "Out Sider", organizer="Vendor", duties=[Duty.EXECUTOR], accounts={"file": "out"})
    qualified(desk, [other.person])
    rows = [Answer(f"v-{number:03}", "out", "accept", at=MONDAY + timedelta(days=1)) for number in range(30)]
    drawn_batch(desk, answers=[*agreeing(30), *rows])
    judged(desk, "b1", 0)
    settle_batch(desk, "b1")
    shares = acceptance_sheet(desk, "b1").organizers
    assert [(each.organizer, each.items) for each in shares] == [("Org", 30), ("Vendor", 30)]
    assert sum(each.drawn for each in shares) == len(drawn_items(desk, "b1"))


def test_rounds_and_counts_agree_on_what_is_accepted(desk: Desk) -> None:
    """An item that the arbitrator discarded is neither handed over nor paid for, whoever counts."""
    drawn_batch(desk, answers=agreeing(60))
    judged(desk, "b1", 0)
    raise_dispute(desk, "b1", "q-001", by=EXECUTORS[0], reason="the prompt is two prompts")
    rule_dispute(desk, "b1", "q-001", by=ARBITRATOR, reason="nobody can judge it", outcome="rejected")
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    assert round_chain(desk, "b1").accepted == acceptance_sheet(desk, "b1").accepted == 59
    assert accepted_counts(desk).totals == {"Org": 59}
    sheet = acceptance_sheet(desk, "b1")
    assert sheet.discarded == 1
    assert "discarded by an arbitrator, not accepted" in acceptance_html(sheet, "en")
    assert "仲裁弃用、未验收的条目" in acceptance_html(sheet, "zh")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("Verification record", "off_topic", "corrected and re-reviewed", "0 of 14 verdicts record all three")),
        ("zh", ("核验记录", "off_topic", "经纠正并复核", "14 条结论中 0 条记录了全部三项核验")),
    ],
)
def test_the_verification_record_names_verifiers_results_problems_and_measures(desk: Desk, lang, said) -> None:
    found = checked(desk)
    n = len(found.wrong) + len(found.right)
    item = found.wrong[0]
    corrected(desk, item)
    passed(desk, item, found.reviewer)
    form = verification_form(desk, "b1")
    page = verification_html(form, lang)
    assert verification_html(form, lang) == page
    (sample,) = form.samples
    assert (sample.judged, sample.all_checked, sum(each.judged for each in sample.verifiers)) == (n, 0, n)
    assert sum(each.results.get(Verdict.INCORRECT, 0) for each in sample.verifiers) == len(found.wrong)
    people = desk.ledger.identities.names()
    for part in (*(each.replace("14", str(n)) for each in said), people[found.reviewer], item, "2026-11-16 10:"):
        assert part in page, part
    assert "p-" not in page.replace("top-", "").partition("<main>")[2]
    assert "None" not in page


def test_there_is_nothing_to_put_on_record_before_the_draw(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(20))
    with pytest.raises(Refused, match="no sample of batch b1 is drawn"):
        verification_form(desk, "b1")


def test_disputes_that_somebody_raised_are_among_those_found(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(60))
    judged(desk, "b1", 0)
    raise_dispute(desk, "b1", "q-001", by=EXECUTORS[0], reason="the prompt is two prompts")
    rule_dispute(desk, "b1", "q-001", by=ARBITRATOR, reason="nobody can judge it", outcome="rejected")
    settle_batch(desk, "b1")
    assert acceptance_sheet(desk, "b1").disputes == {"found": 1, "ruled": 1, "open": 0}
