"""Every kind of change: what it is called, what it counts for, which labels it touches, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from labelqa.records.governance import Bump
from labelqa.rulebook.diff import Change, Diff, Reason, What, apply, diff, material, needed, touched_labels
from labelqa.rulebook.model import Changes, Example, ExampleKind, Rulebook, SameMeaning, Step, Term, Text

Make = Callable[..., Rulebook]
NOTHING: frozenset[str] = frozenset()
BOTH = frozenset({"sunny", "rainy"})


def only(found: Diff) -> Change:
    (change,) = found.changes
    return change


KINDS = [
    (("- id: W2", "- id: W9"), "rules/W2", What.REMOVED, Bump.MAJOR, Reason.RULE),
    (("value: sunny", "value: fine"), "labels/sunny", What.REMOVED, Bump.MAJOR, Reason.LABEL),
    (("labels: [rainy]", "labels: [rainy, sunny]"), "rules/W1/labels", What.CHANGED, Bump.MAJOR, Reason.LABELS_GIVEN),
    (("severity: minor", "severity: critical"), "rules/W2/severity", What.CHANGED, Bump.MAJOR, Reason.SEVERITY),
    (("yes: falls, no: sunny", "yes: rainy, no: sunny"), "rules/W1/steps/rains/yes", What.CHANGED, Bump.MAJOR, Reason.STEP),
    (("en: Does it fall?", "en: Does it fall now?"), "rules/W1/steps/falls/question", What.CHANGED, Bump.MAJOR, Reason.STEP),
    (('">= 95%"', '">= 97%"'), "quality_metrics/Accuracy/target", What.CHANGED, Bump.MAJOR, Reason.THRESHOLD),
    (("expected: sunny, answers: {rains: no}", "expected: rainy, answers: {rains: no}"), "rules/W1/examples/W1-n/expected", What.CHANGED, Bump.MAJOR, Reason.EXPECTED),
    (("en: Rain is labelled rainy.", "en: Heavy rain is labelled rainy."), "rules/W1/statement", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("en: Rain is liquid water that falls.", "en: Rain is water."), "rules/W1/definition", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("en: The text says it rains.", "en: It rains."), "rules/W1/use_when", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("en: A figure of speech.", "en: A figure."), "rules/W1/avoid_when", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("en: Drizzle counts.", "en: Drizzle does not count."), "rules/W1/boundaries", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("task_type: text", "task_type: image"), "task_type", What.CHANGED, Bump.MAJOR, Reason.BOOK),
    (("control: mood", "control: sky"), "control", What.CHANGED, Bump.MAJOR, Reason.BOOK),
    (("en: Spot check", "en: Spot check of 20%"), "verification/text", What.CHANGED, Bump.MAJOR, Reason.THRESHOLD),
    (("en: Heavy rain", "en: Very heavy rain"), "rules/W1/examples/W1-p/content", What.CHANGED, Bump.MAJOR, Reason.EXAMPLE_EDITED),
    (('basis: {articles: ["8"]}', 'basis: {articles: ["8", "9"]}'), "rules/W1/basis/articles", What.CHANGED, Bump.MINOR, Reason.BASIS),
    (("en: Spot check", "en: A spot check"), "verification/text", What.CHANGED, Bump.PATCH, Reason.WORDING),
    (("en: Weather}", "en: The weather}"), "title", What.CHANGED, Bump.PATCH, Reason.WORDING),
    (("en: Sunny}", "en: Sunshine}"), "labels/sunny/title", What.CHANGED, Bump.MAJOR, Reason.TEXT),
    (("en: It falls}", "en: It is falling}"), "rules/W1/examples/W1-p/reason", What.CHANGED, Bump.PATCH, Reason.WORDING),
    (("en: Rain is labelled rainy.", "en: Rain is  labelled rainy."), "rules/W1/statement", What.CHANGED, Bump.PATCH, Reason.WORDING),
    (("control: mood", "control: mood\nx_team: sky"), "x_team", What.ADDED, Bump.PATCH, Reason.UNKNOWN_FIELD),
    (("version: 1.0.0", "version: 1.0.1"), "version", What.CHANGED, Bump.NONE, Reason.RELEASE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("swap", "part", "what", "bump", "reason"), KINDS, ids=[kind[1] + ":" + kind[3] for kind in KINDS]
)
def test_each_kind_of_change(
    make: Make, swap: tuple[str, str], part: str, what: What, bump: Bump, reason: Reason
) -> None:
    old, new = make(), make(swap)
    found = diff(old, new)
    change = next(each for each in found.changes if each.part == part)
    assert (change.what, change.bump, change.reason) == (what, bump, reason)
    assert needed(found) is bump
    assert material(found) is (bump is Bump.MAJOR)
    assert apply(old, found) == new
    assert apply(new, diff(new, old)) == old


def test_nothing_changes_between_a_book_and_itself(make: Make) -> None:
    assert not diff(make(), make())
    assert needed(Diff()) is Bump.NONE


def extended(book: Rulebook, rule: int = 0, **fields: object) -> Rulebook:
    """The book with fields of a rule replaced."""
    rules = list(book.rules)
    rules[rule] = replace(rules[rule], **fields)  # type: ignore[arg-type]
    return replace(book, rules=tuple(rules))


def test_an_example_may_be_added_but_not_taken_away(make: Make) -> None:
    book = make()
    more = Example(id="W1-x", kind=ExampleKind.NEGATIVE, content=Text("雪", "Snow"), expected="sunny")
    larger = extended(book, examples=(*book.rules[0].examples, more))
    assert (only(diff(book, larger)).what, needed(diff(book, larger))) == (What.ADDED, Bump.MINOR)
    assert only(diff(larger, book)).reason is Reason.EXAMPLE_REMOVED
    assert needed(diff(larger, book)) is Bump.MAJOR
    assert touched_labels(book, larger) == NOTHING
    assert "sunny" in touched_labels(larger, book)


def test_a_case_may_be_added_while_all_others_stay(make: Make) -> None:
    book = make()
    (first,) = book.rules[0].use_when
    other = Text("雷雨。", "A thunderstorm.")
    assert only(diff(book, extended(book, use_when=(other, first)))).reason is Reason.ENTRY_ADDED
    assert needed(diff(book, extended(book, use_when=(other,)))) is Bump.MAJOR
    two = extended(book, use_when=(first, other))
    assert needed(diff(two, extended(book, use_when=(other, first)))) is Bump.PATCH


def test_a_first_translation_is_an_addition_and_another_one_is_not(make: Make) -> None:
    chinese = make(("{zh: 有雨标为 rainy。, en: Rain is labelled rainy.}", "{zh: 有雨标为 rainy。}"))
    assert only(diff(chinese, make())).reason is Reason.TRANSLATION
    assert needed(diff(chinese, make())) is Bump.MINOR
    assert needed(diff(make(), chinese)) is Bump.MAJOR


def test_order_is_told_as_moved_and_only_steps_take_it_seriously(make: Make) -> None:
    book = make()
    examples = extended(book, examples=book.rules[0].examples[::-1])
    found = diff(book, examples)
    assert {change.what for change in found.changes} == {What.MOVED}
    assert len(found.changes) == 2  # of three, one stays where it is
    assert needed(found) is Bump.PATCH
    rules = replace(book, rules=book.rules[::-1])
    assert only(diff(book, rules)).what is What.MOVED
    assert needed(diff(book, rules)) is Bump.PATCH
    steps = extended(book, steps=book.rules[0].steps[::-1])
    assert needed(diff(book, steps)) is Bump.MAJOR
    for other in (examples, rules, steps):
        assert apply(book, diff(book, other)) == other


def test_where_two_steps_share_an_id_the_order_of_rules_counts(make: Make) -> None:
    book = make()
    again = extended(book, 1, steps=(*book.rules[1].steps, replace(book.rules[0].steps[0], yes="sunny")))
    turned = replace(again, rules=again.rules[::-1])
    assert needed(diff(again, turned)) is Bump.MAJOR
    assert touched_labels(again, turned)


def test_a_list_with_an_id_twice_is_compared_as_a_whole(make: Make) -> None:
    book = make()
    twice = extended(book, examples=(*book.rules[0].examples, book.rules[0].examples[0]))
    change = only(diff(book, twice))
    assert (change.part, change.reason, change.bump) == ("rules/W1/examples", Reason.DUPLICATE_IDS, Bump.MAJOR)
    assert apply(book, diff(book, twice)) == twice


def test_ids_with_a_slash_are_told_apart(make: Make) -> None:
    book = make()
    label = replace(book.labels[0], value="on/off")
    renamed = replace(book.labels[0], value="on/off", title=Text("开", "On"))
    old, new = replace(book, labels=(label,)), replace(book, labels=(renamed,))
    assert only(diff(old, new)).part == "labels/on~1off/title"
    assert apply(old, diff(old, new)) == new


def test_a_diff_of_other_versions_is_not_applied(make: Make) -> None:
    found = diff(make(), make(("en: Heavy rain", "en: Rain")))
    with pytest.raises(ValueError, match="not made from weather"):
        apply(replace(make(), rules=()), found)


# ---- declarations


def declaring(book: Rulebook, *parts: str, since: str = "1.0.0", by: str = "p-1", reason: str = "同义。") -> Rulebook:
    """The book with declarations of unchanged meaning."""
    same = tuple(SameMeaning(part=part, by=by, reason=Text(reason)) for part in parts)
    return replace(book, changes=Changes(since=since, same_meaning=same))


REWORDED = ("en: Rain is labelled rainy.", "en: Label rain as rainy.")


def bump_of(old: Rulebook, new: Rulebook) -> Bump:
    """The bump, what the version says of itself left out of sight."""
    return needed(diff(old, new))


def test_a_declared_edit_is_wording(make: Make) -> None:
    old, new = make(), make(REWORDED)
    assert bump_of(old, new) is Bump.MAJOR
    declared = declaring(new, "rules/W1/statement")
    assert bump_of(old, declared) is Bump.PATCH
    change = next(each for each in diff(old, declared).changes if each.part == "rules/W1/statement")
    assert change.declared is not None
    assert change.declared.by == "p-1"
    assert touched_labels(old, declared) == NOTHING
    assert touched_labels(old, new) == BOTH  # rainy is given; its examples draw the line towards sunny


@pytest.mark.parametrize(
    "declared",
    [
        lambda new: declaring(new, "rules/W1"),
        lambda new: declaring(new, "rules/W1/statement", since="0.9.0"),
        lambda new: declaring(new, "rules/W1/statement", by=" "),
        lambda new: declaring(new, "rules/W1/statement", reason=" "),
        lambda new: replace(declaring(new, "rules/W1/statement"), name="climate"),
    ],
)
def test_a_declaration_counts_only_for_its_part_its_version_and_with_a_name(
    make: Make, declared: Callable[[Rulebook], Rulebook]
) -> None:
    assert bump_of(make(), declared(make(REWORDED))) is Bump.MAJOR


@pytest.mark.parametrize(
    ("swap", "part"),
    [
        (("severity: minor", "severity: critical"), "rules/W2/severity"),
        (("yes: falls, no: sunny", "yes: rainy, no: sunny"), "rules/W1/steps/rains/yes"),
        (("expected: sunny, answers: {rains: no}", "expected: rainy, answers: {rains: no}"), "rules/W1/examples/W1-n/expected"),
        (("labels: [rainy]", "labels: [rainy, sunny]"), "rules/W1/labels"),
        (("en: Does it fall?", "en: Does it fall now?"), "rules/W1/steps/falls/question"),
    ],
)  # fmt: skip
def test_what_decides_by_itself_cannot_be_declared(make: Make, swap: tuple[str, str], part: str) -> None:
    assert bump_of(make(), declaring(make(swap), part)) is Bump.MAJOR


def test_a_removed_example_can_be_declared_and_is_an_addition_then(make: Make) -> None:
    book = make()
    fewer = extended(book, examples=book.rules[0].examples[:2])
    assert bump_of(book, declaring(fewer, "rules/W1/examples/W1-b")) is Bump.MINOR
    assert touched_labels(book, declaring(fewer, "rules/W1/examples/W1-b")) == NOTHING


# ---- touched labels


def test_only_labels_that_the_change_can_reach_are_touched(make: Make) -> None:
    book = make()
    third = replace(book.labels[0], value="snowy")
    snow = replace(book.rules[0], id="W3", labels=("snowy",), steps=(), examples=())
    old = replace(book, labels=(*book.labels, third), rules=(*book.rules, snow))
    steps = list(old.rules[0].steps)
    steps[1] = replace(steps[1], no="rainy")
    new = extended(old, steps=tuple(steps))
    assert touched_labels(old, new) == BOTH
    assert touched_labels(old, extended(old, 2, definition=Text("雪。", "Snow."))) == {"snowy"}
    assert touched_labels(old, replace(old, quality_metrics=())) == NOTHING
    assert touched_labels(old, replace(old, control="other")) == BOTH | {"snowy"}


def test_a_neighbour_is_touched_when_the_boundary_moves(make: Make) -> None:
    book = make()
    (boundary,) = book.rules[1].boundaries
    alone = replace(book.rules[1], steps=(), examples=(), boundaries=(replace(boundary, rule="W1"),))
    old = replace(book, rules=(book.rules[0], alone))
    new = extended(old, 1, boundaries=(replace(alone.boundaries[0], text=Text("雨夹雪不算。", "Sleet does not.")),))
    assert touched_labels(old, new) == BOTH


def test_a_term_touches_the_rules_that_use_it(make: Make) -> None:
    def with_term(word: Text, definition: str) -> Rulebook:
        return replace(make(), terms=(Term(term=word, definition=Text("", definition)),))

    clear, hail = Text("晴", "clear"), Text("冰雹", "hail")
    assert only(diff(make(), with_term(clear, "No clouds"))).bump is Bump.MINOR
    old, new = with_term(clear, "No clouds"), with_term(clear, "Few clouds")
    assert material(diff(old, new))
    assert "sunny" in touched_labels(old, new)
    assert touched_labels(with_term(hail, "Ice"), with_term(hail, "Stones")) == NOTHING


def test_a_step_that_takes_the_name_of_a_label_touches_it(make: Make) -> None:
    book = make()
    step = Step(id="sunny", question=Text("真的？", "Really?"), yes="rainy", no="rainy")
    new = extended(book, 1, steps=(*book.rules[1].steps, step))
    assert "sunny" in touched_labels(book, new)


def test_a_label_at_the_far_end_of_a_changed_path_is_touched(make: Make) -> None:
    """The changed step, its rule and the label at which the walk ended are three different places."""
    book = make()
    far = replace(book.labels[0], value="far")
    asked = Text("？", "?")
    rules = tuple(
        replace(book.rules[0], id=name, labels=("rainy",), examples=(), boundaries=(), steps=(Step(id=f"s-{name}", question=asked, yes=yes, no=no),))
        for name, yes, no in (("a", "s-b", "rainy"), ("b", "s-c", "rainy"), ("c", "far", "rainy"))
    )  # fmt: skip
    old = replace(book, labels=(*book.labels, far), rules=rules)
    new = extended(old, 1, steps=(Step(id="s-b", question=asked, yes="rainy", no="rainy"),))
    assert touched_labels(old, new) == {"far", "rainy"}


def test_a_section_may_appear_but_not_disappear(make: Make) -> None:
    bare = make(("emergency: {zh: 通知监督人员, en: Tell the supervisor}\n", ""))
    assert only(diff(bare, make())).bump is Bump.MINOR
    assert (only(diff(make(), bare)).bump, only(diff(make(), bare)).reason) == (Bump.MAJOR, Reason.SECTION_REMOVED)
