"""A release: two approvals, an immutable file, a locked digest and a fact, together."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from labelqa.errors import Altered, BadInput, Busy, Refused, WrongUsage
from labelqa.ledger.view import Listed
from labelqa.records.batch import Kind
from labelqa.records.facts import Draft
from labelqa.records.governance import Bump, Meaning, ReleaseState
from labelqa.records.people import Duty
from labelqa.rulebook.document import LIMIT, parse, render
from labelqa.rulebook.lock import Lock, Locked, parse_lock, render_lock
from labelqa.rulebook.model import Changes, SameMeaning, Text
from labelqa.rulebook.release import digest
from labelqa.wiring import shipped
from labelqa.workflows.authoring import new_rulebook
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.people import add_person, record_exam, record_training
from labelqa.workflows.rulebooks import (
    adopt_rulebook,
    find_source,
    from_file,
    lint_rulebook,
    release_rulebook,
    released_book,
    rulebook_lines,
    rulebook_log,
    sign_rulebook,
    verify_rulebooks,
)
from tests.building import approvers, opened, release, signed

SHELF = shipped("rulebooks")
SFT = "genai-sft@1.0.0"
SOURCE = SHELF / "genai-sft" / "1.0.0.yaml"
DAY = timedelta(days=1)


def held(desk: Desk) -> list[str]:
    """What stands in the workspace's folder of rulebooks."""
    folder = desk.settings.workspace / "rulebooks"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def version(folder: Path, number: str, *, note: str = "", swap: tuple[str, str] = ("", "")) -> Path:
    """The shipped rulebook under another version: a word before its objective, and something exchanged once."""
    path = folder / f"{number}{note}.yaml"
    text = SOURCE.read_text(encoding="utf-8").replace("version: 1.0.0", f"version: {number}")
    assert swap[0] in text
    text = text.replace('objective:\n  zh: "', f'objective:\n  zh: "{note}')
    path.write_text(text.replace(*swap, 1) if swap[0] else text, encoding="utf-8")
    return path


def material(folder: Path, number: str = "2.0.0") -> Path:
    """A version in which a rule weighs less."""
    return version(folder, number, swap=("severity: major", "severity: minor"))


def now(desk: Desk) -> datetime:
    """The time at the desk."""
    return desk.clock()


def last(desk: Desk) -> object:
    """The body of the last fact."""
    return desk.ledger.facts()[-1].body


def test_a_release_is_a_file_a_lock_and_a_fact(bare: Desk) -> None:
    line = release(bare, SOURCE)
    path = bare.settings.workspace / "rulebooks" / "genai-sft" / "1.0.0.yaml"
    assert held(bare) == ["genai-sft/1.0.0.yaml", "lock.json"]
    assert line.digest == hashlib.sha256(path.read_bytes()).hexdigest() == last(bare).digest
    lock, _ = parse_lock((path.parents[1] / "lock.json").read_bytes())
    assert lock is not None
    locked = lock.entries["genai-sft"]["1.0.0"]
    assert (locked.digest, set(locked.signatures)) == (line.digest, set(approvers(bare)))
    assert locked.effective_from == line.effective_from == bare.ledger.facts()[-1].effective_at
    assert released_book(bare, SFT).labels[0].value == "accept"
    assert rulebook_lines(bare) == (line,)
    assert {each.person for each in line.signatures} == set(approvers(bare))
    assert line.state is ReleaseState.IN_FORCE
    assert verify_rulebooks(bare) == ()


def test_without_signatures_nothing_is_released(bare: Desk) -> None:
    one, _ = approvers(bare)
    with pytest.raises(
        Refused, match=r"needs approvals by two different people.*so far: nobody: labelqa rulebook sign"
    ):
        release_rulebook(bare, SOURCE)
    sign_rulebook(bare, from_file(SOURCE), one, Meaning.APPROVAL)
    with pytest.raises(Refused, match=r"so far: Sue Pervise \(approval\)"):
        release_rulebook(bare, SOURCE)
    assert held(bare) == []


def test_the_same_person_twice_is_one_approval_and_one_fact(bare: Desk) -> None:
    one, two = approvers(bare)
    first = sign_rulebook(bare, from_file(SOURCE), one, Meaning.APPROVAL)
    facts = bare.ledger.head()
    again = sign_rulebook(bare, from_file(SOURCE), one, Meaning.APPROVAL)
    assert (first.already, again.already, again.approvals) == (False, True, 1)
    assert again.signature == first.signature
    assert bare.ledger.head() == facts
    sign_rulebook(bare, from_file(SOURCE), two, Meaning.REVIEW)
    with pytest.raises(Refused, match=r"Sue Pervise \(approval\), Lea Der \(review\)"):
        release_rulebook(bare, SOURCE)
    sign_rulebook(bare, from_file(SOURCE), two, Meaning.APPROVAL)
    assert release_rulebook(bare, SOURCE).version == "1.0.0"


def test_a_draft_changed_after_signing_is_signed_again(bare: Desk, tmp_path: Path) -> None:
    draft = version(tmp_path, "1.0.0")
    signed(bare, draft)
    draft.write_bytes(draft.read_bytes() + b"# a note\n")
    with pytest.raises(
        Refused, match=r"was changed after these people signed it: Sue Pervise .*, Lea Der .*so far: nobody"
    ):
        release_rulebook(bare, draft)
    sign_rulebook(bare, from_file(draft), approvers(bare)[1], Meaning.APPROVAL)
    with pytest.raises(Refused, match=r"so far: Lea Der \(approval\): labelqa rulebook sign"):
        release_rulebook(bare, draft)
    draft.write_bytes(draft.read_bytes().removesuffix(b"# a note\n").replace(b"\n", b"\r\n"))  # other line ends only
    assert release_rulebook(bare, draft).version == "1.0.0"


def test_only_registered_people_sign(bare: Desk) -> None:
    judge = add_person(bare, "Judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="judge@1").person
    before = bare.ledger.head()
    with pytest.raises(Refused, match="Judge is a model and cannot sign"):
        sign_rulebook(bare, from_file(SOURCE), judge, Meaning.REVIEW)
    with pytest.raises(BadInput, match="p-nobody is not registered and cannot sign"):
        sign_rulebook(bare, from_file(SOURCE), "p-nobody", Meaning.APPROVAL)  # type: ignore[arg-type]
    assert bare.ledger.head() == before


def test_a_signature_says_who_and_how_known_and_holds_no_name(bare: Desk) -> None:
    one, _ = approvers(bare)
    sign_rulebook(bare, from_file(SOURCE), one, Meaning.AUTHORSHIP)
    fact = bare.ledger.facts()[-1]
    assert (fact.kind, fact.identity.value, fact.body.person) == ("document.signed", "asserted", one)
    assert set(fact.subjects) == {"rulebook:genai-sft", f"release:{SFT}", f"person:{one}"}
    assert "Sue" not in repr(fact)


def test_what_has_errors_is_not_approved_and_may_be_reviewed(bare: Desk, tmp_path: Path) -> None:
    draft = version(tmp_path, "1.0.0", swap=("labels: [accept]", "labels: [banana]"))
    one, _ = approvers(bare)
    with pytest.raises(Refused, match="errors, the first at"):
        sign_rulebook(bare, from_file(draft), one, Meaning.APPROVAL)
    assert not sign_rulebook(bare, from_file(draft), one, Meaning.REVIEW).already


def test_a_release_is_never_replaced(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    before, file = bare.ledger.head(), (bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes()
    changed = version(tmp_path, "1.0.0", note="changed")
    with pytest.raises(Refused, match=r"version 1\.0\.0 is not later than 1\.0\.0"):
        release_rulebook(bare, changed)
    with pytest.raises(Refused, match="was released already, with another text"):
        sign_rulebook(bare, from_file(changed), approvers(bare)[0], Meaning.REVIEW)
    assert bare.ledger.head() == before
    assert (bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes() == file


def test_a_draft_with_errors_is_refused_with_their_number(bare: Desk, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("format: 1\nname: x\n", encoding="utf-8")
    assert lint_rulebook(path)[1]
    with pytest.raises(Refused, match="errors, the first at"):
        release_rulebook(bare, path)
    assert held(bare) == []


def test_two_processes_releasing_at_once_cannot_write_over_each_other(
    bare: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelqa.workflows.rulebooks import releasing

    checked = releasing.check_release
    second = version(tmp_path, "1.0.0", note="mine")
    signed(bare, second)
    signed(bare, SOURCE)
    told: list[bytes] = []

    def meanwhile(*args: object, **kwargs: object) -> object:
        found = checked(*args, **kwargs)  # type: ignore[arg-type]
        monkeypatch.setattr(releasing, "check_release", checked)
        release_rulebook(bare, SOURCE)  # the other process comes first
        told.append((bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes())
        return found

    monkeypatch.setattr(releasing, "check_release", meanwhile)
    with pytest.raises(Refused, match="released meanwhile"):
        release_rulebook(bare, second)
    assert (bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes() == told[0]
    assert verify_ledger(bare).findings == ()


def test_a_release_killed_before_its_fact_can_be_made_again(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from labelqa.workflows.rulebooks import releasing

    written = releasing.write

    def killed(path: Path, data: bytes) -> None:
        written(path, data)
        if path.name == "lock.json":
            raise Busy("killed here")

    signed(bare, SOURCE)
    monkeypatch.setattr(releasing, "write", killed)
    with pytest.raises(Busy):
        release_rulebook(bare, SOURCE)
    assert rulebook_lines(bare) == ()
    assert [each.code for each in verify_rulebooks(bare)] == ["RB715"]
    monkeypatch.undo()
    release_rulebook(bare, SOURCE)
    assert verify_ledger(bare).findings == ()
    assert verify_rulebooks(bare) == ()


def test_versions_follow_each_other_and_the_fact_says_how_far(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    with pytest.raises(Refused, match="is not later"):
        release(bare, version(tmp_path, "0.9.0", note="older "))
    release(bare, version(tmp_path, "1.0.1", note="newer "))
    bodies = [fact.body for fact in bare.ledger.facts() if fact.kind == "rulebook.released"]
    assert [(body.version, body.previous, body.bump, body.material) for body in bodies] == [
        ("1.0.0", "", "", True),
        ("1.0.1", "1.0.0", Bump.PATCH, False),
    ]
    assert bodies[1].previous_until == ""  # a wording ends nothing
    assert [(each.version, each.state, each.until) for each in rulebook_lines(bare)] == [
        ("1.0.0", ReleaseState.OPEN_WORK, None),
        ("1.0.1", ReleaseState.IN_FORCE, None),
    ]


def test_a_step_smaller_than_its_changes_is_refused_before_anybody_approves(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    draft = material(tmp_path, "1.1.0")
    for step in (lambda: sign_rulebook(bare, from_file(draft), approvers(bare)[0], Meaning.APPROVAL),
                 lambda: release_rulebook(bare, draft)):  # fmt: skip
        with pytest.raises(Refused, match=r"1\.1\.0 is too small a step from 1\.0\.0"):
            step()


def test_a_material_change_says_when_open_work_ends(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    draft = material(tmp_path)
    with pytest.raises(Refused, match=rf"until when work begun under {SFT} may go on: --previous-until"):
        release(bare, draft)
    start = now(bare) + 10 * DAY
    release(bare, draft, effective_from=start, previous_until=start + 4 * DAY)
    body = last(bare)
    assert (body.bump, body.material, body.effective_from) == (Bump.MAJOR, True, start.isoformat())
    assert body.previous_until == (start + 4 * DAY).isoformat()
    old, new = rulebook_lines(bare)
    assert (old.state, old.until) == (ReleaseState.IN_FORCE, start + 4 * DAY)
    assert (new.state, new.effective_from) == (ReleaseState.COMING, start)


@pytest.mark.parametrize(
    ("days", "states"),
    [
        (9, ("in-force", "coming")),
        (11, ("open-work", "in-force")),
        (15, ("ended", "in-force")),
    ],
)
def test_releases_change_places_when_their_times_come(
    bare: Desk, tmp_path: Path, days: int, states: tuple[str, ...]
) -> None:
    release(bare, SOURCE)
    begun = now(bare)
    release(bare, material(tmp_path), effective_from=begun + 10 * DAY, previous_until=begun + 14 * DAY)
    bare.clock.now = begun + days * DAY  # type: ignore[attr-defined]
    assert tuple(each.state for each in rulebook_lines(bare)) == states


def test_times_that_cannot_be_meant_are_refused(bare: Desk, tmp_path: Path) -> None:
    begun = now(bare)
    with pytest.raises(BadInput, match="is past"):
        release(bare, SOURCE, effective_from=begun - DAY)
    with pytest.raises(BadInput, match="first of its name"):
        release(bare, SOURCE, previous_until=begun + DAY)
    release(bare, SOURCE, effective_from=begun + 3 * DAY)
    draft = material(tmp_path)
    with pytest.raises(BadInput, match="counts only from"):
        release(bare, draft, effective_from=begun + DAY, previous_until=begun + 9 * DAY)
    with pytest.raises(BadInput, match="cannot end on"):
        release(bare, draft, effective_from=begun + 5 * DAY, previous_until=begun + 4 * DAY)
    assert [each.version for each in rulebook_lines(bare)] == ["1.0.0"]


def test_a_shipped_release_is_adopted_byte_for_byte(bare: Desk) -> None:
    with pytest.raises(Refused, match="so far: nobody"):
        adopt_rulebook(bare, SFT, shelf=SHELF)
    line = release(bare, SFT)
    copy = bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml"
    assert copy.read_bytes() == SOURCE.read_bytes()
    assert (last(bare).adopted, last(bare).digest) == (True, line.digest)
    with pytest.raises(Refused, match="is not later"):
        adopt_rulebook(bare, SFT, shelf=SHELF)


def test_signatures_on_a_file_count_for_the_same_bytes_by_name(bare: Desk) -> None:
    signed(bare, SOURCE)
    assert adopt_rulebook(bare, SFT, shelf=SHELF).digest == from_file(SOURCE).digest


def test_a_later_shipped_version_follows_the_adopted_one(bare: Desk, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shutil.copytree(SHELF, shelf)
    release(bare, SFT)
    later = material(tmp_path, "3.0.0").read_bytes()
    (shelf / "genai-sft" / "3.0.0.yaml").write_bytes(later)
    lock, _ = parse_lock((shelf / "lock.json").read_bytes())
    assert lock is not None
    entry = Locked(digest=digest(later), released_at=now(bare), by="labelqa")
    (shelf / "lock.json").write_text(render_lock(lock.adding("genai-sft", "3.0.0", entry)), encoding="utf-8")
    source = find_source(bare, "genai-sft@3.0.0", start=tmp_path, shelf=shelf)
    for person in approvers(bare):
        sign_rulebook(bare, source, person, Meaning.APPROVAL)
    end = now(bare) + DAY
    line = adopt_rulebook(bare, "genai-sft@3.0.0", shelf=shelf, previous_until=end)
    assert (line.previous, line.bump, last(bare).adopted) == ("1.0.0", Bump.MAJOR, True)
    (shelf / "genai-sft" / "3.0.0.yaml").write_bytes(later + b"# touched\n")
    with pytest.raises(Altered, match="is not the release that was shipped"):
        adopt_rulebook(bare, "genai-sft@3.0.0", shelf=shelf)


@pytest.mark.parametrize("name", ["genai-none@1.0.0", "genai-sft@9.9.9", "../genai-sft@1.0.0"])
def test_only_what_ships_is_adopted(bare: Desk, name: str) -> None:
    with pytest.raises(BadInput, match=r"ships with labelqa: these do: .*genai-sft@1"):
        adopt_rulebook(bare, name, shelf=SHELF)


def test_a_changed_release_is_noticed_when_it_is_used_and_by_both_checks(bare: Desk) -> None:
    release(bare, SOURCE)
    path = bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml"
    path.write_bytes(path.read_bytes() + b"# note\n")
    with pytest.raises(Altered, match=r"1\.0\.0\.yaml was changed"):
        released_book(bare, SFT)
    assert [each.code for each in verify_ledger(bare).findings] == ["LG104"]
    assert [(each.code, each.place.file) for each in verify_rulebooks(bare)] == [("RB711", "genai-sft/1.0.0.yaml")]


def test_verify_finds_what_is_missing_unlisted_or_relocked(bare: Desk) -> None:
    release(bare, SOURCE)
    folder = bare.settings.workspace / "rulebooks"
    (folder / "genai-sft" / "7.0.0.yaml").write_bytes(b"x")
    (folder / "genai-sft" / "draft.yaml").write_bytes(b"mine")
    (folder / "genai-sft" / "clarifications").mkdir()
    (folder / "genai-sft" / "clarifications" / "4.yaml").write_bytes(b"never issued")
    (folder / "genai-sft" / "clarifications" / "draft.yaml").write_bytes(b"mine")
    assert [each.code for each in verify_rulebooks(bare)] == ["RB713", "RB723"]
    (folder / "genai-sft" / "1.0.0.yaml").unlink()
    assert [each.code for each in verify_rulebooks(bare)] == ["RB712", "RB713", "RB723"]


def test_verify_does_not_trust_a_lock_that_was_changed_with_its_file(bare: Desk) -> None:
    line = release(bare, SOURCE)
    folder = bare.settings.workspace / "rulebooks"
    (folder / "genai-sft" / "1.0.0.yaml").write_bytes(b"other rules\n")
    other = hashlib.sha256(b"other rules\n").hexdigest()
    lock = folder / "lock.json"
    lock.write_text(lock.read_text("utf-8").replace(line.digest, other), encoding="utf-8")
    assert [each.code for each in verify_rulebooks(bare)] == ["RB715"]
    lock.unlink()
    assert [each.code for each in verify_rulebooks(bare)] == ["RB713", "RB715", "RB711"]
    lock.write_text("{", encoding="utf-8")
    assert "RB714" in [each.code for each in verify_rulebooks(bare)]


@pytest.mark.parametrize("change", ["person", "meaning", "digest", "none"])
def test_verify_looks_at_the_signatures_themselves(bare: Desk, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """Facts cannot be altered unnoticed; a release that names others than its approvals is found all the same."""
    release(bare, SOURCE)
    facts = list(bare.ledger.facts())
    at = next(place for place, fact in enumerate(facts) if fact.kind == "document.signed")
    if change == "none":
        facts[-1] = replace(facts[-1], body=replace(facts[-1].body, signatures=[]))
    else:
        other = {"person": facts[at + 1].body.person, "meaning": "review", "digest": "0" * 64}[change]
        facts[at] = replace(facts[at], body=replace(facts[at].body, **{change: other}))
    monkeypatch.setattr(bare.ledger, "view", lambda: Listed(facts))
    found = verify_rulebooks(bare)
    told = {each.code: each.severity.value for each in found}
    if change in {"person", "none"}:  # the lock still names those who approved
        assert told.pop("RB715") == "error"
    assert told == ({} if change == "none" else {"RB716": "error"})


def test_the_log_tells_the_life_of_a_rulebook(bare: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no rulebook is called genai-sft"):
        rulebook_log(bare, "genai-sft")
    release(bare, SFT)
    one, _ = approvers(bare)
    record_training(bare, one, SFT, at=now(bare), organizer="Org")
    record_exam(bare, one, SFT, at=now(bare), score=0.5, pass_mark=0.8)
    record_exam(bare, one, SFT, at=now(bare), score=0.9, pass_mark=0.8)
    end = now(bare) + DAY
    release(bare, material(tmp_path), previous_until=end)
    told = rulebook_log(bare, "genai-sft")
    assert [(each.event.value, each.document) for each in told.entries] == [
        ("signed", SFT), ("signed", SFT), ("adopted", SFT),
        ("signed", "genai-sft@2.0.0"), ("signed", "genai-sft@2.0.0"), ("released", "genai-sft@2.0.0"),
    ]  # fmt: skip
    assert [each.name for each in told.entries[:2]] == ["Sue Pervise", "Lea Der"]
    assert (told.entries[2].until, told.entries[2].bump, told.entries[5].bump) == (end, None, Bump.MAJOR)
    assert [(each.release, each.person, each.score, each.passed) for each in told.learned] == [(SFT, one, 0.9, True)]
    with pytest.raises(BadInput, match="no rulebook is called genai"):
        rulebook_log(bare, "genai")


def test_release_counts_survive_a_workspace_that_is_opened_again(bare: Desk) -> None:
    release(bare, SFT)
    with opened(bare.settings.workspace, clock=bare.clock) as desk:
        assert rulebook_lines(desk)[0].digest == rulebook_lines(bare)[0].digest
        assert verify_rulebooks(desk) == ()


def declaring(folder: Path, by: str) -> Path:
    """The shipped rulebook with another wording of its first rule, which somebody declares to mean the same."""
    book = parse(SOURCE.read_bytes()).rulebook
    assert book is not None
    rule = book.rules[0]
    same = SameMeaning(part=f"rules/{rule.id}/statement", by=by, reason=Text(zh="同", en="The same."))
    statement = Text(zh=f"{rule.statement.zh}（改）", en=f"{rule.statement.en} (Reworded.)")
    changes = Changes(since="1.0.0", summary=Text(zh="改写", en="Reworded."), same_meaning=(same,))
    rules = (replace(rule, statement=statement), *book.rules[1:])
    path = folder / "declared.yaml"
    path.write_text(render(replace(book, version="1.0.1", rules=rules, changes=changes)), encoding="utf-8")
    return path


@pytest.mark.parametrize("by", ["p-0123456789", "labelqa"])
def test_a_declaration_by_somebody_who_did_not_sign_is_refused(bare: Desk, tmp_path: Path, by: str) -> None:
    release(bare, SOURCE)
    draft = declaring(tmp_path, by)
    with pytest.raises(Refused, match=rf"{by} is said to declare that rules/Q-01/statement means the same.*must sign"):
        release(bare, draft)
    assert [each.version for each in rulebook_lines(bare)] == ["1.0.0"]


def test_whoever_declares_signs_and_then_it_is_released(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    third = add_person(bare, "Third One", organizer="Org", duties=[Duty.SUPERVISOR], accounts={}).person
    draft = declaring(tmp_path, third)
    sign_rulebook(bare, from_file(draft), third, Meaning.REVIEW)
    with pytest.raises(Refused, match="Third One is said to declare"):
        release(bare, draft)
    sign_rulebook(bare, from_file(draft), third, Meaning.APPROVAL)
    assert release_rulebook(bare, draft).bump == Bump.PATCH
    assert verify_rulebooks(bare) == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("released_at", "2020-01-01T00:00:00+00:00"),
        ("by", "mallory"),
        ("signatures", ["p-evil1", "p-evil2"]),
        ("effective_from", "2020-01-01T00:00:00+00:00"),
    ],
)
def test_verify_compares_every_field_of_the_lock_with_the_ledger(bare: Desk, field: str, value: object) -> None:
    release(bare, SOURCE, effective_from=now(bare) + DAY)
    path = bare.settings.workspace / "rulebooks" / "lock.json"
    lock = json.loads(path.read_text("utf-8"))
    lock["rulebooks"]["genai-sft"]["1.0.0"][field] = value
    path.write_text(json.dumps(lock), encoding="utf-8")
    (found,) = verify_rulebooks(bare)
    assert (found.code, found.severity.value) == ("RB715", "error")
    assert str(found.message).endswith(f": {field}")


def test_a_release_of_before_is_mended_by_two_later_approvals(bare: Desk) -> None:
    """Older workspaces have releases without signatures; verify says to sign them, and that must be enough."""
    release(bare, SFT)
    body = replace(last(bare), version="1.0.1", previous="1.0.0", signatures=[])  # type: ignore[type-var]
    folder, moment = bare.settings.workspace / "rulebooks", now(bare)
    data = SOURCE.read_bytes().replace(b"version: 1.0.0", b"version: 1.0.1")
    (folder / "genai-sft" / "1.0.1.yaml").write_bytes(data)
    lock, _ = parse_lock((folder / "lock.json").read_bytes())
    assert isinstance(lock, Lock)
    entry = Locked(digest=digest(data), released_at=moment, by="lead")
    (folder / "lock.json").write_text(render_lock(lock.adding("genai-sft", "1.0.1", entry)), encoding="utf-8")
    fact = Draft(body=replace(body, digest=digest(data)), subjects=("release:genai-sft@1.0.1",), actor="lead")
    bare.ledger.append([fact], now=moment)
    source = find_source(bare, "genai-sft@1.0.1", start=folder, shelf=SHELF)
    told = []
    for person in approvers(bare):
        told.append([each.code for each in verify_rulebooks(bare)])
        sign_rulebook(bare, source, person, Meaning.APPROVAL)
    assert told == [["RB717"], ["RB717"]]
    assert verify_rulebooks(bare) == ()


@pytest.mark.parametrize(
    "path",
    [
        "genai-sft/clarifications/sub/3.0.0.yaml", "genai-sft/clarifications/3.0.0.yaml",
        "genai-sft/clarifications/1.yml", "genai-sft/clarifications/01.yaml", "genai-sft/clarifications/notes.yaml",
        "clarifications/9.9.9.yaml", "clarifications/draft.yaml", "clarifications/clarifications/1.yaml",
        "genai-sft/1.1.0.YAML", "genai-sft/.1.1.0.yaml", "genai-sft/old/draft.yaml", "a/b/clarifications/1.yaml",
    ],
)  # fmt: skip
def test_verify_finds_whatever_was_planted(bare: Desk, path: str) -> None:
    release(bare, SOURCE)
    planted = bare.settings.workspace / "rulebooks" / path
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_bytes(b"x")
    assert [(each.code, each.place.file) for each in verify_rulebooks(bare)] == [("RB713", path)]


def test_no_rulebook_is_called_like_the_folder_of_clarifications(bare: Desk, tmp_path: Path) -> None:
    draft = version(tmp_path, "1.0.0", swap=("name: genai-sft", "name: clarifications"))
    with pytest.raises(Refused, match="no rulebook can be called clarifications"):
        release(bare, draft)
    with pytest.raises(WrongUsage, match="no rulebook can be called clarifications"):
        new_rulebook(tmp_path, "clarifications", Kind.FUNCTIONAL)
    shelf, data = tmp_path / "shelf", draft.read_bytes()
    (shelf / "clarifications").mkdir(parents=True)
    (shelf / "clarifications" / "1.0.0.yaml").write_bytes(data)
    entry = Locked(digest=digest(data), released_at=now(bare), by="labelqa")
    (shelf / "lock.json").write_text(render_lock(Lock().adding("clarifications", "1.0.0", entry)), encoding="utf-8")
    with pytest.raises(Refused, match="no rulebook can be called clarifications"):
        adopt_rulebook(bare, "clarifications@1.0.0", shelf=shelf)
    assert held(bare) == []


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 10])
def test_a_draft_whose_release_would_be_too_large_is_refused(bare: Desk, tmp_path: Path, size: int) -> None:
    """Without its last line end it fits, and with it the release could never be read again."""
    draft = tmp_path / "large.yaml"
    start = b"\r\n" * 20 + SOURCE.read_bytes() + b"#"  # line ends that become shorter do not hide what was cut off
    draft.write_bytes(start + b"x" * (size - len(start)))
    if size == LIMIT:
        draft.write_bytes(draft.read_bytes().replace(b"\r\n", b"\n\n"))
    assert len(draft.read_bytes()) == size
    with pytest.raises(Refused, match="bytes, more than the limit"):
        release(bare, draft)
    assert held(bare) == []


def test_what_is_checked_is_what_is_released(bare: Desk, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_bytes(SOURCE.read_bytes() + b"x_note: |+\n  kept\n\n\n")
    source = from_file(draft)
    assert source.book == parse(source.data).rulebook == lint_rulebook(draft)[0]
    release(bare, draft)
    assert released_book(bare, SFT) == source.book


def test_times_without_a_zone_are_a_clear_error(bare: Desk, tmp_path: Path) -> None:
    release(bare, SOURCE)
    draft = material(tmp_path)
    signed(bare, draft)
    naive = now(bare).replace(tzinfo=None)
    with pytest.raises(ValueError, match="previous_until needs a time zone"):
        release_rulebook(bare, draft, previous_until=naive)
    with pytest.raises(ValueError, match="effective_from needs a time zone"):
        adopt_rulebook(bare, SFT, shelf=SHELF, effective_from=naive)
