"""Plain text, lists and dicts as YAML that a person likes to read and that reads back exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from labelqa.rulebook.model import Bare

_WIDE: Final = 2**31  # never fold: a folded line would show as a change of the whole sentence
# Several lines are shown as a block only where no blank or odd line break could get lost.
_BLOCK: Final = re.compile(r"[^\s\ufeff][^\t\r\x85\u2028\u2029\ufeff]*\n[^\t\r\x85\u2028\u2029\ufeff]*")
_BREAKS: Final = re.compile("[\t\n\r\x85\u2028\u2029\ufeff]")
_TRAILING: Final = re.compile(r" $", re.MULTILINE)


def emit(tree: Any) -> str:
    """YAML text of a tree; the keys keep their order."""
    document = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(tree),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    text = yaml.emit(document, Dumper=yaml.SafeDumper, allow_unicode=True, width=_WIDE, line_break="\n")
    return str(text)


def _events(tree: Any) -> Iterator[yaml.Event]:
    if isinstance(tree, Mapping):
        yield yaml.MappingStartEvent(None, None, True, flow_style=not tree)
        for key, value in tree.items():
            yield _scalar(key)
            yield from _events(value)
        yield yaml.MappingEndEvent()
    elif isinstance(tree, list | tuple):
        yield yaml.SequenceStartEvent(None, None, True, flow_style=not tree)
        for value in tree:
            yield from _events(value)
        yield yaml.SequenceEndEvent()
    else:
        yield _scalar(tree)


def _scalar(text: str) -> yaml.ScalarEvent:
    if isinstance(text, Bare):
        return yaml.ScalarEvent(None, None, (True, False), str(text))
    if _BREAKS.search(text):
        block = _BLOCK.fullmatch(text) and not _TRAILING.search(text)
        return yaml.ScalarEvent(None, None, (False, True), text, style="|" if block else '"')
    return yaml.ScalarEvent(None, None, (_reads_as_text(text), True), text)


def _reads_as_text(text: str) -> bool:
    # ``no`` or ``1.0`` without quotes is text to labelqa, but not to other readers of YAML.
    resolver: Any = yaml.resolver.Resolver()
    return str(resolver.resolve(yaml.ScalarNode, text, (True, False))) == "tag:yaml.org,2002:str"
