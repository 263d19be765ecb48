"""Pages of tasks: asked for by a filter, and in ever smaller pieces where the server cannot give a page whole.

A task that cannot be read even by itself is named to who wants to know; the others of its page come. While the server
does not answer at all, nothing is passed over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from labelqa.adapters.label_studio.client.transport import Transport, Unfit
from labelqa.adapters.label_studio.told import is_number, moment_of
from labelqa.errors import BadInput, LabelqaError, Unreachable
from labelqa.i18n import N_
from labelqa.records.servers import UnreadTask

Filter = tuple[str, str, str, Any]  # column, operator, type, value; what the server does not know it answers wrongly
BY_NUMBER: Final = "tasks:id"
BY_TIME: Final = "tasks:updated_at"
_PLAIN: Final = "id,updated_at"
_MOST: Final = 100  # questions about the pieces of one page that may fail before any is answered
_LONGEST: Final = 1800.0  # seconds for the pieces of one page; what fails later is passed over as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question for tasks; ``include`` names the columns of tasks and of their annotations."""

    project: int
    include: str
    order: str
    size: int
    filters: tuple[Filter, ...] = ()

    def words(self) -> dict[str, Any]:
        """The question as the server takes it."""
        items = [
            {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
            for column, operator, kind, value in self.filters
        ]
        query = {"filters": {"conjunction": "and", "items": items}, "ordering": [self.order]}
        told = {"project": self.project, "page": 1, "page_size": self.size, "query": json.dumps(query)}
        columns = {} if self.include == _PLAIN else {"fields": "all", "resolve_uri": "false"}
        return told | columns | {"include": self.include}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: the tasks, ``listed`` with those that could not be read; ``all`` when no other task fits the filter."""

    tasks: list[dict[str, Any]]
    listed: list[dict[str, Any]]
    all: bool


class Pages:
    """Asks one server for pages."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, asked: Asked, unread: list[UnreadTask] | None = None) -> Page:
        """A page; tasks that cannot be read are added to ``unread``, or without that list are an error."""
        try:
            return self._read(asked)
        except (Unreachable, Unfit) as error:
            try:
                plain = self._read(replace(asked, include=_PLAIN), once=True)
            except LabelqaError:  # it is not the tasks
                raise error from None
            found = self._pieces(asked, plain.listed, unread)
        place = {each["id"]: at for at, each in enumerate(plain.listed)}
        found.sort(key=lambda each: place.get(each["id"], len(place)))
        return Page(tasks=found, listed=plain.listed, all=plain.all)

    def chosen(
        self, asked: Asked, numbers: Sequence[int], unread: list[UnreadTask] | None = None
    ) -> list[dict[str, Any]]:
        """Of these tasks, those that are there."""
        found: list[dict[str, Any]] = []
        left = sorted(numbers)
        while left:
            page = self.page(replace(asked, order=BY_NUMBER, filters=(_among(left),)), unread)
            found += page.tasks
            last = page.listed[-1]["id"] if page.listed and not page.all else left[-1]
            left = [each for each in left if each > last]  # a server may cap its pages
        return found

    def _pieces(
        self, asked: Asked, listed: Sequence[dict[str, Any]], unread: list[UnreadTask] | None
    ) -> list[dict[str, Any]]:
        """The tasks of a page that failed, by halves down to single ones.

        The largest part comes first, so that little is passed over where failing takes too long. While nothing could be
        read, every second question is about the smallest part: that finds single tasks among many that cannot be read.
        """
        found: list[dict[str, Any]] = []
        left: list[UnreadTask] = []
        waiting, failed, began = _halves(listed), 0, time.monotonic()
        while waiting:
            waiting.sort(key=len)
            part = waiting.pop(0 if failed % 2 and not found else -1)
            try:
                found += self._part(asked, part)
            except (Unreachable, Unfit) as error:
                failed += 1
                self._answers(asked, part, error)
                if failed == _MOST and not found and not self._others(asked, listed):
                    raise
                if len(part) > 1 and time.monotonic() - began < _LONGEST:
                    waiting += _halves(part)
                    continue
                if unread is None:
                    raise
                left += [
                    UnreadTask(task=each["id"], updated_at=moment_of(each.get("updated_at")), why=error.message)
                    for each in part
                ]
        if unread is not None:
            unread += sorted(left, key=lambda each: each.task)
        return found

    def _part(self, asked: Asked, part: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        left = [each["id"] for each in part]
        while left:
            page = self._read(replace(asked, order=BY_NUMBER, filters=(_among(left),)), once=True)
            found += page.tasks
            had = {each["id"] for each in page.tasks}
            left = [each for each in left if each not in had] if had and not page.all else []
        return found

    def _answers(self, asked: Asked, part: Sequence[Mapping[str, Any]], error: LabelqaError) -> None:
        """Raise the error unless the server still answers a plain question about these tasks."""
        numbers = [each["id"] for each in part]
        try:
            self._read(replace(asked, include=_PLAIN, order=BY_NUMBER, filters=(_among(numbers),)), once=True)
        except LabelqaError:
            raise error from None

    def _others(self, asked: Asked, listed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether another task of the project can be read, the first or the last one."""
        rest: Filter = ("id", "not_in_list", "List", sorted(each["id"] for each in listed))
        for order in (BY_NUMBER, f"-{BY_NUMBER}"):
            with suppress(Unreachable, Unfit):
                return bool(self._read(replace(asked, order=order, size=1, filters=(rest,)), once=True).tasks)
        return False

    def _read(self, asked: Asked, *, once: bool = False) -> Page:
        told = self._transport.read("api/tasks/", asked.words(), once=once)
        found = told.get("tasks") if isinstance(told, dict) else None
        if not isinstance(found, list) or not all(
            isinstance(each, dict) and is_number(each.get("id")) for each in found
        ):
            raise BadInput(N_("{url} does not answer as a Label Studio server does"), url=self._transport.address)
        for each in found:
            each.setdefault("project", asked.project)  # the list leaves it out
        return Page(tasks=found, listed=found, all=told.get("total") == len(found) or not found)


def _among(numbers: Sequence[int]) -> Filter:
    return "id", "in_list", "List", sorted(numbers)


def _halves(part: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    middle = (len(part) + 1) // 2
    return [each for each in (part[:middle], part[middle:]) if each]


__all__ = ["BY_NUMBER", "BY_TIME", "Asked", "Filter", "Page", "Pages"]
