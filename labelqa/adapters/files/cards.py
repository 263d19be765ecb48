"""Provenance cards written in YAML: one, or a list of them. Every value is read as the text that stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from labelqa.errors import BadInput
from labelqa.workflows.cards import CardForm

KEYS: Final = (
    "batch", "source", "licence", "ip_check", "personal", "basis", "modalities", "languages", "scale", "description",
    "generator", "acquired", "attach",
)  # fmt: skip
TRUTH: Final = {"yes": True, "true": True, "no": False, "false": False}


def read_cards(text: str, path: Path) -> list[CardForm]:
    """The cards of a file; BadInput names what cannot be read and where. Attachments are looked for beside the file."""
    import yaml

    class Strict(yaml.BaseLoader):  # everything is text: "no" is a language, not a truth value
        pass

    def mapping(loader: yaml.BaseLoader, node: yaml.MappingNode) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in node.value:
            name = str(loader.construct_object(key))
            if name in seen:
                raise BadInput(
                    "{path}, line {line}: {key} stands there twice", path=str(path), line=key.start_mark.line + 1, key=name
                )  # fmt: skip
            seen[name] = loader.construct_object(value, deep=True)
        return seen

    Strict.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        held = yaml.load(text, Loader=Strict)  # noqa: S506 - a loader that makes nothing but text
    except yaml.YAMLError as error:
        raise BadInput("{path}: no YAML that can be read: {why}", path=str(path), why=str(error)) from error
    cards = held if isinstance(held, list) else [held]
    return [_card(each, place, path) for place, each in enumerate(cards, start=1)]


def _card(held: Any, place: int, path: Path) -> CardForm:
    if not isinstance(held, dict) or not held.get("batch"):
        raise BadInput(
            "{path}: card {place} is no list of fields that begins with its batch", path=str(path), place=place
        )
    unknown = [key for key in held if key not in KEYS]
    if unknown:
        raise BadInput(
            "{path}: card {place} has the unknown field {field}; known are {known}", path=str(path), place=place,
            field=unknown[0], known=", ".join(KEYS),
        )  # fmt: skip
    return CardForm(
        batch=_text(held, "batch", place, path), source=_text(held, "source", place, path),
        licence=_text(held, "licence", place, path), ip_check=_text(held, "ip_check", place, path),
        personal=_truth(held, place, path), basis=_text(held, "basis", place, path),
        modalities=_list(held, "modalities", place, path), languages=_list(held, "languages", place, path),
        scale=_whole(held, place, path), description=_text(held, "description", place, path),
        generator=_text(held, "generator", place, path), acquired=_text(held, "acquired", place, path),
        attach=_attached(held, place, path), start=path.parent,
    )  # fmt: skip


def _wrong(path: Path, place: int, key: str, expected: str) -> BadInput:
    return BadInput(
        "{path}: card {place}: {key} is to be {expected}", path=str(path), place=place, key=key, expected=expected
    )  # fmt: skip


def _text(held: dict[str, Any], key: str, place: int, path: Path) -> str:
    value = held.get(key, "")
    if not isinstance(value, str):
        raise _wrong(path, place, key, "text")
    return value


def _truth(held: dict[str, Any], place: int, path: Path) -> bool | None:
    value = held.get("personal")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or value.strip().lower() not in TRUTH:
        raise _wrong(path, place, "personal", "yes / no")
    return TRUTH[value.strip().lower()]


def _list(held: dict[str, Any], key: str, place: int, path: Path) -> tuple[str, ...]:
    value = held.get(key, "")
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(path, place, key, "a, b")
    return tuple(value)


def _whole(held: dict[str, Any], place: int, path: Path) -> int | None:
    value = held.get("scale")
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not value.strip().isdecimal():
        raise _wrong(path, place, "scale", "1, 2, 3 …")
    return int(value)


def _attached(held: dict[str, Any], place: int, path: Path) -> tuple[tuple[str, Path], ...]:
    value = held.get("attach") or {}
    if not isinstance(value, dict) or not all(isinstance(each, str) and each.strip() for each in value.values()):
        raise _wrong(path, place, "attach", "TITLE: FILE")
    return tuple((title, Path(file)) for title, file in value.items())
