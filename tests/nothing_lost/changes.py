"""Random changes on a Label Studio server, and what is true there after them, kept by the one who makes them.

The same seed makes the same changes. Nothing of labelqa decides here what is true but the codec, which reads results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, NamedTuple, Protocol

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config

LABELS: Final = ("accept", "reject", "unsure", "拒绝")
CONFIG: Final = f"""<View>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="single">{"".join(f'<Choice value="{each}"/>' for each in LABELS)}</Choices>
  <TextArea name="note" toName="text"/>
</View>"""
SPECS: Final = {each.name: each for each in read_config(CONFIG)[0]}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# How often each change is made; most of what people do is to label, some of it nobody tells of.
WEIGHTS: Final = {
    "annotate": 40, "edit": 22, "touch": 6, "skip": 5, "crown": 4, "delete": 6, "delete_task": 2, "add_tasks": 5,
    "import_annotated": 3, "to_draft": 3, "remove_duplicates": 1, "delete_person": 0.4,
}  # fmt: skip


class Version(NamedTuple):
    """An annotation as it was at one moment; ``at`` in microseconds since 1970."""

    annotation: int
    at: int
    item: str
    account: str  # whose it is, though the server may have forgotten
    value: str
    skipped: bool
    ground_truth: bool


class Site(Protocol):
    """A server, as the people on it use it; tasks and annotations are as its export has them."""

    def put_tasks(self, project: int, rows: list[dict[str, Any]]) -> list[int]: ...
    def annotate(self, task: int, result: list[dict[str, Any]], *, by: int, **more: Any) -> int: ...
    def edit(self, annotation: int, *, by: int, **changes: Any) -> None: ...
    def remove_annotations(self, *annotations: int) -> None: ...
    def to_draft(self, annotation: int) -> None: ...
    def remove_tasks(self, *tasks: int) -> None: ...
    def remove_duplicates(self, project: int) -> None: ...
    def user(self, email: str) -> int: ...
    def remove_user(self, user: int, *, deleted: bool) -> None: ...
    def whole(self, tasks: Iterable[int]) -> Iterator[dict[str, Any]]: ...
    def everything(self, project: int) -> Iterator[dict[str, Any]]: ...


@dataclass
class Changing:
    """Makes changes one at a time and keeps every version of every annotation that there ever was."""

    site: Site
    project: int
    rng: Random
    people: list[int]
    versions: set[Version] = field(default_factory=set)
    made: list[str] = field(default_factory=list)  # the changes by name
    moved: list[tuple[int, ...]] = field(default_factory=list)  # and the tasks whose time each of them moved
    unseen: set[int] = field(default_factory=set)  # answers of deleted people that nobody had looked at before
    _seen: set[int] = field(default_factory=set)
    _since: set[int] = field(default_factory=set)  # made since the last look began
    _moved_unsaid: set[int] = field(
        default_factory=set
    )  # moved to a task whose time did not move, since the last sweep
    _tasks: dict[int, dict[str, Any]] = field(default_factory=dict)  # as last seen
    _where: dict[int, int] = field(default_factory=dict)
    _whose: dict[int, int] = field(default_factory=dict)
    _count: int = 0

    def change(self) -> str:
        """One change; its name."""
        possible = {name: weight for name, weight in WEIGHTS.items() if self._possible(name)}
        (name,) = self.rng.choices(list(possible), list(possible.values()))
        act: Callable[[], Iterable[int]] = getattr(self, f"_{name}")
        self._look(act())
        self.made.append(name)
        return name

    def now(self) -> dict[int, Version]:
        """What is there now, asked of the server itself, every task of it."""
        found = {each.annotation: each for task in self.site.everything(self.project) for each in self._versions(task)}
        assert found.keys() == self._where.keys(), "the one who changes has lost count"
        return found

    def looking(self, *, sweeping: bool) -> None:
        """Somebody begins to look at what is there; what went to another task unsaid only a sweep finds."""
        self._since.clear()
        if sweeping:
            self._moved_unsaid.clear()

    def looked(self) -> None:
        """All that could be seen when the look began was looked at: from now on it is known whose it is."""
        self._seen.update(self._where.keys() - self.unseen - self._since - self._moved_unsaid)

    def tasks_now(self) -> set[int]:
        """The tasks that are there."""
        return set(self._tasks)

    # ---- what is changed; each says which tasks it touched

    def _possible(self, name: str) -> bool:
        if name in ("add_tasks", "import_annotated"):
            return len(self._tasks) < 4_000
        if name in ("annotate", "skip", "delete_task", "remove_duplicates"):
            return bool(self._tasks)
        return len(self.people) > 3 if name == "delete_person" else bool(self._where)

    def _annotate(self) -> list[int]:
        task, by = self._some(self._tasks), self._some(self.people)
        self._new(self.site.annotate(task, self._result(), by=by), by)
        return [task]

    def _skip(self) -> list[int]:
        task, by = self._some(self._tasks), self._some(self.people)
        self._new(self.site.annotate(task, [], by=by, was_cancelled=True), by)
        return [task]

    def _edit(self) -> list[int]:
        annotation = self._some(self._where)
        self.site.edit(annotation, by=self._some(self.people), result=self._result(), was_cancelled=False)
        return [self._where[annotation]]

    def _touch(self) -> list[int]:
        annotation = self._some(self._where)
        self.site.edit(annotation, by=self._some(self.people), result=self._there(annotation)["result"])
        return [self._where[annotation]]

    def _crown(self) -> list[int]:
        annotation = self._some(self._where)
        self.site.edit(annotation, by=self._some(self.people), ground_truth=True)
        return [self._where[annotation]]

    def _delete(self) -> list[int]:
        annotation = self._some(self._where)
        self.site.remove_annotations(annotation)
        return [self._where[annotation]]

    def _to_draft(self) -> list[int]:
        annotation = self._some(self._where)
        self.site.to_draft(annotation)
        return [self._where[annotation]]

    def _delete_task(self) -> list[int]:
        task = self._some(self._tasks)
        self.site.remove_tasks(task)
        return [task]

    def _add_tasks(self) -> list[int]:
        rows = [{"data": self._data()} for _ in range(self.rng.randint(1, 12))]
        return self.site.put_tasks(self.project, rows)

    def _import_annotated(self) -> list[int]:
        rows = []
        for _ in range(self.rng.randint(1, 3)):
            by = self.rng.sample(self.people, self.rng.randint(1, 2))
            given = [{"result": self._result(), "completed_by": each} for each in by]
            for each in given:
                if self.rng.random() < 0.5:
                    each["ground_truth"] = False
            rows.append({"data": self._data(), "annotations": given})
        made = self.site.put_tasks(self.project, rows)
        for task in self.site.whole(made):
            for each in task["annotations"]:  # an import gives numbers again
                self._new(each["id"], _whose(each))
                self._seen.discard(each["id"])
                self.unseen.discard(each["id"])
        return made

    def _remove_duplicates(self) -> list[int]:
        before = list(self._tasks)
        self.site.remove_duplicates(self.project)
        return before

    def _delete_person(self) -> list[int]:
        gone = self._some(self.people)
        self.people.remove(gone)
        self._count += 1
        self.people.append(self.site.user(f"new-{self._count}@example.com"))
        self.unseen.update(each for each in self._where if self._whose[each] == gone and each not in self._seen)
        self.site.remove_user(gone, deleted=True)
        return []

    # ---- what came of it

    def _look(self, tasks: Iterable[int]) -> None:
        """Look at these tasks again, and keep every version that is new."""
        wanted = sorted(set(tasks))
        there = {task["id"]: task for task in self.site.whole(wanted)}
        before = {task: self._tasks.pop(task, {}) for task in wanted}
        self.moved.append(tuple(n for n in there if there[n]["updated_at"] != before[n].get("updated_at")))
        was = {
            each["id"]: self._where.pop(each["id"], 0) for old in before.values() for each in old.get("annotations", ())
        }
        for number, task in there.items():
            self._tasks[number] = task
            self._where.update((each["id"], number) for each in task["annotations"])
            self._moved_unsaid.update(
                each["id"] for each in task["annotations"] if was.get(each["id"], number) != number
            )
            self.versions.update(self._versions(task))

    def _versions(self, task: Mapping[str, Any]) -> Iterator[Version]:
        for each in task["annotations"]:
            account = _whose(each) or self._whose[each["id"]]
            yield version(each, task["data"]["key"], str(account))

    def _new(self, annotation: int, by: int) -> None:
        self._whose[annotation] = by
        self._since.add(annotation)

    def _there(self, annotation: int) -> dict[str, Any]:
        task = self._tasks[self._where[annotation]]
        found: dict[str, Any] = next(each for each in task["annotations"] if each["id"] == annotation)
        return found

    def _some(self, of: Iterable[int]) -> int:
        return self.rng.choice(sorted(of))

    def _data(self) -> dict[str, Any]:
        """A new item, or now and then one that is there already, as when a file is imported twice."""
        if self._tasks and self.rng.random() < 0.15:
            return dict(self._tasks[self._some(self._tasks)]["data"])
        self._count += 1
        return {"key": f"q-{self._count:05}", "text": f"第 {self._count} 句"}

    def _result(self) -> list[dict[str, Any]]:
        """An answer that no other has, so that none is taken for another."""
        self._count += 1
        label, note = self.rng.choice(LABELS), f"note {self._count}"
        told = [("label", "choices", {"choices": [label]}), ("note", "textarea", {"text": [note]})]
        return [
            {"id": f"r{self._count}{name[0]}", "from_name": name, "to_name": "text", "type": kind, "value": value, "origin": "manual"}
            for name, kind, value in told
        ]  # fmt: skip


def version(annotation: Mapping[str, Any], item: str, account: str) -> Version:
    """An annotation as the server tells it."""
    skipped = annotation["was_cancelled"]
    value = "{}" if skipped else decode(annotation["result"], specs=SPECS).value
    at = (datetime.fromisoformat(annotation["updated_at"]) - _EPOCH) // timedelta(microseconds=1)
    return Version(annotation["id"], at, item, account, value, skipped, annotation["ground_truth"])


def _whose(annotation: Mapping[str, Any]) -> int:
    told = annotation["completed_by"]
    return int(told["id"] if isinstance(told, dict) else told or 0)
