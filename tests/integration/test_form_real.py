"""Labeling forms against the parser of Label Studio's own SDK: what a server would accept, and how it would store it.

The SDK is asked in a process of its own, since it takes long to import and much memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.form import labeling_config
from labelqa.adapters.label_studio.review_form import review_config
from labelqa.errors import BadInput
from labelqa.records.annotation import ControlKind
from labelqa.rulebook.document import parse, render
from labelqa.rulebook.model import Form, Label, Rulebook, Shown, ShownAs, Text
from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
KINDS = [kind for kind in ControlKind if kind is not ControlKind.RELATIONS]
WITH_LABELS = {
    ControlKind.CHOICE, ControlKind.CHOICES, ControlKind.SPANS, ControlKind.SEGMENTS, ControlKind.BOXES,
    ControlKind.POLYGONS, ControlKind.KEYPOINTS, ControlKind.TAXONOMY,
}  # fmt: skip
REASONS = ("cannot hold", "bucket", "for a number", "without labels")
BOOKS = sorted(path for path in (ROOT / "rulebooks").glob("*/*.yaml"))


Accepts = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def accepted() -> Iterator[Accepts]:
    """A form as the SDK understands it, after all of its checks."""
    script = str(Path(__file__).with_name("sdk_parser.py"))
    with subprocess.Popen([sys.executable, script], stdin=PIPE, stdout=PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        asked, answers = child.stdin, child.stdout
        if why := json.loads(answers.readline()):
            missing("sdk", why)

        def ask(config: str) -> dict[str, Any]:
            asked.write(json.dumps(config) + "\n")
            asked.flush()
            told: dict[str, Any] = json.loads(answers.readline())
            assert "error" not in told, told["error"]
            return told

        yield ask
        asked.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shipped_rulebooks_give_forms_that_a_server_accepts(path, lang, accepted):
    book = parse(path.read_bytes()).rulebook
    assert book is not None
    config = labeling_config(book, lang)
    control = accepted(config)["controls"][book.control]
    if book.form.answers in WITH_LABELS:
        assert control["labels"] == [label.value for label in book.labels]
    accepted(review_config(config, lang=lang))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_is_accepted(kind, accepted):
    book = base(kind, ["left", "right", "a b", "<&\"'>", "标" * 200, "😀", "1", "true"], [])
    config = labeling_config(book, "zh")
    found = accepted(config)
    control = found["controls"]["控件"]
    if kind in WITH_LABELS:
        assert control["labels"] == [label.value for label in book.labels]
        assert control["titles"] == {label.value: label.title.zh for label in book.labels}
    assert all(found["objects"])


def base(kind: ControlKind, values: list[str], shows: list[Shown]) -> Rulebook:
    found = parse((ROOT / "rulebooks" / "genai-sft" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    labels = tuple(Label(value=value, title=Text(f"标题 {at}", value)) for at, value in enumerate(values))
    return replace(found, control="控件", labels=labels, form=Form(answers=kind, shows=tuple(shows)))


SPELLINGS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["1", "0x1", "true", "null", "NaN", "$text", "${a}", "text", "left", "labelqa_note", "a,b", "a/b"]),
    st.text("$<>&\"'\n\t\x00\ufffe😀标=,/[]{}a1 ", max_size=12),
)
TITLES = st.builds(Text, SPELLINGS, SPELLINGS)
VALUES = SPELLINGS.map(str.strip).filter(bool)


@st.composite
def books(draw: st.DrawFn) -> Rulebook:
    """Any rulebook that can be read: its own text is rendered and parsed again."""
    values = draw(st.lists(VALUES, max_size=6))
    book = replace(
        base(draw(st.sampled_from(KINDS)), [], draw(st.lists(st.builds(Shown, name=VALUES, shown_as=st.sampled_from(ShownAs), title=TITLES), max_size=3))),
        control=draw(VALUES),
        title=draw(TITLES),
        labels=tuple(Label(value=each, title=draw(TITLES), definition=draw(TITLES), parent=draw(st.sampled_from(["", *values]))) for each in values),
    )  # fmt: skip
    return replace(book, form=replace(book.form, highest=draw(st.none() | st.integers(1, 100))))


def config_or_reason(book: Rulebook, lang: str) -> str:
    """The form, or why there is none; a reason that is not known is a failure."""
    try:
        return labeling_config(book, lang)
    except BadInput as error:
        return next(reason for reason in REASONS if reason in str(error))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=books())
def test_any_rulebook_that_can_be_read_gives_a_form_that_both_accept(accepted, made):
    book = parse(render(made)).rulebook
    if book is None:
        return
    for lang in ("zh", "en"):
        config = config_or_reason(book, lang)
        if config in REASONS:
            continue
        specs, findings = read_config(config)
        assert findings == []
        mine = next(each for each in specs if each.name == book.control)
        assert mine.kind is book.form.answers
        control = accepted(config)["controls"][book.control]
        if book.form.answers in WITH_LABELS - {ControlKind.TAXONOMY}:
            values = tuple(dict.fromkeys(label.value for label in book.labels))
            assert mine.labels == values
            assert tuple(control["labels"]) == values
