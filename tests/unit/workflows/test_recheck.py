"""Old labels under changed rules: exactly those that the change can touch are looked at again, by a sized sample."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.errors import Refused
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import Design
from labelqa.records.review import SeedStanding
from labelqa.rulebook.diff import touched_labels
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.model import Changes, LabelChange, Rulebook, SameMeaning, Text
from labelqa.wiring import shipped
from labelqa.workflows.batches import batch_lines, declare_batch, freeze_batch
from labelqa.workflows.clarity.frozen import rulebook_clarity
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import draw_sample
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.rechecking.gathered import fates, gathered
from labelqa.workflows.rechecking.recheck import recheck
from labelqa.workflows.state import read_state
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    Answer,
    account,
    agreeing,
    frozen_batch,
    qualified,
    release,
    staffed,
    take_in,
)

OLD = shipped("rulebooks") / "genai-sft" / "1.0.0.yaml"


def next_version(folder: Path, *edits: tuple[str, str], version: str = "2.0.0") -> Path:
    text = OLD.read_text(encoding="utf-8")
    for old, new in (("version: 1.0.0", f"version: {version}"), *edits):
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / f"draft-{version}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def graver(folder: Path, *, version: str = "2.0.0") -> Path:
    """A breach of Q-05, which tells poor_language from accept, counts as graver: that touches these two labels."""
    text = OLD.read_text(encoding="utf-8")
    start = text.index("  - id: Q-05")
    rule = text[start : text.index("  - id: Q-06")]
    return next_version(folder, (rule, rule.replace("severity: minor", "severity: major", 1)), version=version)


def released_again(desk: Desk, path: Path) -> None:
    release(desk, path, previous_until=desk.clock() + timedelta(days=7))


def labelled(desk: Desk, name: str = "b1", prefix: str = "q") -> Batch:
    """Forty items: twenty off_topic, fifteen poor_language, five in dispute."""
    answers = [
        *agreeing(20, label="off_topic", prefix=f"{prefix}a"),
        *agreeing(15, label="poor_language", prefix=f"{prefix}p"),
        *(
            Answer(f"{prefix}d-{n}", account(who), label)
            for n in range(5)
            for who, label in zip(EXECUTORS, ("accept", "poor_language"), strict=False)
        ),
    ]
    now = desk.clock()
    return frozen_batch(desk, name, answers=[dataclasses.replace(each, at=now) for each in answers])


def test_the_frame_is_what_the_change_can_touch_and_no_more(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    path = graver(tmp_path)
    released_again(bare, path)
    old, new = parse(OLD.read_bytes()).rulebook, parse(path.read_bytes()).rulebook
    assert old is not None
    assert new is not None
    assert touched_labels(old, new) == {"accept", "poor_language"}
    told = recheck(bare, "genai-sft@2.0.0", declare=False)
    assert told.batch is None
    assert told.touched == ("accept", "poor_language")
    (source,) = told.sources
    assert (source.items, source.frame, source.relabel, source.untouched, source.unsettled) == (40, 15, 0, 20, 5)
    assert "recheck-genai-sft-2.0.0" not in read_state(bare).batches


def test_a_recheck_is_a_frozen_batch_under_the_new_release_and_goes_its_way(bare: Desk, tmp_path: Path) -> None:
    people = staffed(bare)
    source = labelled(bare)
    released_again(bare, graver(tmp_path))
    qualified(bare, people.values(), release="genai-sft@2.0.0")
    declared = recheck(bare, "genai-sft@2.0.0").batch
    assert declared is not None
    assert declared.freeze is None
    declare_plan(bare, declared.name, design=Design.CENSUS)
    batch = freeze_batch(bare, declared.name)
    assert batch.freeze is not None
    assert (batch.release, batch.recheck, batch.sources) == ("genai-sft@2.0.0", "genai-sft@1.0.0", ("b1",))
    assert batch.freeze.n_items == 15
    assert source.freeze is not None
    assert set(batch.freeze.participants) >= {people[who] for who in EXECUTORS[:2]}
    items = bare.frozen.read(batch.freeze.items).to_pylist()
    before = {row["item_id"]: row for row in bare.frozen.read(source.freeze.items).to_pylist()}
    assert Counter(row["label"] for row in items) == {"poor_language": 15}
    assert [row["item_no"] for row in items] == list(range(15))
    assert all(row["data"] == before[row["item_id"]]["data"] for row in items)
    made = bare.frozen.read(batch.freeze.annotations).to_pylist()
    assert {row["item_id"] for row in made} == {row["item_id"] for row in items}
    assert {row["release"] for row in made} <= {None, "genai-sft@1.0.0"}
    sample = draw_sample(bare, batch.name, verifiers=1)
    assert sample.standing is SeedStanding.COMMITTED
    assert not set(sample.verifiers) & {people[who] for who in EXECUTORS}
    assert sample.resolved.n == 15
    assert verify_ledger(bare).findings == ()


def test_a_recheck_counts_as_no_new_labels_and_takes_none_away(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    before = read_state(bare).labelled()
    released_again(bare, graver(tmp_path))
    recheck(bare, "genai-sft@2.0.0")
    freeze_batch(bare, "recheck-genai-sft-2.0.0")
    state = read_state(bare)
    assert state.labelled() == before
    assert {line.name for line in batch_lines(bare)} == {"b1", "recheck-genai-sft-2.0.0"}
    declare_batch(bare, "b2", kind=state.batch("b1").kind, release="genai-sft@2.0.0", organizer="Org")
    take_in(bare, [Answer("new-1", account(EXECUTORS[0]), "accept", at=bare.clock())], name="b2.csv")
    frozen = freeze_batch(bare, "b2").freeze
    assert frozen is not None
    assert frozen.n_items == 1


def test_a_renamed_label_is_carried_over_under_its_new_name(bare: Desk, tmp_path: Path) -> None:
    after = ("unreadable",)
    staffed(bare)
    labelled(bare)
    text = OLD.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 2.0.0")
    renamed = parse(text.replace("poor_language", "unreadable").encode()).rulebook
    assert renamed is not None
    changes = Changes(
        since="1.0.0", summary=Text("改名", "Renamed"),
        labels=(LabelChange(before=("poor_language",), after=after),),
    )  # fmt: skip
    path = tmp_path / "draft.yaml"
    path.write_text(render(replace(renamed, changes=changes)), encoding="utf-8")
    released_again(bare, path)
    told = recheck(bare, "genai-sft@2.0.0")
    (source,) = told.sources
    assert (source.frame, source.relabel) == (15, 0)
    assert told.batch is not None
    freeze = freeze_batch(bare, told.batch.name).freeze
    assert freeze is not None
    items = bare.frozen.read(freeze.items).to_pylist()
    assert {row["label"] for row in items} == {"unreadable"}
    assert {row["label_no"] for row in items} == {told.batch.labels.index("unreadable")}


def test_what_cannot_be_rechecked_is_refused_and_leaves_nothing(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    with pytest.raises(Refused, match="first version"):
        recheck(bare, "genai-sft@1.0.0")
    release(bare, next_version(tmp_path, version="1.0.1"))
    with pytest.raises(Refused, match="no batch was frozen"):
        recheck(bare, "genai-sft@1.0.1")


def test_a_change_of_wording_leaves_the_labels_alone(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    declare_batch(bare, "open", kind=Kind.FUNCTIONAL, release="genai-sft@1.0.0", organizer="Org")
    release(bare, next_version(tmp_path, version="1.0.1"))
    facts = len(bare.ledger.facts())
    with pytest.raises(Refused, match="changes nothing that a label means"):
        recheck(bare, "genai-sft@1.0.1")
    with pytest.raises(Refused, match="no frozen batch under an earlier version"):
        recheck(bare, "genai-sft@1.0.1", batches=["open"])
    assert len(bare.ledger.facts()) == facts


def test_a_recheck_is_declared_once(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    released_again(bare, graver(tmp_path))
    recheck(bare, "genai-sft@2.0.0")
    facts = len(bare.ledger.facts())
    with pytest.raises(Refused, match="declared for this recheck already"):
        recheck(bare, "genai-sft@2.0.0")
    assert len(bare.ledger.facts()) == facts


def test_a_split_label_and_one_taken_away_are_labelled_anew(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    book = parse(OLD.read_bytes()).rulebook
    assert book is not None
    # Q-05 gives two labels where it gave one; nothing says which of them an old answer would get now.
    text = render(replace(book, version="2.0.0")).replace("poor_language", "unreadable")
    renamed = parse(text).rulebook
    assert renamed is not None
    ill = next(label for label in renamed.labels if label.value == "unreadable")
    rules = tuple(
        replace(rule, labels=(*rule.labels, "ill_formed")) if "unreadable" in rule.labels else rule
        for rule in renamed.rules
    )
    steps = tuple(
        replace(rule, steps=(replace(rule.steps[0], no="ill_formed"), *rule.steps[1:])) if rule.id == "Q-06" else rule
        for rule in rules
    )
    changes = Changes(
        since="1.0.0", labels=(LabelChange(before=("poor_language",), after=("unreadable", "ill_formed")),)
    )
    new = replace(renamed, labels=(*renamed.labels, replace(ill, value="ill_formed")), rules=steps, changes=changes)
    assert fates([book, new])["poor_language"].after == ("unreadable", "ill_formed")
    assert fates([book, new])["accept"].after == ("accept",)
    patched = replace(new, version="2.0.1", changes=Changes(since="2.0.0"))
    assert fates([book, new, patched]) == fates([book, new])  # a split two versions ago is not forgotten
    found = gathered(bare, read_state(bare), read_state(bare).batch("b1"), [book, new], taken=set())
    assert found.source.relabel == 15
    assert found.source.items == 40
    assert found.source.frame + found.source.relabel + found.source.untouched + found.source.unsettled == 40
    assert not any(item.startswith("qp") for item in found.carried)


def test_wording_declared_the_same_at_every_step_touches_nothing(bare: Desk) -> None:
    first = parse(OLD.read_bytes()).rulebook
    assert first is not None

    def reworded(book: Rulebook, version: str, words: str) -> Rulebook:
        rule = book.rules[0]
        same = SameMeaning(part=f"rules/{rule.id}/statement", by="p-1", reason=Text("措辞", "wording"))
        rules = (replace(rule, statement=Text(rule.statement.zh, words)), *book.rules[1:])
        return replace(book, version=version, rules=rules, changes=Changes(since=book.version, same_meaning=(same,)))

    second = reworded(first, "1.0.1", first.rules[0].statement.en + " Indeed.")
    third = reworded(second, "1.0.2", first.rules[0].statement.en + " Truly so.")
    assert not any(each.touched for each in fates([first, second, third]).values())
    assert any(each.touched for each in fates([first, third]).values())  # nobody declared this step


def test_who_ruled_on_a_source_never_verifies_its_recheck(bare: Desk, tmp_path: Path) -> None:
    people = staffed(bare)
    labelled(bare)
    for item in [each for each in bare.frozen.read(frozen_items(bare)).to_pylist() if each["disputed"]][:1]:
        rule_dispute(bare, "b1", item["item_id"], label="poor_language", by=people[ARBITRATOR], reason="so")
    released_again(bare, graver(tmp_path))
    declared = recheck(bare, "genai-sft@2.0.0").batch
    assert declared is not None
    batch = freeze_batch(bare, declared.name)
    assert batch.freeze is not None
    assert people[ARBITRATOR] in batch.freeze.participants
    assert batch.freeze.n_items == 16


def test_items_labelled_anew_under_the_new_release_are_left_to_it(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    released_again(bare, graver(tmp_path))
    declare_batch(bare, "anew", kind=Kind.FUNCTIONAL, release="genai-sft@2.0.0", organizer="Org")
    answers = [dataclasses.replace(each, at=bare.clock()) for each in agreeing(4, label="poor_language", prefix="qp")]
    again = [dataclasses.replace(each, release="genai-sft@2.0.0", source=f"n{at}") for at, each in enumerate(answers)]
    take_in(bare, again, name="anew.csv")
    assert freeze_batch(bare, "anew").freeze is not None
    told = recheck(bare, "genai-sft@2.0.0", declare=False)
    assert [each.frame for each in told.sources] == [11]


def test_a_recheck_is_no_batch_that_clarity_measures(bare: Desk, tmp_path: Path) -> None:
    staffed(bare)
    labelled(bare)
    released_again(bare, graver(tmp_path))
    before = rulebook_clarity(bare, "genai-sft")
    recheck(bare, "genai-sft@2.0.0")
    freeze_batch(bare, "recheck-genai-sft-2.0.0")
    assert rulebook_clarity(bare, "genai-sft").answers == before.answers
    with pytest.raises(Refused, match="no batch labelled under"):
        rulebook_clarity(bare, "genai-sft@2.0.0")
    with pytest.raises(Refused, match="looks again at labels of b1"):
        rulebook_clarity(bare, "genai-sft", batches=["recheck-genai-sft-2.0.0"])


def frozen_items(desk: Desk) -> str:
    freeze = read_state(desk).batch("b1").freeze
    assert freeze is not None
    return freeze.items
