"""Payloads changed at random, always the same for one seed: bytes flipped, values swapped, things nested and repeated."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

ODD: Sequence[Any] = (
    None, True, 0, -1, 2**63, 2**64, 10**40, 1.5, -0.0, 1e308, "", "x", "\x00", "\ud800", "甲" * 50, "2026-13-45", [], {},
    [[]], {"id": {"id": 1}}, [None], "9" * 500,
)  # fmt: skip


def mutants(payloads: Sequence[bytes], n: int, *, seed: int) -> Iterator[bytes]:
    """``n`` changed payloads."""
    drawn = random.Random(seed)
    for _ in range(n):
        body = drawn.choice(payloads)
        for _ in range(drawn.randint(1, 3)):
            body = drawn.choice(_WAYS)(body, drawn)
        yield body


def _values(body: bytes, drawn: random.Random) -> bytes:
    """Values replaced, removed, doubled, renamed or wrapped somewhere in it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return body
    for _ in range(drawn.randint(1, 4)):
        told = _changed(told, drawn)
    try:
        return json.dumps(told).encode()
    except RecursionError:  # deeper than we can write
        return body[::-1]


def _changed(told: Any, drawn: random.Random) -> Any:
    if not isinstance(told, dict | list) or not told or drawn.random() < 0.05:
        return deepcopy(drawn.choice(ODD))
    keys = list(told) if isinstance(told, dict) else list(range(len(told)))
    key, way = drawn.choice(keys), drawn.random()
    if way < 0.6:
        told[key] = _changed(told[key], drawn)
    elif way < 0.7:
        del told[key]
    elif way < 0.8:
        told[key] = [told[key]] * drawn.randint(0, 3)
    elif way < 0.9 and isinstance(told, dict):
        told[drawn.choice(["id", "task", "project", "annotation", "tasks", "token", "", "data"])] = told[key]
    else:
        for _ in range(drawn.choice([1, 10, 70, 300])):
            told[key] = {"project": told[key]} if drawn.random() < 0.5 else [told[key]]
    return told


def _bytes(body: bytes, drawn: random.Random) -> bytes:
    whole = bytearray(body)
    for _ in range(drawn.randint(1, 8)):
        if whole:
            whole[drawn.randrange(len(whole))] = drawn.randrange(256)
    return bytes(whole)


def _cut(body: bytes, drawn: random.Random) -> bytes:
    return body[: drawn.randrange(len(body) + 1)]


def _swapped(body: bytes, drawn: random.Random) -> bytes:
    """Some words of it for others that the reader may stumble over."""
    pairs = [(b"null", b"NaN"), (b"1", b"1e999"), (b'"', b"'"), (b"{", b"{{"), (b"true", b"Infinity"), (b":", b": :")]
    old, new = drawn.choice([*pairs, (b'"id"', b'"id": 3, "id"'), (b"\\u", b"\\ud8"), (b",", b",,")])
    return body.replace(old, new, drawn.randint(1, 5))


_WAYS: Sequence[Callable[[bytes, random.Random], bytes]] = (*[_values] * 8, _bytes, _cut, _swapped)
