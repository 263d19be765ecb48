"""An item on a page: every form that Label Studio really wrote, marks in their places, and no way in for a script."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.report.item_view import Sheet, form_of, item_html, plain_form
from labelqa.adapters.report.item_view.safe import picture, picture_kind
from labelqa.i18n import LANGS, Speaker

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
EVIL = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "<svg/onload=alert(1)>",
    "';alert(1)//", "</p></div><iframe src=//evil.example>", "<a href='javascript:x()'>y</a>", "<style>*{}</style>",
    "&lt;script&gt;", "\u202eabc", "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zz4=",
)  # fmt: skip
ANSWERS = {
    "audio": ("0.5 – 3.25", "hello there"),
    "choices_chinese": ("◉</span>正面", "☑</span>体育"),
    "choices_multiple": ("☑</span>Sports", "☐</span>Politics"),
    "choices_single": ("◉</span>Positive", "○</span>Negative"),
    "image_bbox": ("Car",),
    "image_polygon": ("Road",),
    "ner": ("Ada Lovelace</mark>", "PER", "works_for"),
    "pairwise": ("preferred", "A1", "B1"),
    "ranking": ("place 1", "bz"),
    "ranking_buckets": ("Good", "Bad"),
    "rating_number": ("★★★★☆", "73.5"),
    "review_project": ("Original label and guideline: is it right?",),
    "taxonomy": ("☑</span>Animal/Dog",),
    "textarea": ("a short summary",),
}


class Seen(HTMLParser):
    """The tags and attributes of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def harmless(text: str) -> Seen:
    seen = Seen(text)
    assert not {"script", "iframe", "style", "svg", "object", "form", "link", "meta"} & set(seen.tags)
    for name, value in seen.attributes:
        assert name in {"class", "style", "src", "alt", "href", "target", "rel"}, name
        assert not (value or "").lower().startswith("javascript:")
        if name == "src":
            assert re.match(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,", value or "")
    return seen


def example(shared: Path, kind: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    folder = shared / "fixtures" / "label_studio"
    config = (folder / "configs" / f"{kind}.xml").read_text(encoding="utf-8")
    task = json.loads((folder / "exports" / kind / "JSON.json").read_text(encoding="utf-8"))[0]
    specs = {each.name: each for each in read_config(config)[0]}
    return config, task["data"], decode(task["annotations"][0]["result"], specs=specs).answers


def test_every_kind_of_form_is_tried(shared: Path) -> None:
    assert {path.stem for path in (shared / "fixtures" / "label_studio" / "configs").glob("*.xml")} == set(ANSWERS)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", ANSWERS)
def test_a_real_item_is_shown_with_its_answer(shared: Path, kind: str, lang: str) -> None:
    config, data, answers = example(shared, kind)
    pictures = {"/static/samples/sample.jpg": PNG}
    shown = item_html(form_of(config), answers, Sheet(data=data, say=Speaker(lang), pictures=pictures))
    harmless(shown)
    for told in ANSWERS[kind]:
        assert (Speaker(lang)(told) if told == "preferred" else told) in shown or (lang == "zh" and told == "place 1")
    for value in data.values():
        if isinstance(value, str) and not value.startswith("/"):
            assert Seen(shown).tags
            assert value[:10] in re.sub("<[^>]+>", "", shown).replace("PER · sure", "")


@pytest.mark.parametrize("kind", ANSWERS)
def test_blind_shows_the_item_and_no_answer(shared: Path, kind: str) -> None:
    config, data, answers = example(shared, kind)
    form = form_of(config)
    sheet = Sheet(data=data, say=Speaker("en"), pictures={"/static/samples/sample.jpg": PNG})
    hidden = item_html(form, answers, sheet, hidden=True)
    assert hidden == item_html(form, {}, sheet, hidden=True)
    for sign in ("◉", "☑", "★", "<mark", "preferred", "place 1", "iv-over"):
        assert sign not in hidden


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("kind", ANSWERS)
def test_no_script_gets_in_by_data_answer_or_form(shared: Path, kind: str, evil: str) -> None:
    config, data, answers = example(shared, kind)

    def poisoned(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: poisoned(each) for name, each in value.items()}
        if isinstance(value, list):
            return [poisoned(each) for each in value]
        return evil if isinstance(value, str) else value

    root = config.replace('value="$', 'KEPT="$')
    bad_form = re.sub(r'(value|title|leftText|hint)="[^"$]*"', lambda m: f'{m[1]}="{_xml(evil)}"', root)
    form = form_of(bad_form.replace("KEPT=", "value="))
    for told in (answers, poisoned(answers)):
        for known in (data, poisoned(data)):
            sheet = Sheet(data=known, say=Speaker("zh"), pictures={evil: b"<svg onload=alert(1)>"})
            harmless(item_html(form, told, sheet))
    harmless(item_html(plain_form(poisoned(data)), poisoned(answers), Sheet(data=poisoned(data), say=Speaker("en"))))


def _xml(text: str) -> str:
    kept = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return "".join(each for each in kept if each >= " ")


@pytest.mark.parametrize("evil", EVIL)
def test_html_of_an_item_keeps_its_paragraphs_only(evil: str) -> None:
    form = form_of(
        '<View><HyperText name="h" value="$h"/><Choices name="c" toName="h"><Choice value="a"/></Choices></View>'
    )
    data = {"h": f"<p onclick='x()'>good <b>text</b></p>{evil}<table><tr><td>1</table>"}
    shown = item_html(form, {"c": "a"}, Sheet(data=data, say=Speaker("en")))
    seen = harmless(shown)
    assert "<p>good <b>text</b></p>" in shown
    assert "table" in seen.tags
    assert shown.count("<div") == shown.count("</div>")


def test_spans_that_overlap_each_end_with_their_label() -> None:
    form = form_of(
        '<View><Labels name="l" toName="t"><Label value="A"/><Label value="B"/></Labels><Text name="t" value="$t"/></View>'
    )
    spans = [
        {"start": 0, "end": 4, "labels": ["A"]},
        {"start": 2, "end": 6, "labels": ["B"]},
        {"start": 9, "end": 99, "labels": ["A"]},
    ]
    shown = item_html(form, {"l": spans}, Sheet(data={"t": "😀中文abcdef"}, say=Speaker("en")))
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", shown) == ["😀中", "文a", "bc"]  # counted in characters, emoji too
    assert [each.strip() for each in re.findall(r"iv-tag[^>]*>([^<]*)<", shown)] == ["A", "B"]


def test_a_box_lies_where_it_was_drawn() -> None:
    form = form_of(
        '<View><Image name="i" value="$i"/><RectangleLabels name="b" toName="i"><Label value="Car"/></RectangleLabels></View>'
    )
    box = {"x": 10, "y": 20, "width": 30.5, "height": 40, "rotation": 15, "labels": ["Car"]}
    shown = item_html(form, {"b": [box]}, Sheet(data={"i": "a.png"}, say=Speaker("en"), pictures={"a.png": PNG}))
    drawing = base64.b64decode(re.findall(r"svg\+xml;base64,([^\"]+)", shown)[0]).decode()
    assert 'x="10" y="20" width="30.5" height="40" transform="rotate(15 10 20)"' in drawing
    assert "left:10.000%;top:20.000%" in shown


def test_a_picture_elsewhere_is_a_link_unless_it_may_be_asked_for() -> None:
    form = form_of('<View><Image name="i" value="$i"/></View>')
    data = {"i": "https://example.org/a.png"}
    shown = item_html(form, {}, Sheet(data=data, say=Speaker("en")))
    assert "<img" not in shown
    assert 'href="https://example.org/a.png"' in shown
    assert 'rel="noopener noreferrer"' in shown
    assert '<img src="https://example.org/a.png"' in item_html(
        form, {}, Sheet(data=data, say=Speaker("en"), remote=True)
    )


def test_only_pictures_pass_for_pictures() -> None:
    assert picture("x", {"x": b"<svg xmlns=''>"}) is None
    assert picture_kind(b"\xff\xd8\xff\xe0") == "jpeg"
    assert picture_kind(b"RIFF0000WEBPVP8 ") == "webp"
    assert picture("data:image/png;base64,AAAA", {}) == "data:image/png;base64,AAAA"
    assert picture('data:image/png;base64,AA"onerror=', {}) is None


def test_an_answer_of_no_known_control_is_not_lost() -> None:
    form = form_of('<View><Text name="t" value="$t"/></View>')
    assert "strange" in item_html(form, {"more": "strange"}, Sheet(data={"t": "x"}, say=Speaker("en")))
