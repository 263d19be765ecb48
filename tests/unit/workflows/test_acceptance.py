"""The acceptance of a batch: its sheet, the signatures over its bytes, and the counts that are paid for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.adapters.report.acceptance_page import acceptance_html
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
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.rounds.acceptance import acceptance_sheet, sign_acceptance
from labelqa.workflows.rounds.counts import accepted_counts
from labelqa.workflows.rounds.returning import return_batch
from tests.building import ARBITRATOR, EXECUTORS, MONDAY, Answer, account, agreeing, drawn_batch, qualified, take_in


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


def test_a_signature_is_over_exactly_the_bytes(reworked, tmp_path: Path) -> None:
    desk, path = reworked.desk, tmp_path / "sheet.html"
    with pytest.raises(BadInput, match="cannot be read"):
        sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    path.write_text("")
    with pytest.raises(BadInput, match="is empty"):
        sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    path.write_text(acceptance_html(acceptance_sheet(desk, "b1-r1"), "zh"))
    first = sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    assert sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL).already
    path.write_text("another")
    other = sign_acceptance(desk, "b1-r1", path, by=ARBITRATOR, meaning=Meaning.APPROVAL)
    assert (first.approvals, other.approvals, other.already) == (1, 1, False)
    signed = acceptance_sheet(desk, "b1-r1").signatures
    assert [(name, each.digest) for name, each in signed] == [
        (ARBITRATOR, first.signature.digest), (ARBITRATOR, other.signature.digest),
    ]  # fmt: skip


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
