"""A release: an immutable file, a locked digest and a fact, together."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from labelqa.errors import Altered, Busy, Refused
from labelqa.wiring import shipped
from labelqa.workflows.desk import Desk
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.rulebooks import lint_rulebook, release_rulebook, released_book, rulebook_lines

SOURCE = shipped("rulebooks") / "genai-sft" / "1.0.0.yaml"


def held(desk: Desk) -> list[str]:
    """What stands in the workspace's folder of rulebooks."""
    folder = desk.settings.workspace / "rulebooks"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def version(folder: Path, number: str, *, note: str = "") -> Path:
    """The shipped rulebook under another version, with a rule's statement changed."""
    path = folder / f"{number}{note}.yaml"
    text = SOURCE.read_text(encoding="utf-8").replace("version: 1.0.0", f"version: {number}")
    path.write_text(text.replace('objective:\n  zh: "', f'objective:\n  zh: "{note}'), encoding="utf-8")
    return path


def test_a_release_is_a_file_a_lock_and_a_fact(bare: Desk) -> None:
    line = release_rulebook(bare, SOURCE)
    path = bare.settings.workspace / "rulebooks" / "genai-sft" / "1.0.0.yaml"
    assert held(bare) == ["genai-sft/1.0.0.yaml", "lock.json"]
    assert line.digest == hashlib.sha256(path.read_bytes()).hexdigest() == bare.ledger.facts()[-1].body.digest
    assert line.digest in (path.parents[1] / "lock.json").read_text(encoding="utf-8")
    assert released_book(bare, "genai-sft@1.0.0").labels[0].value == "accept"
    assert rulebook_lines(bare) == (line,)


def test_a_release_is_never_replaced(bare: Desk, tmp_path: Path) -> None:
    release_rulebook(bare, SOURCE)
    before, file = bare.ledger.head(), (bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes()
    with pytest.raises(Refused):
        release_rulebook(bare, version(tmp_path, "1.0.0", note="changed"))
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
    import labelqa.workflows.rulebooks as rulebooks

    checked = rulebooks.check_release
    second = version(tmp_path, "1.0.0", note="mine")
    told: list[bytes] = []

    def meanwhile(*args: object, **kwargs: object) -> object:
        found = checked(*args, **kwargs)  # type: ignore[arg-type]
        monkeypatch.setattr(rulebooks, "check_release", checked)
        release_rulebook(bare, SOURCE)  # the other process comes first
        told.append((bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes())
        return found

    monkeypatch.setattr(rulebooks, "check_release", meanwhile)
    with pytest.raises(Refused, match="released meanwhile"):
        release_rulebook(bare, second)
    assert (bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml").read_bytes() == told[0]
    assert verify_ledger(bare).findings == ()


def test_a_release_killed_before_its_fact_can_be_made_again(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.rulebooks as rulebooks

    written = rulebooks._write

    def killed(path: Path, data: bytes) -> None:
        written(path, data)
        if path.name == "lock.json":
            raise Busy("killed here")

    monkeypatch.setattr(rulebooks, "_write", killed)
    with pytest.raises(Busy):
        release_rulebook(bare, SOURCE)
    assert rulebook_lines(bare) == ()
    monkeypatch.undo()
    release_rulebook(bare, SOURCE)
    assert verify_ledger(bare).findings == ()


def test_versions_follow_each_other_and_a_material_change_says_so(bare: Desk, tmp_path: Path) -> None:
    release_rulebook(bare, SOURCE)
    with pytest.raises(Refused):
        release_rulebook(bare, version(tmp_path, "0.9.0", note="older "))
    release_rulebook(bare, version(tmp_path, "1.1.0", note="newer "))
    bodies = [fact.body for fact in bare.ledger.facts() if fact.kind == "rulebook.released"]
    assert [(body.version, body.previous) for body in bodies] == [("1.0.0", ""), ("1.1.0", "1.0.0")]
    lock = json.loads((bare.settings.workspace / "rulebooks" / "lock.json").read_text(encoding="utf-8"))
    assert "1.1.0" in json.dumps(lock)


def test_a_changed_release_is_noticed_when_it_is_used_and_by_verify(bare: Desk) -> None:
    release_rulebook(bare, SOURCE)
    path = bare.settings.workspace / "rulebooks/genai-sft/1.0.0.yaml"
    path.write_bytes(path.read_bytes() + b"# note\n")
    with pytest.raises(Altered, match=r"1\.0\.0\.yaml was changed"):
        released_book(bare, "genai-sft@1.0.0")
    assert [each.code for each in verify_ledger(bare).findings] == ["LG104"]
