"""A server as pushing a release needs it: its forms read, its annotations counted, its project settings changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.codec import RELATIONS
from labelqa.adapters.label_studio.config import read_config
from labelqa.records.annotation import ControlSpec
from labelqa.records.servers import ServerProject


class Forming:
    """The server behind a push; ``tell`` hears how many tasks were read."""

    def __init__(self, reads: Reading, writes: Writing, *, tell: Callable[[int], None] = lambda _more: None) -> None:
        self._reads, self._writes, self._tell = reads, writes, tell

    def project(self, number: int) -> ServerProject:
        """A project as it is now."""
        return self._reads.project(number)

    def projects(self) -> Iterable[ServerProject]:
        """Every project that our account sees."""
        return self._reads.projects()

    def controls(self, config: str) -> tuple[ControlSpec, ...]:
        """What a form asks for; a project that was never set up asks for nothing."""
        return read_config(config)[0] if config.strip() else ()

    def usage(self, project: int) -> dict[str, Counter[str]]:
        """How many annotations use each control ("") and label: all of the project's tasks are read.

        The server's own summary is not asked, as imports make it forget.
        """
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        after = 0
        while tasks := self._reads.tasks(project, after=after):
            after = tasks[-1]["id"]
            for task in tasks:
                for each in _dicts(task.get("annotations")):
                    for control, label in used(each.get("result")):
                        found[control][label] += 1
            self._tell(len(tasks))
        return found

    def create_project(self, *, title: str, config: str, instruction: str) -> int:
        """A new project."""
        return self._writes.create_project(title=title, config=config, instruction=instruction)

    def update_project(self, project: int, *, config: str, instruction: str) -> datetime:
        """Set form and instruction, and show the instruction; gives the time of the server's clock."""
        return self._writes.update_project(
            project, label_config=config, expert_instruction=instruction, show_instruction=bool(instruction)
        )


def used(result: Any) -> set[tuple[str, str]]:
    """The controls and labels of one answer, each once; "" is the control itself. Strange parts say nothing.

    >>> sorted(used([{"from_name": "kind", "type": "choices", "value": {"choices": ["good"]}}]))
    [('kind', ''), ('kind', 'good')]
    """
    found: set[tuple[str, str]] = set()
    for each in _dicts(result):
        control = RELATIONS if each.get("type") == "relation" else each.get("from_name")
        if isinstance(control, str):
            found.add((control, ""))
            found.update((control, label) for label in _labels(each))
    return found


def _labels(each: Mapping[str, Any]) -> Iterator[str]:
    kind, value = each.get("type"), each.get("value")
    if kind == "relation":
        told = each.get("labels")
    elif isinstance(value, dict):
        told = value.get("selected") if kind == "pairwise" else value.get(str(kind))
    else:
        return
    if isinstance(told, dict):  # the buckets of a ranking that hold something
        told = [name for name, held in told.items() if held]
    for one in [told] if isinstance(told, str) else told if isinstance(told, list) else ():
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):  # a path of a taxonomy
            yield "/".join(str(part) for part in one)


def _dicts(told: Any) -> Iterator[dict[str, Any]]:
    return (each for each in told if isinstance(each, dict)) if isinstance(told, list) else iter(())
