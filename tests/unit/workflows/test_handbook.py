"""What a handbook's cover knows: whether a text is in force, since when, and who approved exactly these bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from labelqa.errors import BadInput
from labelqa.records.governance import Meaning
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.model import Changes, Text
from labelqa.rulebook.release import digest, release_bytes
from labelqa.wiring import shipped
from labelqa.workflows.handbook import Status, issued
from tests.building import MONDAY, Clock, new_desk, release, signed

SHELF = shipped("rulebooks")
FIRST = SHELF / "genai-sft" / "1.0.0.yaml"


def second(folder):
    """A later version of a shipped book, as a draft."""
    book = parse(FIRST.read_bytes()).rulebook
    assert book is not None
    changes = Changes(since="1.0.0", summary=Text("改了一处", "One thing changed"))
    rule = replace(book.rules[0], statement=Text("另一句话。", "Another sentence."))
    path = folder / "draft.yaml"
    path.write_text(render(replace(book, version="2.0.0", changes=changes, rules=(rule, *book.rules[1:]))))
    return path


def test_without_a_workspace_there_are_drafts_and_shipped_texts(tmp_path):
    found = issued(None, "genai-sft@1.0.0", start=tmp_path, shelf=SHELF)
    assert (found.status, found.signatures, found.digest) == (
        Status.SHIPPED,
        (),
        digest(release_bytes(FIRST.read_bytes())),
    )
    draft = issued(None, second(tmp_path).name, start=tmp_path, shelf=SHELF)
    assert (draft.status, draft.released_at, draft.approved) == (Status.DRAFT, None, False)


def test_the_exact_text_of_a_shipped_release_is_known_by_its_digest(tmp_path):
    copy = tmp_path / "mine.yaml"
    copy.write_bytes(b"\xef\xbb\xbf" + FIRST.read_bytes().replace(b"\n", b"\r\n"))
    assert issued(None, "mine.yaml", start=tmp_path, shelf=SHELF).status is Status.SHIPPED
    copy.write_bytes(FIRST.read_bytes() + b"# touched\n")
    assert issued(None, "mine.yaml", start=tmp_path, shelf=SHELF).status is Status.DRAFT


@pytest.mark.parametrize("text", ["nothing.yaml", "genai-sft@9.9.9", "no/such/file"])
def test_what_is_not_there_is_refused(tmp_path, text):
    with pytest.raises(BadInput):
        issued(None, text, start=tmp_path, shelf=SHELF)


def test_what_is_no_rulebook_is_refused_with_the_first_problem(tmp_path):
    (tmp_path / "bad.yaml").write_text("format: 2\nname: x\nname: y\n")
    with pytest.raises(BadInput, match=r"bad.yaml cannot be read as a rulebook: bad.yaml:3:1"):
        issued(None, "bad.yaml", start=tmp_path, shelf=SHELF)


def test_approvals_count_for_exactly_this_text_and_carry_names(tmp_path):
    with new_desk(tmp_path / "ws", clock=Clock(MONDAY)) as desk:
        before = issued(desk, "genai-sft@1.0.0", start=tmp_path, shelf=SHELF)
        assert (before.status, before.approved) == (Status.SHIPPED, False)
        release(desk, "genai-sft@1.0.0")
        found = issued(desk, "genai-sft@1.0.0", start=tmp_path, shelf=SHELF)
        assert (found.status, found.approved, found.zone) == (Status.RELEASED, True, "Asia/Shanghai")
        assert {(each.name, each.meaning, each.digest) for each in found.signatures} == {
            ("Sue Pervise", Meaning.APPROVAL, found.digest),
            ("Lea Der", Meaning.APPROVAL, found.digest),
        }
        assert all(each.named for each in found.signatures)
        assert [each.version for each in found.history] == ["1.0.0"]


def test_other_bytes_under_the_version_of_a_release_are_a_draft(tmp_path):
    touched = tmp_path / "touched.yaml"
    touched.write_bytes(FIRST.read_bytes() + b"# touched\n")
    with new_desk(tmp_path / "ws", clock=Clock(MONDAY)) as desk:
        release(desk, "genai-sft@1.0.0")
        found = issued(desk, "touched.yaml", start=tmp_path, shelf=SHELF)
        assert (found.status, found.signatures, found.effective_from) == (Status.DRAFT, (), None)
        touched.write_bytes(FIRST.read_bytes())
        assert issued(desk, "touched.yaml", start=tmp_path, shelf=SHELF).status is Status.RELEASED


def test_a_draft_shows_who_signed_it_so_far_and_loses_them_when_it_is_edited(tmp_path):
    draft = second(tmp_path)
    with new_desk(tmp_path / "ws", clock=Clock(MONDAY)) as desk:
        release(desk, "genai-sft@1.0.0")
        signed(desk, draft)
        assert len(issued(desk, str(draft), start=tmp_path, shelf=SHELF).signatures) == 2
        draft.write_text(draft.read_text() + "# one more thought\n")
        found = issued(desk, str(draft), start=tmp_path, shelf=SHELF)
        assert (found.status, found.signatures) == (Status.DRAFT, ())


def test_a_later_version_ends_the_one_before_and_tells_the_history(tmp_path):
    draft, until = second(tmp_path), MONDAY + timedelta(days=20)
    with new_desk(tmp_path / "ws", clock=Clock(MONDAY)) as desk:
        release(desk, "genai-sft@1.0.0")
        release(desk, draft, effective_from=MONDAY + timedelta(days=5), previous_until=until)
        old = issued(desk, "genai-sft@1.0.0", start=tmp_path, shelf=SHELF)
        new = issued(desk, "genai-sft@2.0.0", start=tmp_path, shelf=SHELF)
    assert (old.new_work_until, old.open_work_until) == (MONDAY + timedelta(days=5), until)
    assert (new.effective_from, new.new_work_until, new.open_work_until) == (MONDAY + timedelta(days=5), None, None)
    assert [(each.version, each.summary.en) for each in new.history] == [("1.0.0", ""), ("2.0.0", "One thing changed")]
    assert [each.version for each in old.history] == ["1.0.0"]
