"""The editor's schema says what the reader takes, and a first draft lacks words only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from labelqa.records.batch import Kind
from labelqa.rulebook.authoring import SCHEMA_FILE, first_draft, json_schema, schema_text
from labelqa.rulebook.document import parse
from labelqa.rulebook.lint import lint
from labelqa.rulebook.model import FORMATS

FOLDER = Path(__file__).resolve().parents[3] / "rulebooks"
LATEST = sorted(
    path for path in FOLDER.glob("*/*.yaml") if f"format: {FORMATS[-1]}\n" in path.read_text(encoding="utf-8")
)


class Core(yaml.SafeLoader):
    """YAML 1.2 as editors read it: yes and no are words."""


Core.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in rules if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def complaints(text: str) -> list[str]:
    read: Any = yaml.load(text, Loader=Core)  # noqa: S506 - a safe loader
    checker = jsonschema.Draft202012Validator(json_schema())
    return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in checker.iter_errors(read)]


def test_the_schema_is_one_and_stands_beside_the_rulebooks() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert (FOLDER / SCHEMA_FILE).read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", LATEST, ids=lambda path: "/".join(path.parts[-2:]))
def test_shipped_rulebooks_meet_the_schema(path: Path) -> None:
    assert complaints(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("kind", Kind)
def test_a_first_draft_meets_the_schema_and_lacks_only_words(kind: Kind) -> None:
    text = first_draft("support-tone", kind)
    document = parse(text)
    assert complaints(text) == []
    assert document.findings == ()
    assert document.rulebook is not None
    assert (document.rulebook.name, document.rulebook.kind) == ("support-tone", kind)
    found = {each.code for each in lint(document.rulebook, document.positions)}
    assert {"RB101", "RB111", "RB202"} <= found
    assert ("RB107" in found, "RB106" in found) == (kind is Kind.SAFETY, kind is Kind.FUNCTIONAL)
    assert not found & {"RB103", "RB105", "RB203", "RB302", "RB306", "RB307", "RB309"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("kind: functional", "kind: other", "'other' is not one of"),
        ("format: 2", "format: 1", "2 was expected"),
        ("version: 1.0.0", "version: one", "does not match"),
        ("time_budget: 60", "time_budget: 0", "less than the minimum"),
        ("name: support-tone\n", "", "'name' is a required property"),
        ("kind: positive", "kind: good", "'good' is not one of"),
    ],
)
def test_the_schema_notices_what_the_reader_refuses(old: str, new: str, told: str) -> None:
    text = first_draft("support-tone", Kind.FUNCTIONAL)
    assert old in text
    bad = text.replace(old, new, 1)
    assert any(told in each for each in complaints(bad))
    if old != "format: 2":  # older formats are read and upgraded; an editor helps with the latest alone
        assert parse(bad).rulebook is None


def test_every_field_is_explained_to_the_author() -> None:
    def silent(shape: dict[str, Any]) -> list[str]:
        found: list[str] = []
        for key, inner in shape.get("properties", {}).items():
            found += [] if "description" in inner or key in {"zh", "en"} else [key]
            found += silent(inner)
        return found + (silent(shape["items"]) if "items" in shape else [])

    assert silent(dict(json_schema())) == []
