"""Seeds in parts and from public randomness: what the order of facts proves, and what it does not."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from labelqa.errors import BadInput, Refused, WrongUsage
from labelqa.records.batch import Kind
from labelqa.records.designs import Design, Terms
from labelqa.records.facts import Draft, SeedCommitted
from labelqa.records.review import SeedStanding
from labelqa.sampling import seed_digest
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, verify_sample
from labelqa.workflows.drawing.seeds import commit_seed
from labelqa.workflows.drawing.seeds_told import seeds_told
from labelqa.workflows.planning.plans import declare_plan
from tests.building import RELEASE, agreeing, take_in

TWO = Terms(parties=("organizer", "requester"))
LOTTERY = Terms(seed_source="双色球 2026135 期，中国福利彩票")


def planned(desk: Desk, terms: Terms, *, labels: bool = False) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    if labels:
        take_in(desk, agreeing(60))
    declare_plan(desk, "b1", design=Design.TWO_POINT, terms=terms)


def frozen(desk: Desk) -> None:
    take_in(desk, agreeing(60))
    freeze_batch(desk, "b1")


def reasons(desk: Desk) -> str:
    return "; ".join(str(each) for each in seeds_told(desk, "b1")[0].why)


# Parts


def test_a_joint_seed_is_made_of_both_parts_and_proves_itself(desk: Desk) -> None:
    planned(desk, TWO)
    commit_seed(desk, "b1", party="requester", seed="dice 4 2 6")
    mine = commit_seed(desk, "b1", party="organizer")
    assert mine.blind
    path = Path(mine.file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    part = path.read_text(encoding="utf-8")
    frozen(desk)
    sample = draw_sample(desk, "b1")
    assert sample.seed == sha256(f"{part}\x1fdice 4 2 6".encode()).hexdigest()
    assert sample.parts == (("organizer", part), ("requester", "dice 4 2 6"))
    assert sample.standing is SeedStanding.JOINT
    assert verify_sample(desk, "b1") == []
    assert "all parts were recorded by" in reasons(desk)  # one clerk typed both


def test_a_part_is_in_the_ledger_by_its_digest_alone_until_the_draw(desk: Desk) -> None:
    planned(desk, TWO)
    commit_seed(desk, "b1", party="requester", seed="dice 4 2 6")
    told = "".join(row[6] for row in desk.ledger.rows())
    assert "dice 4 2 6" not in told
    assert seed_digest("dice 4 2 6") in told


def test_a_party_may_keep_its_part_to_itself_until_the_draw(desk: Desk) -> None:
    planned(desk, TWO)
    commit_seed(desk, "b1", party="organizer")
    made = commit_seed(desk, "b1", party="requester", digest=sha256("labelqa seed\x1f骰子 4 2 6".encode()).hexdigest())
    assert made.file == ""
    assert sorted(path.name for path in (desk.settings.workspace / "seeds").iterdir()) == ["b1-1-organizer.txt"]
    frozen(desk)
    with pytest.raises(BadInput, match="--part requester=TEXT"):
        draw_sample(desk, "b1")
    with pytest.raises(Refused, match="not the part that requester"):
        draw_sample(desk, "b1", parts={"requester": "骰子 4 2 5"})
    assert draw_sample(desk, "b1", parts={"requester": "骰子 4 2 6"}).standing is SeedStanding.JOINT
    assert verify_sample(desk, "b1") == []


@pytest.mark.parametrize("said", [{"digest": "ab"}, {"digest": "A" * 64}, {"digest": "a" * 64, "seed": "x"}])
def test_a_promise_is_a_part_or_its_digest(desk: Desk, said: dict[str, str]) -> None:
    planned(desk, TWO)
    with pytest.raises(WrongUsage, match="digest"):
        commit_seed(desk, "b1", party="organizer", **said)


def test_a_draw_waits_for_every_party(desk: Desk) -> None:
    planned(desk, TWO)
    commit_seed(desk, "b1", party="organizer")
    frozen(desk)
    with pytest.raises(Refused, match="requester has committed no part"):
        draw_sample(desk, "b1")


def test_parts_kept_elsewhere_are_given_at_the_draw_and_must_be_what_was_committed(desk: Desk) -> None:
    planned(desk, TWO)
    for party in TWO.parties:
        Path(commit_seed(desk, "b1", party=party, seed=f"part of {party}").file).unlink()
    frozen(desk)
    with pytest.raises(BadInput, match="--part organizer=TEXT"):
        draw_sample(desk, "b1")
    parts = {party: f"part of {party}" for party in TWO.parties}
    with pytest.raises(Refused, match="not the part that requester committed"):
        draw_sample(desk, "b1", parts=parts | {"requester": "another"})
    with pytest.raises(WrongUsage, match="no party"):
        draw_sample(desk, "b1", parts=parts | {"somebody": "x"})
    with pytest.raises(WrongUsage, match="--part"):
        draw_sample(desk, "b1", seed="x")
    assert draw_sample(desk, "b1", parts=parts).standing is SeedStanding.JOINT


def test_a_part_committed_after_the_freeze_proves_nothing_and_the_reason_is_said(desk: Desk) -> None:
    planned(desk, TWO)
    commit_seed(desk, "b1", party="organizer")
    frozen(desk)
    commit_seed(desk, "b1", party="requester")
    assert draw_sample(desk, "b1").standing is SeedStanding.UNPROVEN
    assert reasons(desk) == "requester committed its part only after the batch was frozen"
    assert verify_sample(desk, "b1") == []


@pytest.mark.parametrize(("seed", "standing"), [("mine", SeedStanding.UNPROVEN), ("", SeedStanding.JOINT)])
def test_a_part_chosen_with_the_labels_at_hand_proves_nothing(desk: Desk, seed: str, standing: SeedStanding) -> None:
    planned(desk, TWO, labels=True)
    commit_seed(desk, "b1", party="organizer")
    commit_seed(desk, "b1", party="requester", seed=seed)
    freeze_batch(desk, "b1")
    assert draw_sample(desk, "b1").standing is standing
    if seed:
        assert "requester chose its part when labels" in reasons(desk)


def test_commitments_that_a_rule_forbids(desk: Desk) -> None:
    planned(desk, TWO)
    with pytest.raises(WrongUsage, match="no party"):
        commit_seed(desk, "b1", party="somebody")
    commit_seed(desk, "b1", party="organizer", seed="same")
    with pytest.raises(Refused, match="already"):
        commit_seed(desk, "b1", party="organizer", seed="other")
    with pytest.raises(Refused, match="one of its own"):
        commit_seed(desk, "b1", party="requester", seed="same")
    with pytest.raises(WrongUsage, match="cannot be printed"):
        commit_seed(desk, "b1", party="requester", seed="a\x1fb")
    commit_seed(desk, "b1", party="requester")
    frozen(desk)
    draw_sample(desk, "b1")
    with pytest.raises(Refused, match="drawn already"):
        commit_seed(desk, "b1", party="requester")


def test_a_refused_commitment_leaves_the_kept_part_alone(desk: Desk) -> None:
    planned(desk, TWO)
    made = commit_seed(desk, "b1", party="organizer", seed="the first")
    with pytest.raises(Refused):
        commit_seed(desk, "b1", party="organizer", seed="the second")
    assert Path(made.file).read_text(encoding="utf-8") == "the first"


def test_a_party_with_any_name_is_kept_inside_the_folder_of_seeds(desk: Desk) -> None:
    planned(desk, Terms(parties=("../甲方/x", "b")))
    made = commit_seed(desk, "b1", party="../甲方/x")
    assert Path(made.file).parent == desk.settings.workspace / "seeds"


def test_a_plan_with_a_seed_of_its_own_takes_no_parts(desk: Desk) -> None:
    planned(desk, Terms())
    with pytest.raises(Refused, match="not made of parts"):
        commit_seed(desk, "b1", party="organizer")
    frozen(desk)
    with pytest.raises(WrongUsage, match="no parties"):
        draw_sample(desk, "b1", parts={"organizer": "x"})


# Public randomness


def drawn(desk: Desk, *, after: float | None, seed: str = "03 07 12 19 28 31 09") -> SeedStanding:
    """Draw with a number published so many hours after the freeze."""
    moment = None
    if after is not None:
        moment = desk.ledger.facts()[-1].recorded_at + timedelta(hours=after)
        desk.clock.now = moment + timedelta(hours=1)  # type: ignore[attr-defined]
    return draw_sample(desk, "b1", seed=seed, published=moment).standing


def test_a_number_named_before_and_published_after_the_freeze_is_public(desk: Desk) -> None:
    planned(desk, LOTTERY)
    frozen(desk)
    assert drawn(desk, after=24) is SeedStanding.PUBLIC
    assert seeds_told(desk, "b1")[0].why == ()
    assert verify_sample(desk, "b1") == []


def test_a_number_that_could_be_known_is_unproven(desk: Desk) -> None:
    planned(desk, LOTTERY)
    frozen(desk)
    assert drawn(desk, after=-1.0) is SeedStanding.UNPROVEN
    assert "published before the batch was frozen" in reasons(desk)
    assert verify_sample(desk, "b1") == []


def test_a_slip_about_the_time_costs_nothing(desk: Desk) -> None:
    planned(desk, LOTTERY)
    frozen(desk)
    with pytest.raises(WrongUsage, match="say with --published when"):
        drawn(desk, after=None)
    later = desk.clock() + timedelta(days=2)
    with pytest.raises(WrongUsage, match="lies in the future"):
        draw_sample(desk, "b1", seed="1 2 3", published=later)
    assert drawn(desk, after=24) is SeedStanding.PUBLIC


def test_a_source_named_after_the_freeze_is_unproven(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    frozen(desk)
    declare_plan(desk, "b1", design=Design.TWO_POINT, terms=LOTTERY)
    assert drawn(desk, after=24) is SeedStanding.UNPROVEN
    assert "named only after" in reasons(desk)


@pytest.mark.parametrize("seed", ["3,7,12", " 3 7", "3  7", "Abc", "3-7", "3_7"])
def test_a_public_number_is_written_in_one_way(desk: Desk, seed: str) -> None:
    planned(desk, LOTTERY)
    frozen(desk)
    with pytest.raises(WrongUsage, match="one way only"):
        draw_sample(desk, "b1", seed=seed, published=desk.clock())


def test_a_public_seed_is_asked_for(desk: Desk) -> None:
    planned(desk, LOTTERY)
    frozen(desk)
    with pytest.raises(WrongUsage, match="双色球"):
        draw_sample(desk, "b1")


def test_a_time_of_publication_needs_a_public_source(desk: Desk) -> None:
    planned(desk, Terms())
    frozen(desk)
    with pytest.raises(WrongUsage, match="no public source"):
        draw_sample(desk, "b1", published=desk.clock())


# What was forged is found


FORGED = {"digest": seed_digest("two"), "party": "x", "given": True}


@pytest.mark.parametrize("alter", FORGED)
def test_a_commitment_recorded_otherwise_shows_at_the_draw(desk: Desk, alter: str) -> None:
    planned(desk, TWO, labels=True)
    body: Any = SeedCommitted(batch="b1", plan=1, party="organizer", digest=seed_digest("one"), given=False)
    forged = replace(body, **{alter: FORGED[alter]})
    desk.ledger.append([Draft(body=forged, subjects=("batch:b1",), actor="forger")], now=desk.clock())
    commit_seed(desk, "b1", party="requester")
    freeze_batch(desk, "b1")
    if alter == "given":
        assert draw_sample(desk, "b1", parts={"organizer": "one"}).standing is SeedStanding.UNPROVEN
        return
    with pytest.raises(Refused):
        draw_sample(desk, "b1", parts={"organizer": "one"})


def test_where_each_seed_comes_from_is_told_before_and_after_the_draw(desk: Desk) -> None:
    planned(desk, TWO)
    told = seeds_told(desk, "b1")[0]
    assert (told.standing, [each.digest for each in told.parts]) == (SeedStanding.UNPROVEN, [None, None])
    assert "organizer committed no part" in reasons(desk)
    for party in TWO.parties:
        commit_seed(desk, "b1", party=party)
    assert seeds_told(desk, "b1")[0].standing is SeedStanding.JOINT
    frozen(desk)
    sample = draw_sample(desk, "b1")
    told = seeds_told(desk, "b1")[0]
    assert (told.sample, told.seed) == (sample.sample, sample.seed)
