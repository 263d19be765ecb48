"""The change notice is for everybody: examples for exams and gold are told of, never shown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from labelqa.adapters.report.rulebook_diff import render_diff
from labelqa.adapters.report.rulebook_diff_data import as_data
from labelqa.i18n import Speaker
from labelqa.records.governance import Bump
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.model import Changes, Example, ExampleUse, Rulebook, Text
from labelqa.wiring import shipped
from labelqa.workflows.compared import Compared, compare, find_edition

SHELF = shipped("rulebooks")
USES = (ExampleUse.EXAM, ExampleUse.GOLD)


def book() -> Rulebook:
    found = parse((SHELF / "genai-sft" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


BOOK = book()
RULE = BOOK.rules[0]


def secret(at: int, use: ExampleUse, told: str = "") -> Example:
    return replace(
        RULE.examples[0], id=f"id-secret-{at}", use=use, content=Text(f"秘密{at}{told}", f"content-secret-{at}{told}"),
        reason=Text(f"秘密理由{told}", f"reason-secret-{at}{told}"), extra={"own": f"own-secret{told}"},
    )  # fmt: skip


def version(number: str, *examples: Example, changes: Changes | None = None) -> Rulebook:
    rule = replace(RULE, examples=(*RULE.examples, *examples))
    return replace(BOOK, version=number, rules=(rule, *BOOK.rules[1:]), changes=changes)


def compared(folder: Path, old: Rulebook, new: Rulebook) -> Compared:
    for name, each in (("old", old), ("new", new)):
        (folder / f"{name}.yaml").write_text(render(each), encoding="utf-8")
    return compare(
        *(find_edition(f"{name}.yaml", start=folder, shelf=SHELF, desk=lambda: None) for name in ("old", "new"))
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ((), tuple(secret(at, use) for at, use in enumerate(USES)), "was added"),
        (tuple(secret(at, use) for at, use in enumerate(USES)), (), "was removed"),
        ((secret(0, USES[0]), secret(1, USES[1])), (secret(0, USES[0], "+"), secret(1, USES[1], "+")), "was changed"),
        (
            (secret(0, ExampleUse.HANDBOOK), secret(1, USES[1])),
            (secret(0, USES[0], "+"), secret(1, ExampleUse.HANDBOOK, "+")),
            "was changed",
        ),
    ],
)
def test_nothing_of_a_kept_example_stands_on_the_page(tmp_path: Path, before, after, says) -> None:
    changes = Changes(since="1.0.0", summary=Text("摘要", "Summary"))
    found = compared(tmp_path, version("1.0.0", *before), version("2.0.0", *after, changes=changes))
    page = render_diff(found, "en")
    assert "secret" not in page
    assert "秘密" not in page
    assert page.count(f"An exam or gold example of rule {RULE.id} {says}.") == 2
    chinese = render_diff(found, "zh")
    assert "secret" not in chinese
    assert "秘密" not in chinese
    assert chinese.count("个考试或金标准示例") == 2
    told = str(as_data(found, Speaker("en")))
    assert "content-secret-0" in told
    assert "reason-secret-1" in told


def test_another_expected_label_is_not_told_but_counts(tmp_path: Path) -> None:
    other = next(each.value for each in BOOK.labels if each.value != RULE.examples[0].expected)
    old, new = secret(0, USES[0]), replace(secret(0, USES[0]), expected=other)
    changes = Changes(since="1.0.0", summary=Text("摘要", "Summary"))
    found = compared(tmp_path, version("1.0.0", old), version("2.0.0", new, changes=changes))
    assert found.asked is Bump.MAJOR
    page = render_diff(found, "en")
    assert re.search(
        rf'tag bad">material</span> <b>worked examples</b> changed</p>\s*<div class="edit">\s*<p lang="en">An exam or gold example of rule {RULE.id} was changed',
        page,
    )
    assert "expects another label" not in page


def test_examples_of_the_handbook_are_shown_as_before(tmp_path: Path) -> None:
    old, new = version("1.0.0"), version("1.1.0", secret(0, ExampleUse.HANDBOOK))
    assert "content-secret-0" in render_diff(compared(tmp_path, old, new), "en")


def test_the_terminal_shows_all_and_says_so(tmp_path: Path, capsys) -> None:
    from labelqa.adapters.cli.main import main

    compared(tmp_path, version("1.0.0"), version("1.1.0", secret(0, USES[0])))
    old, new, page = (str(tmp_path / name) for name in ("old.yaml", "new.yaml", "page.html"))
    words = {
        "en": "1 exam or gold examples are shown in full here only",
        "zh": "1 个考试或金标准示例只在此处完整显示",
    }
    for lang, line in words.items():
        main(["rulebook", "diff", old, new, "--html", page, "--lang", lang])
        told = capsys.readouterr().out
        assert line in told
        assert "secret-0" in told
    main(["rulebook", "diff", old, new, "--lang", "en"])
    assert words["en"] not in capsys.readouterr().out
