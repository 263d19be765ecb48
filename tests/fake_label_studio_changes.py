"""What people do on the stand-in of a Label Studio server, and what it then tells its webhooks: nothing, for several changes.

``deliver`` gets each webhook with the payload that the real server was seen to send it, inside the change, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

START = datetime(2026, 11, 16, 1, tzinfo=UTC)
ACTIONS = (
    "ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "TASKS_CREATED",
    "TASKS_DELETED", "PROJECT_UPDATED",
)  # fmt: skip
_OWN = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def stamp(moment: datetime) -> str:
    """A time as the server writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Changes:
    """The server's state and everything that changes it; the numbers of things that are gone are given again by imports alone."""

    now: datetime
    projects: dict[int, dict[str, Any]]
    tasks: dict[int, dict[str, Any]]
    users: list[dict[str, Any]]
    hooks: dict[int, dict[str, Any]]
    deliver: Callable[[dict[str, Any], dict[str, Any]], None] | None
    _numbers: dict[str, int]
    _where: dict[int, int]  # annotation -> its task

    def tick(self, seconds: float = 1) -> datetime:
        """Time passes on the server."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def _next(self, kind: str) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]

    # ---- projects and webhooks

    def project(self, title: str = "a project", config: str = "<View/>", **more: Any) -> int:
        """A new project; no webhook of Community hears of it."""
        number = self._next("project")
        self.projects[number] = {
            "id": number, "title": title, "label_config": config.strip(), "token": "shared-project-token",
            "expert_instruction": "", "show_instruction": False, "maximum_annotations": 1, "model_version": "",
            "show_collab_predictions": True, "created_at": stamp(self.now), "task_data_login": None,
            "task_data_password": "data-password",
        } | more  # fmt: skip
        return number

    def change_project(self, project: int, **changes: Any) -> None:
        """Settings of a project change; no task is touched."""
        self.tick()
        self.projects[project].update(changes)
        self._tell(project, "PROJECT_UPDATED")

    def remove_project(self, project: int) -> None:
        """A project goes with its tasks and webhooks; nothing is sent."""
        self.empty_project(project)
        del self.projects[project]
        self.hooks = {number: each for number, each in self.hooks.items() if each["project"] != project}

    def empty_project(self, project: int) -> None:
        """All tasks of a project go; nothing is sent."""
        for task in [each["id"] for each in self._of(project)]:
            self._drop(task)

    def hook(
        self, project: int, *, url: str = "http://127.0.0.1:9/", actions: tuple[str, ...] = ACTIONS, **more: Any
    ) -> int:
        """A new webhook; the same address may be there twice."""
        number, moment = self._next("hook"), stamp(self.tick())
        self.hooks[number] = {
            "id": number, "organization": 1, "project": project, "url": url, "send_payload": True,
            "send_for_all_actions": False, "headers": {}, "is_active": True, "actions": list(actions),
            "created_at": moment, "updated_at": moment,
        } | more  # fmt: skip
        return number

    def _tell(self, project: int, action: str, **told: Any) -> None:
        if self.deliver is None:
            return
        for each in self.hooks.values():
            heard = each["send_for_all_actions"] or action in each["actions"]
            if each["project"] != project or not each["is_active"] or not heard:
                continue
            body = {"action": action, **told, "project": self.projects[project]}
            self.deliver(each, json.loads(json.dumps(body)) if each["send_payload"] else {"action": action})

    # ---- tasks

    def task(self, project: int, data: dict[str, Any], **more: Any) -> int:
        """A new task, made by itself."""
        number = self._put(project, data, **more)
        self._tell(project, "TASKS_CREATED", tasks=[self._task_told(number)])
        return number

    def put_tasks(self, project: int, rows: list[dict[str, Any]]) -> list[int]:
        """Tasks come by an import, with annotations and predictions that no event tells of; duplicates are taken.

        An import counts on from the last task and the last annotation that are there, so it gives again the numbers of
        those that were last and are gone (on SQLite, the default; single ones get numbers that never were).
        """
        highest = dict(self._numbers)
        self._numbers |= {"task": max(self.tasks, default=0), "annotation": max(self._where, default=0)}
        made = []
        for row in rows:
            number = self._put(project, row["data"], meta=row.get("meta", {}))
            made.append(number)
            for each in row.get("predictions", ()):
                self.predict(number, each["result"], **{k: v for k, v in each.items() if k != "result"})
            for each in row.get("annotations", ()):
                given = {"ground_truth": True, "lead_time": None} | each | {"updated_by": None}
                by = given.pop("completed_by", 1)
                self._give(number, given.pop("result"), by=by, **given)
        self._numbers |= {kind: max(number, self._numbers[kind]) for kind, number in highest.items()}
        self._tell(project, "TASKS_CREATED", tasks=[self._task_told(each) for each in made])
        return made

    def change_task(self, task: int, **changes: Any) -> None:
        """Data or meta of a task are replaced; the task is touched and nothing is sent."""
        self.tasks[task].update(changes)
        self._touch(task)

    def remove_tasks(self, *tasks: int) -> None:
        """Tasks go, with annotations that get no event of their own."""
        project = self.tasks[tasks[0]]["project"]
        self.tick()
        for each in tasks:
            self._drop(each)
        self._tell(project, "TASKS_DELETED", tasks=[{"id": each} for each in tasks])

    def remove_duplicates(self, project: int) -> None:
        """Of tasks with the same data one stays, the first that has annotations; it gets those of the others untouched."""
        self.tick()
        same: dict[str, list[dict[str, Any]]] = {}
        for task in self._of(project):
            same.setdefault(json.dumps(task["data"], sort_keys=True), []).append(task)
        gone = []
        for tasks in same.values():
            kept = next((each for each in tasks if each["annotations"]), tasks[0])
            for task in tasks:
                if task is not kept:
                    self._where |= dict.fromkeys((each["id"] for each in task["annotations"]), kept["id"])
                    kept["annotations"] += task["annotations"]
                    task["annotations"] = []
                    gone.append(task["id"])
        for number in gone:
            self._drop(number)
        if gone:
            self._tell(project, "TASKS_DELETED", tasks=[{"id": each} for each in sorted(gone)])

    def predict(self, task: int, result: list[dict[str, Any]], **more: Any) -> int:
        """A prediction on a task, which is touched; nothing is sent."""
        number, moment = self._next("prediction"), self._touch(task)
        self.tasks[task]["predictions"].append(
            {"id": number, "result": result, "model_version": "", "score": None, "task": task, "created_at": moment}
            | more
        )
        return number

    def predictions_to_annotations(self, project: int, *, by: int = 1) -> None:
        """The action of that name: annotations of ours, told of all at once under singular names."""
        made = [
            self._give(task["id"], each["result"], by=by, parent_prediction=each["id"], updated_by=None, lead_time=None)
            for task in self._of(project)
            for each in task["predictions"]
        ]
        told = [self._annotation_told(each) for each in made]
        tasks = [self._task_told(each["task"]) for each in told]
        self._tell(project, "ANNOTATIONS_CREATED", annotation=told, task=tasks)

    # ---- annotations

    def annotate(self, task: int, result: list[dict[str, Any]], *, by: int = 2, **more: Any) -> int:
        """A new annotation; the task is touched."""
        number = self._give(task, result, by=by, **more)
        self._tell_of("ANNOTATION_CREATED", number)
        return number

    def skip(self, task: int, *, by: int = 2) -> int:
        """An annotation that is a skip."""
        return self.annotate(task, [], by=by, was_cancelled=True)

    def edit(self, annotation: int, *, by: int = 2, **changes: Any) -> None:
        """An annotation is saved again, changed or not; of ground truth there is one a task, the other loses it silently."""
        task, each = self.annotation(annotation)
        if changes.get("ground_truth"):
            for other in task["annotations"]:
                other["ground_truth"] = False
        each.update(changes, updated_by=by, updated_at=self._touch(task["id"], by=by))
        self._tell_of("ANNOTATION_UPDATED", annotation)

    def remove_annotations(self, *annotations: int) -> None:
        """Annotations go; their tasks are touched, and the event has nothing but their numbers."""
        project = self.annotation(annotations[0])[0]["project"]
        for each in annotations:
            self._take(each)
        self._tell(project, "ANNOTATIONS_DELETED", annotations=[{"id": each} for each in annotations])

    def to_draft(self, annotation: int) -> None:
        """An annotation becomes a draft: it is gone, the task is touched, and nothing is sent."""
        self._take(annotation)

    def annotation(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """An annotation's task and itself; KeyError when it is gone."""
        task = self.tasks[self._where[number]]
        return task, next(each for each in task["annotations"] if each["id"] == number)

    # ---- what is told

    def told_project(self, project: int) -> dict[str, Any]:
        """A project with its counts; secrets are in it as the real server puts them there."""
        mine = list(self._of(project))
        given = [each for task in mine for each in task["annotations"]]
        skipped = sum(each["was_cancelled"] for each in given)
        return self.projects[project] | {
            "task_number": len(mine), "total_annotations_number": len(given) - skipped,
            "skipped_annotations_number": skipped,
        }  # fmt: skip

    def _tell_of(self, action: str, annotation: int) -> None:
        if self.deliver is not None:
            told = self._annotation_told(annotation)
            self._tell(told["project"], action, annotation=told, task=self._task_told(told["task"]))

    def _annotation_told(self, number: int) -> dict[str, Any]:
        task, each = self.annotation(number)
        return each | {"task": task["id"], "project": task["project"], "result_count": len(each["result"])}

    def _task_told(self, number: int) -> dict[str, Any]:
        task = self.tasks[number]
        skipped = sum(each["was_cancelled"] for each in task["annotations"])
        return {name: value for name, value in task.items() if name not in {"annotations", "predictions"}} | {
            "total_annotations": len(task["annotations"]) - skipped, "cancelled_annotations": skipped,
            "total_predictions": len(task["predictions"]),
        }  # fmt: skip

    # ---- how it is kept

    def _of(self, project: int) -> Iterator[dict[str, Any]]:
        return (each for each in self.tasks.values() if each["project"] == project)

    def _put(self, project: int, data: dict[str, Any], **more: Any) -> int:
        number, moment = self._next("task"), stamp(self.tick())
        self.tasks[number] = {
            "id": number, "project": project, "data": data, "meta": {}, "created_at": moment, "updated_at": moment,
            "overlap": 1, "inner_id": number, "updated_by": None, "annotations": [], "predictions": [],
        } | more  # fmt: skip
        return number

    def _give(self, task: int, result: list[dict[str, Any]], *, by: int, **more: Any) -> int:
        number, moment = self._next("annotation"), self._touch(task, by=by)
        self._where[number] = task
        self.tasks[task]["annotations"].append(
            {
                "id": number, "result": result, "completed_by": by, "was_cancelled": False, "ground_truth": False,
                "created_at": moment, "updated_at": moment, "lead_time": 4.5, "updated_by": by,
                "unique_id": str(uuid5(_OWN, str(number))), "parent_prediction": None,
            } | more
        )  # fmt: skip
        return number

    def _take(self, annotation: int) -> None:
        task, each = self.annotation(annotation)
        task["annotations"].remove(each)
        del self._where[annotation]
        self._touch(task["id"])

    def _drop(self, task: int) -> None:
        for each in self.tasks.pop(task)["annotations"]:
            self._where.pop(each["id"], None)

    def _touch(self, task: int, *, by: int | None = None) -> str:
        moment = stamp(self.tick())
        self.tasks[task].update(updated_at=moment, **({} if by is None else {"updated_by": by}))
        return moment
