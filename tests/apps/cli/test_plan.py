"""``labelqa plan``: the table beside which a plan is declared, the reasons in plain words, and every term by its option."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from labelqa.adapters.cli.main import root
from labelqa.adapters.cli.plan import terms_of_words
from labelqa.adapters.cli.width import cells
from labelqa.records.designs import Design, Terms

EVERYTHING = (
    "--design", "contract", "--for", "acceptance", "--accuracy", "0.96", "--risk", "0.1", "--expected", "0.995", "--power",
    "0.8", "--minutes", "3.5", "--n", "12", "--share", "0.5", "--pass-rate", "0.97", "--decimals", "1", "--one-vote",
    "critical,unsafe", "--one-vote", "P1", "--double", "0.25", "--pass-line", "accuracy=3", "--pass-line", "logic=2.5",
    "--undecidable", "left-out", "--counts", "unsafe", "--party", "甲方, 数据部", "--party", "乙方",
)  # fmt: skip


def rows(text: str) -> dict[str, list[str]]:
    """The lines of the table by design."""
    known = {str(each) for each in Design}
    found = (line.replace("→", " ").split() for line in text.splitlines())
    return {words[0]: words for words in found if words and words[0] in known and len(words) > 5}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_designs_stand_side_by_side_within_the_terminal(run, tmp_path, lang):
    words = ("--n", "4000", "--pass-rate", "0.98", "--aql", "1.0", "--explain")
    answer = run("plan", "--compare", "--population", "1000000", *words, lang=lang)
    assert answer.code == 0
    assert not [line for line in answer.out.splitlines() if cells(line) > 100]
    named = rows(answer.out)
    assert set(named) == {str(each) for each in Design} - {"stratified"}
    assert named["contract"][-7:-5] == ["4,000", "80"]
    assert "→" in answer.out
    lines = answer.out.splitlines()
    table = lines[1 : 2 + 1 + 8]
    ends = {cells(line) for line in table}
    assert len(ends) == 1, table  # the last column is numbers, set right: every line ends in the same column
    assert not list(tmp_path.iterdir())


def test_comparing_declares_nothing_and_says_so(run, stage):
    workspace = stage("imported")
    before = run("ledger", "show", "--json", "--workspace", workspace).out
    answer = run("plan", "b1", "--compare", "--workspace", workspace)
    assert answer.code == 0
    assert answer.out.rstrip().endswith("Nothing was declared.")
    assert run("ledger", "show", "--json", "--workspace", workspace).out == before


def test_a_declared_plan_is_marked_in_the_table(run, stage):
    workspace = stage("imported")
    answer = run("plan", "b1", "--design", "zero-acceptance", "--workspace", workspace)
    (marked,) = [line for line in answer.out.splitlines() if line.startswith("→")]
    assert marked.split()[1] == "zero-acceptance"
    assert "Recommended: " in answer.out
    assert "Declared plan 2 of b1 (no defect allowed), before the freeze." in answer.out
    shown = run("batch", "show", "b1", "--workspace", workspace).out
    assert shown.index("two-point plan, both risks held") < shown.index("no defect allowed")


def test_a_safety_census_is_marked_as_every_item(run):
    answer = run("plan", "--compare", "--population", "300", "--preset", "safety-census")
    (marked,) = [line for line in answer.out.splitlines() if line.startswith("→")]
    assert marked.split()[1] == "census"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explaining_tells_the_reasons_and_when_it_finishes(run, lang):
    words = ("plan", "--compare", "--population", "10000", "--explain")
    chosen = run(*words, "--design", "sequential", lang=lang).out
    assert "  73" in chosen  # clean reviews after which it is proven
    assert ("Reviews by which it is proven", "得到证明所需的审核数")[lang == "zh"] in chosen
    assert ("zero-acceptance: none", "zero-acceptance：不")[lang == "zh"] not in chosen
    every = run(*words, lang=lang).out
    for each in ("sequential", "two-point", "zero-acceptance", "discovery", "estimate", "census"):
        assert f"\n{each}" in every
    assert not [line for line in every.splitlines() if cells(line) > 100]


def test_every_term_has_an_option_and_is_recorded(run, stage):
    workspace = stage("imported")
    answer = run("plan", "b1", *EVERYTHING, "--json", "--workspace", workspace)
    assert answer.code == 0, answer.err
    plan = json.loads(answer.out)["plan"]
    assert (plan["design"], plan["accuracy"], plan["risk"], plan["expected"], plan["power"]) == (
        "contract", 0.96, 0.1, 0.995, 0.8,
    )  # fmt: skip
    terms = {name: value for name, value in plan["terms"].items() if value != json.loads(json.dumps(usual()))[name]}
    assert terms == {
        "kind": "acceptance", "minutes": 3.5, "undecidable": "left-out", "double": 0.25,
        "pass_lines": {"accuracy": 3.0, "logic": 2.5}, "counts": "unsafe", "n": 12, "share": 0.5, "pass_rate": 0.97,
        "decimals": 1, "one_vote": ["critical", "unsafe", "P1"], "parties": ["甲方, 数据部", "乙方"],
    }  # fmt: skip


def usual() -> dict[str, object]:
    """Terms where nothing is said, as JSON has them."""
    from dataclasses import asdict

    return asdict(Terms())


def test_no_term_is_without_its_option():
    command = root().get_command(None, "plan")
    named = {each.name for each in command.params}
    assert {each.name for each in fields(Terms)} - named == {"pass_lines", "costs"}
    assert {"pass_line", "cost"} <= named
    silent = {each.name: () if each.multiple else None for each in command.params if hasattr(each, "multiple")}
    assert terms_of_words(silent) == Terms()


def test_where_the_seed_comes_from_is_told(run, stage):
    workspace = stage("imported")
    joint = run("plan", "b1", "--party", "organizer", "--party", "requester", "--workspace", workspace).out
    assert "`labelqa seed commit b1 --party organizer`" in joint
    assert "`labelqa seed commit b1 --party requester`" in joint
    assert "is kept in" not in joint
    public = run("plan", "b1", "--seed-source", "lottery of Friday", "--workspace", workspace).out
    assert "what lottery of Friday publishes after the freeze" in public


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--compare",), "name the batch to plan for"),
        (("b1", "--pass-line", "accuracy=good"), "got accuracy=good"),
        (("b1", "--minutes", "soon"), "expected a number such as 2.5"),
        (("b1", "--for", "review"), "expected one of verification, acceptance"),
        (("b1", "--margin", "0.02", "--design", "census"), "margin is read by these designs: estimate"),
        (("b1", "--for", "acceptance"), "says how many items"),
        (("--compare", "--population", "10", "--aql", "3"), "aql is one of"),
    ],
)
def test_words_that_do_not_fit_are_refused_in_one_sentence(run, stage, words, why):
    answer = run("plan", *words, "--workspace", stage("imported"))
    assert answer.code == 2
    assert why in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_help_page_groups_what_belongs_together(run, lang):
    page = run("plan", "--help", lang=lang).out
    heads = [line for line in page.splitlines() if line.endswith((":", "：")) and not line.startswith(" ")]
    assert len(heads) == 8  # an example, six groups, and what all commands have
    assert page.index("  --aql ") < page.index("  --party ") < page.index("  --json ")


def test_a_cost_that_is_no_number_is_one_clear_sentence(run, stage):
    answer = run(
        "plan",
        "b1",
        "--design",
        "stratified",
        "--strata",
        "label",
        "--cost",
        "accept=much",
        "--workspace",
        stage("imported"),
    )
    assert answer.code == 2
    assert "a cost is a stratum and the minutes of a review there" in answer.err
