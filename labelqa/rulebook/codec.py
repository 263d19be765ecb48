"""How each kind of field is read from YAML and written back: one declaration serves both directions.

A codec's ``read`` gives a value, or None after noting a problem; its ``write`` gives plain text, lists and dicts; its
``shape`` is the JSON Schema by which an editor helps the author.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeAlias, TypeVar

from labelqa.errors import Message
from labelqa.rulebook.model import Bare
from labelqa.rulebook.nodes import Mapped, Node, Scalar, Sequenced
from labelqa.rulebook.problems import Problems

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Tree: TypeAlias = Any  # str | Bare | list[Tree] | dict[str, Tree]
PRIVATE: Final = "x_"  # fields so named are an organization's own and never reported


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """Reads and writes one kind of value; the text given to ``read`` names the field in problems."""

    read: Callable[[Node, str, Problems], T | None]
    write: Callable[[T], Tree]
    shape: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: its codec, and whether it must be there."""

    codec: Codec[Any]
    required: bool = False


def _at(node: Node) -> tuple[int, int]:
    return node.line, node.column


def _wrong_type(node: Node, name: str, problems: Problems, expected: Message) -> None:
    problems.add(
        "RB011",
        Message("{field} must be {expected}", {"field": name, "expected": expected}),
        mend=Message("see docs/rulebooks.md for the form of this field"),
        at=_at(node),
    )


def _read_string(node: Node, name: str, problems: Problems) -> str | None:
    if isinstance(node, Scalar):
        return node.text
    _wrong_type(node, name, problems, Message("text"))
    return None


# Values are taken as the text that stands there, so an editor must not complain of numbers and booleans.
STRING: Final[Codec[str]] = Codec(_read_string, str, {"type": ["string", "number", "boolean", "null"]})


def shaped(pattern: str, form: Message) -> Codec[str]:
    """Text of a fixed form, such as an id or a version; ``form`` describes it."""
    compiled = re.compile(pattern)

    def read(node: Node, name: str, problems: Problems) -> str | None:
        text = _read_string(node, name, problems)
        if text is None or compiled.fullmatch(text):
            return text
        problems.add(
            "RB014",
            Message("{field}: {text} is malformed", {"field": name, "text": repr(text[:80])}),
            mend=form,
            at=_at(node),
        )
        return None

    return Codec(read, str, {"type": ["string", "number"], "pattern": f"^(?:{pattern})$"})


def whole(known: tuple[int, ...]) -> Codec[int]:
    """A format number that must be known."""

    def read(node: Node, name: str, problems: Problems) -> int | None:
        text = _read_string(node, name, problems)
        if text is None or text in map(str, known):
            return None if text is None else int(text)
        problems.add(
            "RB015",
            Message("the format {format} is unknown", {"format": repr(text[:80])}),
            mend=Message("this version of labelqa reads format {known}", {"known": ", ".join(map(str, known))}),
            at=_at(node),
        )
        return None

    return Codec(read, lambda known_format: Bare(str(known_format)), {"type": "integer", "enum": list(known)})


def count(*, most: int) -> Codec[int]:
    """A whole number from 1 to ``most``."""
    form = Message("write a whole number from 1 to {most}", {"most": most})
    text = shaped(r"[1-9][0-9]{0,8}", form)

    def read(node: Node, name: str, problems: Problems) -> int | None:
        told = text.read(node, name, problems)
        if told is None or int(told) <= most:
            return None if told is None else int(told)
        problems.add(
            "RB014",
            Message("{field}: {text} is malformed", {"field": name, "text": repr(told)}),
            mend=form,
            at=_at(node),
        )
        return None

    return Codec(read, lambda value: Bare(str(value)), {"type": "integer", "minimum": 1, "maximum": most})


def share() -> Codec[float]:
    """A share between 0 and 1, written so."""
    text = shaped(r"0|1|0?\.[0-9]{1,12}|1\.0{1,12}", Message("write a share between 0 and 1, such as 0.95"))

    def read(node: Node, name: str, problems: Problems) -> float | None:
        told = text.read(node, name, problems)
        return None if told is None else float(told)

    return Codec(
        read,
        lambda value: Bare(f"{value:.12f}".rstrip("0").rstrip(".")),
        {"type": "number", "minimum": 0, "maximum": 1},
    )


def word(kind: type[E]) -> Codec[E]:
    """One of the words of an enumeration."""
    allowed = [each.value for each in kind]

    def read(node: Node, name: str, problems: Problems) -> E | None:
        text = _read_string(node, name, problems)
        if text is None or text in allowed:
            return None if text is None else kind(text)
        problems.add(
            "RB013",
            Message("{field}: {text} is not an allowed word", {"field": name, "text": repr(text[:80])}),
            mend=Message("write one of: {words}", {"words": ", ".join(allowed)}),
            at=_at(node),
        )
        return None

    return Codec(read, lambda value: value.value, {"type": "string", "enum": allowed})


def listed(inner: Codec[T]) -> Codec[tuple[T, ...]]:
    """A list of one kind of value."""

    def read(node: Node, name: str, problems: Problems) -> tuple[T, ...] | None:
        if not isinstance(node, Sequenced):
            _wrong_type(node, name, problems, Message("a list"))
            return None
        values = [inner.read(item, f"{name}[{index}]", problems) for index, item in enumerate(node.items)]
        return None if any(value is None for value in values) else tuple(values)  # type: ignore[arg-type]

    shape = {"type": "array", "items": inner.shape}
    return Codec(read, lambda values: [inner.write(value) for value in values], shape)


def keyed(inner: Codec[T]) -> Codec[Mapping[str, T]]:
    """A mapping from free keys to one kind of value."""

    def read(node: Node, name: str, problems: Problems) -> Mapping[str, T] | None:
        if not isinstance(node, Mapped):
            _wrong_type(node, name, problems, Message("a mapping"))
            return None
        values = {key: inner.read(entry.value, f"{name}.{key}", problems) for key, entry in node.entries.items()}
        return None if any(value is None for value in values.values()) else values  # type: ignore[return-value]

    shape = {"type": "object", "additionalProperties": inner.shape}
    return Codec(read, lambda values: {key: inner.write(value) for key, value in values.items()}, shape)


def record(kind: type[T], fields: Mapping[str, Field]) -> Codec[T]:
    """A dataclass whose fields are keys; unknown keys go to its ``extra``, where it has one."""
    declared = {each.name: each.default for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
    open_ended = "extra" in declared

    def read(node: Node, name: str, problems: Problems) -> T | None:
        if not isinstance(node, Mapped):
            _wrong_type(node, name, problems, Message("a mapping with the keys {keys}", {"keys": ", ".join(fields)}))
            return None
        whole_before = not _missing(node, name, fields, problems)
        values = _read_fields(node, name, fields, problems)
        extra = _read_extra(node, name, fields, problems)
        if not whole_before or None in values.values():
            return None
        return kind(**values, **({"extra": extra} if open_ended else {}))

    def write(value: T) -> Tree:
        given = {key: getattr(value, key) for key in fields}
        kept = {key: it for key, it in given.items() if fields[key].required or it != _default(declared[key])}
        known = {key: fields[key].codec.write(it) for key, it in kept.items()}
        return known | dict(getattr(value, "extra", {}))

    return Codec(read, write, _shape(fields))


def _shape(fields: Mapping[str, Field]) -> Mapping[str, Any]:
    """The JSON Schema of a record; unknown fields are allowed to be there, as they are kept."""
    shown = {key: field.codec.shape for key, field in fields.items()}
    return {"type": "object", "properties": shown, "required": [key for key, field in fields.items() if field.required]}


def _default(declared: Any) -> Any:
    return {} if declared is dataclasses.MISSING else declared  # the only default factories are empty mappings


def _missing(node: Mapped, name: str, fields: Mapping[str, Field], problems: Problems) -> bool:
    """Note each required field that is not there."""
    lacking = [key for key, field in fields.items() if field.required and not _there(node, key, field)]
    for key in lacking:
        entry = node.entries.get(key)
        problems.add(
            "RB010",
            Message("{field} lacks {key}", {"field": name or Message("the rulebook"), "key": key}),
            mend=Message("add {key}", {"key": key}),
            at=_at(node) if entry is None else _at(entry.key),
        )
    return bool(lacking)


def _there(node: Mapped, key: str, field: Field) -> bool:
    entry = node.entries.get(key)
    if entry is None:
        return False
    return field.codec is STRING or not (isinstance(entry.value, Scalar) and entry.value.absent)


def _read_fields(node: Mapped, name: str, fields: Mapping[str, Field], problems: Problems) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, field in fields.items():
        if _there(node, key, field):
            values[key] = field.codec.read(node.entries[key].value, f"{name}.{key}".lstrip("."), problems)
    return values


def _read_extra(node: Mapped, name: str, fields: Mapping[str, Field], problems: Problems) -> dict[str, Tree]:
    unknown = {key: entry for key, entry in node.entries.items() if key not in fields}
    for key, entry in unknown.items():
        if key.startswith(PRIVATE) or problems.full:
            continue
        near = difflib.get_close_matches(key[:80], fields, n=1)
        problems.add(
            "RB012",
            Message("{field} has an unknown field {key}", {"field": name or Message("the rulebook"), "key": key[:80]}),
            mend=Message("did you mean {near}?", {"near": near[0]})
            if near
            else Message("delete it, or begin its name with x_ if it is your own"),
            at=_at(entry.key),
            warning=True,
        )
    return {key: untyped(entry.value) for key, entry in unknown.items()}


def untyped(node: Node) -> Tree:
    """A part that labelqa does not know, as it stands: text, lists and dicts."""
    if isinstance(node, Scalar):
        return Bare(node.text) if node.bare else node.text
    if isinstance(node, Sequenced):
        return [untyped(item) for item in node.items]
    return {key: untyped(entry.value) for key, entry in node.entries.items()}
