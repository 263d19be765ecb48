"""What no single field shows: cases that change their label, titles that change hands, figures, terms of terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import pytest

from labelqa.i18n import render
from labelqa.records.designs import Design
from labelqa.records.finding import Severity
from labelqa.records.governance import Bump
from labelqa.rulebook import diff as semantic
from labelqa.rulebook.diff import Change, Reason, apply, check_changes, diff, needed, touched_labels
from labelqa.rulebook.model import Changes, CheckPlan, Example, ExampleKind, Label, Rulebook, SameMeaning, Term, Text

Make = Callable[..., Rulebook]
BOTH = frozenset({"sunny", "rainy"})


def declared(book: Rulebook, *parts: str) -> Rulebook:
    same = tuple(SameMeaning(part=part, by="p-1", reason=Text("同义。", "Same.")) for part in parts)
    return replace(book, version="1.0.1", changes=Changes(since="1.0.0", summary=Text("改。"), same_meaning=same))


def all_declared(old: Rulebook, new: Rulebook) -> Rulebook:
    """The new version with a declaration for everything that changed."""
    return declared(new, *(change.part for change in diff(old, new).changes))


def with_rule(book: Rulebook, at: int, **fields: object) -> Rulebook:
    rules = list(book.rules)
    rules[at] = replace(rules[at], **fields)  # type: ignore[arg-type]
    return replace(book, rules=tuple(rules))


def with_examples(book: Rulebook, *lists: tuple[Example, ...]) -> Rulebook:
    for at, examples in enumerate(lists):
        book = with_rule(book, at, examples=examples)
    return book


def one(old: Rulebook, new: Rulebook, part: str) -> Change:
    return next(change for change in diff(old, new).changes if change.part == part)


def held_material(old: Rulebook, new: Rulebook) -> None:
    """Material, whatever is declared, and both labels of the case are touched."""
    assert needed(diff(old, new)) is Bump.MAJOR
    vouched = all_declared(old, new)
    assert needed(diff(old, vouched)) is Bump.MAJOR
    assert touched_labels(old, vouched) == BOTH
    assert apply(old, diff(old, vouched)) == vouched


def test_texts_swapped_between_two_examples_change_both_labels(make: Make) -> None:
    old = make()
    rain, clear, stopped = old.rules[0].examples
    swapped = (replace(rain, content=clear.content), replace(clear, content=rain.content), stopped)
    held_material(old, with_examples(old, swapped))
    assert one(old, with_examples(old, swapped), "rules/W1/examples/W1-p/content").reason is Reason.EXPECTED


def test_an_example_moved_to_another_rule_cannot_change_its_label(make: Make) -> None:
    old = make()
    rain, *others = old.rules[0].examples
    for moved in (replace(rain, expected="sunny"), replace(rain, expected="sunny", content=Text("别的", "Other"))):
        held_material(old, with_examples(old, tuple(others), (*old.rules[1].examples, moved)))


def test_the_same_case_under_a_new_id_cannot_have_another_label(make: Make) -> None:
    old = make()
    other = Example(id="W2-x", kind=ExampleKind.POSITIVE, content=Text("", " heavy  RAIN"), expected="sunny")
    held_material(old, with_examples(old, old.rules[0].examples, (*old.rules[1].examples, other)))


def test_a_case_that_goes_by_an_edit_may_be_declared_as_one_that_is_removed(make: Make) -> None:
    """Else the text of an example could be edited away, and come back with another label, in two minor steps."""
    old, new = make(), make(("en: Heavy rain", "en: Very heavy rain"))
    part = "rules/W1/examples/W1-p/content"
    assert needed(diff(old, new)) is Bump.MAJOR
    assert needed(diff(old, declared(new, part))) is Bump.MINOR
    assert needed(diff(old, make(("en: Heavy rain", "en: heavy  rain")))) is Bump.MINOR
    figure = make(("en: Heavy rain", "en: Heavy rain of 5 mm"))
    assert needed(diff(old, declared(figure, part))) is Bump.MAJOR


def test_a_title_is_judged_like_a_norm(make: Make) -> None:
    old, new = make(), make(("en: Sunny}", "en: Sunshine}"))
    assert needed(diff(old, new)) is Bump.MAJOR
    assert touched_labels(old, new) == {"sunny"}
    assert needed(diff(old, declared(new, "labels/sunny/title"))) is Bump.PATCH
    assert needed(diff(old, make(("en: Sunny}", 'en: " Sunny"}')))) is Bump.PATCH


def test_a_title_that_another_label_had_cannot_be_declared(make: Make) -> None:
    old = make()
    sunny, rainy = old.labels
    swapped = replace(old, labels=(replace(sunny, title=rainy.title), replace(rainy, title=sunny.title)))
    held_material(old, swapped)
    taken = replace(old, labels=(replace(sunny, title=Text("晴", "rainy")), rainy))
    held_material(old, taken)
    assert one(old, taken, "labels/sunny/title").reason is Reason.TITLE_TAKEN
    bare = replace(old, labels=(replace(sunny, title=Text("晴")), rainy))
    held_material(bare, taken)  # a first translation, but of another label's title


FIGURES = [
    (("en: Rain is labelled rainy.", "en: Rain of 5 mm is labelled rainy."), "rules/W1/statement"),
    (('">= 95%"', '">= 50%"'), "quality_metrics/Accuracy/target"),
    (('">= 95%"', '"<= 95%"'), "quality_metrics/Accuracy/target"),
    (("en: Spot check", "en: Spot check of 20%"), "verification/text"),
]


@pytest.mark.parametrize(("swap", "part"), FIGURES)
def test_figures_cannot_be_declared(make: Make, swap: tuple[str, str], part: str) -> None:
    new = declared(make(swap), part)
    assert needed(diff(make(), new)) is Bump.MAJOR
    found = check_changes(make(), new)
    assert [(each.code, each.severity) for each in found] == [("RB704", Severity.ERROR), ("RB734", Severity.ERROR)]
    assert "same_meaning" not in render(found[0].mend, "en")


def test_the_same_number_written_otherwise_can_be_declared(make: Make) -> None:
    new = declared(make(('">= 95%"', '"at least 0.95"')), "quality_metrics/Accuracy/target")
    assert needed(diff(make(), new)) is Bump.PATCH
    assert check_changes(make(), new) == []


def test_neither_a_plan_nor_a_metric_nor_a_term_with_figures_can_be_declared(make: Make) -> None:
    bare = make()
    planned = replace(
        bare, verification=replace(bare.verification, plan=CheckPlan(design=Design.TWO_POINT, accuracy=0.95))
    )
    looser = replace(
        bare, verification=replace(bare.verification, plan=CheckPlan(design=Design.TWO_POINT, accuracy=0.5))
    )
    heavy = replace(bare, terms=(Term(term=Text("大雨", "downpour"), definition=Text("", "More than 5 mm.")),))
    steps = ((planned, looser), (planned, bare), (bare, replace(bare, quality_metrics=())), (heavy, bare))
    for old, new in steps:
        assert needed(diff(old, all_declared(old, new))) is Bump.MAJOR


# ---- labels


def with_terms(book: Rulebook, *terms: tuple[str, str]) -> Rulebook:
    made = (Term(term=Text("", word), definition=Text("", definition)) for word, definition in terms)
    return replace(book, terms=tuple(made))


def test_a_term_acts_through_terms_that_rest_on_it(make: Make) -> None:
    book = make(("en: A figure of speech.", "en: A shower."))
    far = [("shower", "Any drop."), ("drop", "Any bead."), ("other", "Nothing.")]
    old, new = with_terms(book, *far, ("bead", "Big.")), with_terms(book, *far, ("bead", "Small."))
    assert touched_labels(old, new) == BOTH
    assert (
        touched_labels(with_terms(make(), *far, ("bead", "Big.")), with_terms(make(), *far, ("bead", "Wet."))) == set()
    )


@pytest.mark.parametrize(
    "swap",
    [
        ("execution: {zh: 逐条标注, en: One by one}", "execution: {zh: 逐条标注, en: More than 5}"),
        ("text: {zh: 看示例, en: See the example}", "text: {zh: 看 5 个示例, en: See the example}"),
        ("risk_recognition:\n  text: {zh: 看示例", "risk_recognition:\n  text: {zh: 看 5 个示例"),
    ],
)
def test_what_holds_for_every_label_touches_every_label(make: Make, swap: tuple[str, str]) -> None:
    third = Label(value="snowy", title=Text("雪", "Snowy"))
    old, new = (replace(book, labels=(*book.labels, third)) for book in (make(), make(swap)))
    assert needed(diff(old, new)) is Bump.MAJOR
    assert touched_labels(old, new) == BOTH | {"snowy"}


def test_guided_responses_and_a_term_that_they_use_touch_every_label(make: Make) -> None:
    def guided(text: str, term: str) -> Rulebook:
        book = with_terms(make(), ("bead", term))
        return replace(book, guided_responses=replace(book.guided_responses, text=Text("", text)))

    assert touched_labels(guided("Up to 3", "Big."), guided("Up to 5", "Big.")) == BOTH
    assert touched_labels(guided("Each bead", "Big."), guided("Each bead", "Small.")) == BOTH


def test_thousands_of_changed_terms_are_no_burden(make: Make) -> None:
    def many(count: int, word: str) -> Rulebook:
        return with_terms(make(), *((f"term{at:05}", f"{word} term{at + 1:05}.") for at in range(count)))

    took = []
    for count in (1_000, 5_000):
        old, new = many(count, "Any"), many(count, "Each")
        found = semantic.diff(old, new)
        start = perf_counter()
        touched_labels(old, new, found=found)
        took.append(perf_counter() - start)
    assert took[1] < max(12 * took[0], 0.5)
