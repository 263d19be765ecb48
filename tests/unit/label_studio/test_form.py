"""A rulebook's labeling form: what labelqa reads back is what the rulebook says, whatever stands in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.form import form_findings, labeling_config
from labelqa.adapters.label_studio.form_instruction import instruction
from labelqa.adapters.label_studio.form_labels import LONGEST_HINT, tree
from labelqa.errors import BadInput
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import Example, ExampleKind, ExampleUse, Form, Label, Rulebook, Shown, ShownAs, Text

ROOT = Path(__file__).resolve().parents[3]
LISTED = [
    ControlKind.CHOICE, ControlKind.CHOICES, ControlKind.SPANS, ControlKind.SEGMENTS, ControlKind.BOXES,
    ControlKind.POLYGONS, ControlKind.KEYPOINTS, ControlKind.RANKING,
]  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Rulebook:
    found = parse((ROOT / "rulebooks" / "genai-sft" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


def with_labels(book: Rulebook, *labels: Label, **form: object) -> Rulebook:
    return replace(book, labels=labels, form=Form(**form))


def read(book: Rulebook, lang: str = "zh") -> ControlSpec:
    """The control that the form gives to the rulebook's name; nothing in the form may be strange."""
    specs, findings = read_config(labeling_config(book, lang))
    assert findings == []
    return next(each for each in specs if each.name == book.control)


def tags(book: Rulebook, name: str, lang: str = "zh") -> list[dict[str, str]]:
    return [dict(each.attrib) for each in ET.fromstring(labeling_config(book, lang)).iter(name)]  # noqa: S314


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", LISTED)
def test_labels_come_back_with_their_titles(book, kind, lang):
    spec = read(replace(book, form=Form(answers=kind)), lang)
    assert spec.kind is kind
    assert spec.labels == tuple(label.value for label in book.labels)
    assert spec.shown == {label.value: getattr(label.title, lang) for label in book.labels}


@pytest.mark.parametrize("kind", [ControlKind.RATING, ControlKind.NUMBER, ControlKind.TEXT])
def test_answers_that_are_no_labels_keep_their_kind(book, kind):
    spec = read(replace(book, form=Form(answers=kind, highest=7)))
    assert (spec.kind, spec.labels) == (kind, ())


def test_a_rating_goes_as_far_as_the_rulebook_says(book):
    assert tags(replace(book, form=Form(answers=ControlKind.RATING, highest=7)), "Rating")[0]["maxRating"] == "7"
    assert tags(replace(book, form=Form(answers=ControlKind.RATING)), "Rating")[0]["maxRating"] == "5"


def test_a_pairwise_form_sets_the_two_last_fields_beside_each_other(book):
    shows = (Shown(name="question"), Shown(name="one"), Shown(name="other"))
    labels = (Label(value="left", title=Text("左", "Left")), Label(value="right", title=Text("右", "Right")))
    pair = replace(with_labels(book, *labels, answers=ControlKind.PAIRWISE, shows=shows))
    assert tags(pair, "Pairwise")[0]["toName"] == "one,other"
    assert read(pair).shown == {"left": "左", "right": "右"}
    assert form_findings(pair) == []
    three = replace(pair, labels=(*labels, Label(value="tie", title=Text("平", "Tie"))))
    assert [each.code for each in form_findings(three)] == ["LS103"]


def test_a_taxonomy_keeps_its_tree(book):
    labels = (
        Label(value="dog", title=Text("狗", "Dog"), parent="animal"),
        Label(value="animal", title=Text("动物", "Animal")),
        Label(value="plant", title=Text("plant", "plant")),
    )
    spec = read(with_labels(book, *labels, answers=ControlKind.TAXONOMY))
    assert spec.kind is ControlKind.TAXONOMY
    assert spec.labels == ("animal", "animal/dog", "plant")
    assert spec.shown == {"animal": "动物", "animal/dog": "动物/狗"}


def test_a_tree_that_bites_its_tail_keeps_every_label(book):
    labels = tuple(
        Label(value=value, title=Text(value, value), parent=parent)
        for value, parent in (("a", "b"), ("b", "a"), ("c", "b"), ("d", "none"))
    )
    assert sorted(value for value, _ in tree(with_labels(book, *labels))) == ["a", "b", "c", "d"]


def test_every_label_carries_its_definition_and_its_rules(book):
    for choice, label in zip(tags(book, "Choice", "en"), book.labels, strict=True):
        rules = [rule.id for rule in book.rules if label.value in rule.labels]
        assert rules
        assert all(rule in choice["hint"] for rule in rules)
        assert label.definition.en[:40] in choice["hint"]
    long = replace(book.labels[0], definition=Text("长" * 900, "long " * 300))
    hint = tags(replace(book, labels=(long, *book.labels[1:])), "Choice")[0]["hint"]
    assert len(hint) < LONGEST_HINT + 60


def test_fields_stand_in_their_order_under_their_titles(book):
    shows = (Shown(name="prompt", title=Text("提示", "Prompt")), Shown(name="page", shown_as=ShownAs.HTML))
    shown = replace(book, form=Form(shows=shows))
    headers = [each["value"] for each in tags(shown, "Header", "en")]
    assert headers[1:3] == ["Prompt", "page"]
    assert tags(shown, "Text")[0]["value"] == "$prompt"
    assert tags(shown, "HyperText")[0]["value"] == "$page"
    assert tags(shown, "Choices")[0]["toName"] == "prompt"


def test_a_field_is_shown_as_its_answers_need_it(book):
    boxes = replace(book, form=Form(answers=ControlKind.BOXES, shows=(Shown(name="photo"),)))
    assert tags(boxes, "Image")[0]["value"] == "$photo"
    assert [each.code for each in form_findings(boxes)] == ["LS102"]
    assert form_findings(replace(book, form=Form(answers=ControlKind.BOXES))) == []


def test_a_field_name_that_label_studio_cannot_fill_is_told(book):
    assert [each.code for each in form_findings(replace(book, form=Form(shows=(Shown(name="问题"),))))] == ["LS101"]


def test_titles_never_stand_for_another_label(book):
    """A server looks an answer up by title and by value: a title that is another label's value would be taken for it."""
    swapped = with_labels(
        book,
        Label(value="yes", title=Text("no", "no")),
        Label(value="no", title=Text("yes", "yes")),
        Label(value="n1", title=Text("同", "same")),
        Label(value="n2", title=Text("同", "same")),
    )
    spec = read(swapped)
    assert spec.labels == ("yes", "no", "n1", "n2")
    told = [spec.shown.get(value, value) for value in spec.labels]
    assert len(set(told)) == 4
    assert not set(told) & set(spec.labels)


@pytest.mark.parametrize(
    "value",
    [
        "<b>&\"'</b>",
        "标签" * 100,
        "$100",
        "$ 5",
        "😀",
        "a\u00a0b",
        "true",
        "1",
        "01",
        "1e5",
        "null",
        "NaN",
        "a,b",
        "x=y",
    ],
)
def test_a_label_of_any_spelling_comes_back_as_it_is_stored(book, value):
    for title in (Text(value, value), Text("另一个", "another")):
        odd = with_labels(book, Label(value=value, title=title), Label(value="other", title=Text("其他", "Other")))
        assert read(odd).labels == (value, "other")


def test_of_labels_and_fields_that_stand_twice_the_first_counts(book):
    labels = tuple(Label(value=value, title=Text(f"题{at}", "")) for at, value in enumerate(["a", "b", "a", "c"]))
    twice = with_labels(book, *labels, shows=(Shown(name="x"), Shown(name="y"), Shown(name="x")))
    assert read(twice).labels == ("a", "b", "c")
    assert read(twice).shown["a"] == "题0"
    assert [each["name"] for each in tags(twice, "Text")] == ["x", "y"]


def test_what_xml_cannot_hold_is_replaced_in_titles_and_refused_in_values(book):
    bell = with_labels(book, Label(value="ok", title=Text("铃\x07", "\x07")), Label(value="b", title=Text("b", "b")))
    assert read(bell).shown["ok"] == "铃␇"
    broken = with_labels(book, Label(value="a\ufffe", title=Text("a", "a")), Label(value="b", title=Text("b", "b")))
    with pytest.raises(BadInput, match="cannot hold"):
        labeling_config(broken, "zh")
    for control in ("12", "true", "1e5"):
        with pytest.raises(BadInput, match="for a number"):
            labeling_config(replace(book, control=control), "zh")
    with pytest.raises(BadInput, match="without labels"):
        labeling_config(replace(book, labels=()), "zh")
    with pytest.raises(BadInput, match="relations"):
        labeling_config(replace(book, form=Form(answers=ControlKind.RELATIONS)), "zh")


def test_nothing_of_a_title_is_filled_in_from_the_item(book):
    label = Label(value="x", title=Text("$prompt 多", "$prompt and more"), definition=Text("$[0]", "$[0]"))
    config = labeling_config(with_labels(book, label, Label(value="y", title=Text("乙", "B"))), "en")
    assert config.count("$") == 1  # the field itself


def test_the_note_has_a_name_of_its_own(book):
    specs, _ = read_config(labeling_config(replace(book, control="labelqa_note"), "zh"))
    assert [each.name for each in specs] == ["labelqa_note", "labelqa_note_2"]


def test_a_review_form_can_be_put_beside_it(book):
    from labelqa.adapters.label_studio.review_form import review_config

    specs, findings = read_config(review_config(labeling_config(book, "zh"), lang="zh"))
    names = [each.name for each in specs]
    assert len(names) == len(set(names))
    assert findings == []


def example(name: str, use: ExampleUse, content: str, label: str) -> Example:
    return Example(id=name, kind=ExampleKind.POSITIVE, content=Text(content, content), expected=label, use=use)


@pytest.fixture
def told(book: Rulebook) -> Rulebook:
    """The rulebook with one example of each use in its first rule, and markup in its words."""
    label = book.labels[0].value
    examples = tuple(example(use.value, use, f"CASE-{use.value} <script>x</script>", label) for use in ExampleUse)
    return replace(book, rules=(replace(book.rules[0], examples=examples), *book.rules[1:]))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_instruction_prints_examples_for_the_handbook_only(told, lang):
    page = instruction(told, lang, digest="ab" * 32)
    assert "CASE-handbook" in page
    assert "CASE-exam" not in page
    assert "CASE-gold" not in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert f"{told.name}@{told.version}" in page
    assert "ab" * 32 in page
    assert "href" not in page
    for rule in told.rules:
        assert f"<strong>{rule.id}</strong>" in page
        assert all(f"<code>{step.id}</code>" in page for step in rule.steps)


@pytest.mark.parametrize("limit", [5_000, 8_000, 12_000])
def test_the_instruction_keeps_its_limit_and_says_what_it_left_out(book, limit):
    whole, page = instruction(book, "en"), instruction(book, "en", limit=limit)
    assert len(page) <= limit
    assert ("handbook has everything" in page) == (page != whole)
    assert limit > 5_000 or page != whole
    long = replace(book, objective=Text("字" * 90_000, "w " * 90_000))
    assert len(instruction(long, "zh", limit=limit)) <= limit


def test_the_instruction_is_well_formed(book):
    assert ET.fromstring(f"<div>{instruction(book, 'zh')}</div>").tag == "div"  # noqa: S314
