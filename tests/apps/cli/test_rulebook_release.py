"""Signing, releasing, adopting, and what list, verify and log tell of it; every refusal is one sentence in two languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.rulebook.document import parse, render
from labelqa.wiring import shipped

SAFETY, SFT = "genai-safety@1.0.0", "genai-sft@1.0.0"
ONE, TWO = "审甲", "裁"


@pytest.fixture
def at(stage):
    """The words that name a workspace with people and one release."""
    return ("--workspace", stage("imported"))


@pytest.fixture
def draft(tmp_path) -> Path:
    """A draft that follows the release in the workspace: two releases further, with one rule that weighs less."""
    text = (shipped("rulebooks") / "genai-sft" / "1.0.0.yaml").read_text("utf-8")
    path = tmp_path / "draft.yaml"
    path.write_text(
        text.replace("version: 1.0.0", "version: 2.0.0").replace("    severity: major", "    severity: minor", 1),
        "utf-8",
    )
    return path


def sentence(answer, code: int, *parts: str) -> None:
    assert answer.code == code, (answer.out, answer.err)
    assert answer.err.count("\n") == 1, answer.err
    assert answer.err.startswith(("Error: ", "错误："))
    for part in parts:
        assert part in answer.err, answer.err


def both(run, tools, at, code: int, words: tuple[object, ...], english: str, chinese: str) -> None:
    """The same refusal in both languages, with nothing recorded."""
    before = tools.contents(at[1])
    sentence(run(*words, *at), code, english)
    sentence(run(*words, *at, lang="zh"), code, chinese)
    assert tools.contents(at[1]) == before


def signed(run, what: object, *at: object) -> None:
    for who in (ONE, TWO):
        answer = run("rulebook", "sign", what, "--by", who, *at)
        assert answer.code == 0, answer.err


def test_two_sign_and_it_is_adopted(run, at):
    first = run("rulebook", "sign", SAFETY, "--by", ONE, *at)
    assert f"Signed {SAFETY} (f95ca177ed0c…): approved by 审甲; 1 of 2 approvals." in first.out
    again = run("rulebook", "sign", SAFETY, "--by", "label-studio=31", *at)  # the same person by account
    assert "Already signed on " in again.out
    assert "1 of 2 approvals. Nothing was recorded." in again.out
    sentence(
        run("rulebook", "adopt", SAFETY, *at),
        5,
        "so far: 审甲 (approval)",
        f"labelqa rulebook sign {SAFETY} --by PERSON",
    )
    assert run("rulebook", "sign", SAFETY, "--by", TWO, *at).out.endswith("2 of 2 approvals.\n")
    done = run("rulebook", "adopt", SAFETY, *at)
    assert done.out.splitlines()[1].startswith("Approved by 审甲, 裁; counts from 2026-11-20 16:00")
    assert run("rulebook", "verify", *at).out == "2 releases: 0 findings.\n"


def test_a_material_version_is_released_with_its_dates(run, at, draft):
    signed(run, draft, *at)
    words = ("rulebook", "release", draft, "--effective-from", "2026-12-01", "--previous-until", "2026-12-15")
    done = run(*words, *at)
    assert done.code == 0, done.err
    assert (
        "Approved by 审甲, 裁; counts from 2026-12-01 00:00; work begun under genai-sft@1.0.0 goes on until 2026-12-15 00:00."
        in done.out
    )
    assert "warning RB708" in done.out  # it does not say what changed: those who approve are told
    listed = run("rulebook", "list", *at).out
    assert [" in force " in line or "not yet in force" in line for line in listed.splitlines()[2:]] == [True, True]
    old, new = json.loads(run("rulebook", "list", "--json", *at).out)
    assert (old["state"], old["until"]) == ("in-force", "2026-12-14T16:00:00Z")
    assert (new["state"], new["effective_from"], new["bump"]) == ("coming", "2026-11-30T16:00:00Z", "major")
    assert len(new["signatures"]) == 2
    assert "审甲" not in json.dumps(new, ensure_ascii=False)  # pseudonyms only


def test_the_log_tells_it_in_both_languages(run, at):
    english, chinese = (run("rulebook", "log", "genai-sft", *at, lang=lang).out for lang in ("en", "zh"))
    assert [line.split("  ")[1].strip() for line in english.splitlines()[2:5]] == [
        "approved by",
        "approved by",
        "adopted",
    ]
    assert "Trained and examined" in english
    assert all(word in chinese for word in ("批准", "采用", "培训与考核", "手工填写姓名"))
    told = json.loads(run("rulebook", "log", "genai-sft", "--json", *at).out)
    assert {each["identity"] for each in told["entries"]} == {"asserted"}
    failed = [each["name"] for each in told["learned"] if each["passed"] is False]
    assert failed == ["丁"]


def test_verify_fails_when_a_release_was_touched(run, at):
    path = at[1] / "rulebooks" / "genai-sft" / "1.0.0.yaml"
    path.write_bytes(path.read_bytes() + b"\n")
    for lang, said in (("en", "is not what was released"), ("zh", "与发布时不一致")):
        answer = run("rulebook", "verify", *at, lang=lang)
        assert answer.code == 1
        assert "RB711" in answer.out
        assert said in answer.out or lang == "zh"
    assert json.loads(run("rulebook", "verify", "--json", *at).out)["findings"][0]["code"] == "RB711"


def test_who_may_not_sign(run, tools, at):
    assert (
        run("people", "add", "判别模型", "--organizer", "组织", "--duties", "executor", "--model", "j@1", *at).code == 0
    )
    cases = [
        (("--by", "谁"), 4, "nobody is known as 谁", "谁"),
        (("--by", "判别模型"), 5, "判别模型 is a model and cannot sign", "判别模型 是模型，不能签署"),
    ]
    for words, code, english, chinese in cases:
        both(run, tools, at, code, ("rulebook", "sign", SAFETY, *words), english, chinese)


def test_somebody_known_by_labels_only_cannot_sign(run, tools, at, tmp_path):
    labels = tools.table(tmp_path / "more.csv", tools.HEADER, tools.labels(("q-90",), ("99",)))
    assert run("import", labels, "--server", "label-studio", *at).code in {0, 1}
    words = ("rulebook", "sign", SAFETY, "--by", "label-studio=99")
    both(run, tools, at, 4, words, "is not registered and cannot sign", "尚未登记，不能签署")


def test_unsigned_and_changed_after_signing(run, tools, at, draft):
    words = ("rulebook", "release", draft, "--previous-until", "2026-12-15")
    both(run, tools, at, 5, words, "so far: nobody", "目前：无人")
    signed(run, draft, *at)
    draft.write_text(draft.read_text("utf-8") + "# more\n", "utf-8")
    both(
        run, tools, at, 5, words, "was changed after these people signed it: 审甲 (approval), 裁 (approval)", "又被改动"
    )


def test_a_step_too_small_and_a_version_that_is_there(run, tools, at, draft):
    text = draft.read_text("utf-8")
    draft.write_text(text.replace("version: 2.0.0", "version: 1.0.1"), "utf-8")
    for words in (("rulebook", "sign", draft, "--by", ONE), ("rulebook", "release", draft)):
        answer = run(*words, *at)
        sentence(answer, 5, "1.0.1 is too small a step from 1.0.0")
        assert "RB704" in answer.out
    draft.write_text(text.replace("version: 2.0.0", "version: 1.0.0"), "utf-8")
    words = ("rulebook", "sign", draft, "--by", ONE, "--as", "review")
    both(run, tools, at, 5, words, "was released already, with another text", "已经发布，且内容不同")


def test_errors_of_the_lint_are_shown_before_the_refusal_to_approve(run, tools, at, draft):
    draft.write_text(draft.read_text("utf-8").replace("labels: [inaccurate]", "labels: [banana]"), "utf-8")
    before = tools.contents(at[1])
    answer = run("rulebook", "sign", draft, "--by", ONE, *at)
    sentence(answer, 5, "errors, the first at")
    assert ": error " in answer.out
    assert tools.contents(at[1]) == before
    assert run("rulebook", "sign", draft, "--by", ONE, "--as", "authorship", *at).code == 0


def test_a_clarification_that_was_never_issued_cannot_be_taken_in(run, tools, at, draft):
    book = parse(draft.read_bytes()).rulebook
    assert book is not None
    text = (
        render(book).rstrip() + '\nchanges: {since: 1.0.0, summary: {zh: "改", en: "Changed."}, clarifications: [7]}\n'
    )
    draft.write_text(text, "utf-8")
    sentence(run("rulebook", "sign", draft, "--by", ONE, *at), 5, "genai-sft has no clarification 7")


@pytest.mark.parametrize(
    ("dates", "code", "english", "chinese"),
    [
        ((), 5, "until when work begun under genai-sft@1.0.0 may go on: --previous-until", "--previous-until TIME 写明"),
        (("--effective-from", "2026-11-19"), 4, "2026-11-19T00:00 is past", "2026-11-19T00:00 已过"),
        (("--effective-from", "soon"), 2, "--effective-from: expected a time such as", "--effective-from"),
        (("--effective-from", "2026-12-01", "--previous-until", "2026-11-30"), 4, "cannot end on 2026-11-30", "不能在 2026-11-30"),
        (("--previous-until", "9999-01-01"), 2, "--previous-until: expected", "--previous-until"),
    ],
)  # fmt: skip
def test_times_are_refused_in_one_sentence(run, tools, at, draft, dates, code, english, chinese):
    signed(run, draft, *at)
    both(run, tools, at, code, ("rulebook", "release", draft, *dates), english, chinese)


def test_adopting_what_is_not_there_and_nowhere(run, tools, at, tmp_path):
    words = ("rulebook", "adopt", "genai-none@1.0.0")
    both(run, tools, at, 4, words, "no release genai-none@1.0.0 ships with labelqa", "没有附带 genai-none@1.0.0")
    both(run, tools, at, 2, ("rulebook", "adopt", "genai-sft"), "expected a release such as", "genai-sft")
    sentence(run("rulebook", "adopt", SFT, start=tmp_path / "nowhere"), 3, "no workspace")
    sentence(run("rulebook", "sign", SFT, "--by", ONE, start=tmp_path / "nowhere"), 3, "no workspace")


def test_an_altered_shipped_file_is_neither_signed_nor_adopted(run, tools, at, tmp_path, monkeypatch):
    import shutil

    import labelqa.wiring

    shelf = tmp_path / "shelf"
    shutil.copytree(shipped("rulebooks"), shelf)
    path = shelf / "genai-safety" / "1.0.0.yaml"
    path.write_bytes(path.read_bytes().replace(b"severity: critical", b"severity: minor", 1))
    monkeypatch.setattr(labelqa.wiring, "shipped", lambda _name: shelf)
    for words in (("rulebook", "sign", SAFETY, "--by", ONE), ("rulebook", "adopt", SAFETY)):
        both(run, tools, at, 7, words, "is not the release that was shipped", "附带的发布版本不符")


def test_a_file_that_is_not_there(run, tools, at):
    both(
        run,
        tools,
        at,
        4,
        ("rulebook", "sign", "nothing.yaml", "--by", ONE),
        "nothing.yaml cannot be read",
        "nothing.yaml",
    )
    both(run, tools, at, 4, ("rulebook", "log", "nothing"), "no rulebook is called nothing", "没有名为 nothing")


def test_what_was_learned_before_the_release_is_marked():
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from labelqa.adapters.cli.rulebook_records import learned_at
    from labelqa.i18n import Speaker

    session = SimpleNamespace(say=Speaker("zh"))
    early, out = datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    assert learned_at(early, out, session, UTC) == "2026-10-19 00:00 (早于发布)"
    assert learned_at(out, out, session, UTC) == "2026-11-22 00:00"
    assert learned_at(None, out, session, UTC) == "–"
