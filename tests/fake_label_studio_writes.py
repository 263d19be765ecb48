"""The writing side of the stand-in of a Label Studio server, as a program meets it over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import httpx

from tests.fake_label_studio_changes import ACTIONS, Changes, stamp

_HOST = re.compile(r"https?://(localhost|\[[0-9a-f:]+\]|[\w-]+(\.[\w-]+)+)(:\d+)?(/.*)?")
_PRIVATE = re.compile(r"https?://(localhost|127\.|10\.|192\.168\.|\[::1\])")
_FIELD = re.compile(r"\$(\w+)")


class Writes(Changes):
    """POST, PATCH and DELETE."""

    ssrf: bool  # whether webhooks to private addresses are refused
    remove_user: Callable[..., None]
    _unique: dict[str, int]  # UUID that a program gave -> annotation

    def _write(self, request: httpx.Request, name: str, by: int) -> httpx.Response | None:
        """The answer to a change; None where the stand-in knows none of that name."""
        parts, told = name.split("/"), json.loads(request.content) if request.content else {}
        words = [each for each in parts if not each.isdigit()]
        number = next((int(each) for each in parts if each.isdigit()), 0)
        there = {"projects": self.projects, "tasks": self.tasks, "annotations": self._where, "webhooks": self.hooks}
        if number and number not in there.get(parts[0], {number: None}):
            return gone(parts[0].removesuffix("s").title())
        known = {
            "POST projects": lambda: self._new_project(told),
            "PATCH projects": lambda: self._patch_project(number, told),
            "DELETE projects": lambda: done(self.remove_project(number)),
            "DELETE projects tasks": lambda: done(self.empty_project(number)),
            "POST projects import": lambda: self._import(request, number, told),
            "POST tasks": lambda: self._new_task(told),
            "PATCH tasks": lambda: self._patch_task(number, told),
            "DELETE tasks": lambda: done(self.remove_tasks(number)),
            "POST tasks annotations": lambda: self._new_annotation(number, told, by),
            "PATCH annotations": lambda: self._patch_annotation(number, told, by),
            "DELETE annotations": lambda: done(self.remove_annotations(number)),
            "POST annotations convert-to-draft": lambda: self._drafted(number),
            "POST predictions": lambda: httpx.Response(201, json={"id": self.predict(told["task"], told["result"])}),
            "POST dm actions": lambda: self._action(request.url.params["id"], told, by),
            "POST webhooks": lambda: self._new_hook(told),
            "PATCH webhooks": lambda: self._patch_hook(number, told),
            "DELETE webhooks": lambda: done(self.hooks.pop(number)),
            "DELETE users": lambda: done(self.remove_user(number, deleted=True)),
        }
        asked = known.get(f"{request.method} {' '.join(words)}")
        return asked() if asked is not None else None

    # ---- projects

    def _new_project(self, told: dict[str, Any]) -> httpx.Response:
        if (refusal := _bad_project(told)) is not None:
            return refusal
        more = {name: value for name, value in told.items() if name not in {"title", "label_config"}}
        number = self.project(told["title"], told.get("label_config", "<View/>"), **more)
        return httpx.Response(201, json=self.told_project(number))

    def _patch_project(self, project: int, told: dict[str, Any]) -> httpx.Response:
        if (refusal := _bad_project(self.projects[project] | told)) is not None:
            return refusal
        config = told.get("label_config", "").strip()
        if config:
            told = told | {"label_config": config}
            tags = {(each.get("name"), each.get("toName")) for each in ET.fromstring(config).iter()}  # noqa: S314
            used = {
                (one["from_name"], one["to_name"], one.get("type"))
                for task in self._of(project) for each in task["annotations"] for one in each["result"]
                if "from_name" in one and one.get("type") != "pairwise"
            }  # fmt: skip
            lost = [each for each in sorted(used) if each[:2] not in tags]
            if lost:  # a label that is used may vanish, a control may not
                shown = "\n".join(f"1 with from_name={a}, to_name={b}, type={c}" for a, b, c in lost)
                said = "Created annotations are incompatible with provided labeling schema, we found:\n" + shown
                return httpx.Response(400, json={"label_config": [said]})
        self.change_project(project, **told)
        return httpx.Response(200, json=self.told_project(project))

    # ---- tasks

    def _import(self, request: httpx.Request, project: int, rows: list[dict[str, Any]]) -> httpx.Response:
        wanted = set(_FIELD.findall(self.projects[project]["label_config"]))
        for at, row in enumerate(rows):
            if missing := sorted(wanted - set(row["data"])):
                said = f'Error at item {at}: "{missing[0]}" key is expected in task data'
                return wrong(non_field_errors=[said])
            for each in row.get("annotations", ()):
                if each.get("completed_by", 1) not in {user["id"] for user in self.users}:
                    return wrong(non_field_errors=["Unknown annotator's email"])
        made = self.put_tasks(project, rows)
        ids = {"task_ids": made} if request.url.params.get("return_task_ids") == "true" else {}
        return httpx.Response(201, json={"task_count": len(made), "annotation_count": 0, "prediction_count": 0, **ids})

    def _new_task(self, told: dict[str, Any]) -> httpx.Response:
        number = self.task(told["project"], told["data"], meta=told.get("meta", {}))
        return httpx.Response(201, json=self._task_told(number))

    def _patch_task(self, task: int, told: dict[str, Any]) -> httpx.Response:
        self.change_task(task, **{name: told[name] for name in ("data", "meta", "overlap") if name in told})
        return httpx.Response(200, json=self._task_told(task))

    def _action(self, action: str, told: dict[str, Any], by: int) -> httpx.Response:
        project, chosen = told["project"], told["selectedItems"]
        tasks = [each["id"] for each in self._of(project)] if chosen["all"] else chosen["included"]
        given = [each["id"] for task in tasks for each in self.tasks[task]["annotations"]]
        match action:
            case "delete_tasks" if tasks:
                self.remove_tasks(*tasks)
            case "delete_tasks_annotations" if given:
                self.remove_annotations(*given)
            case "remove_duplicates":
                self.remove_duplicates(project)
            case "predictions_to_annotations":
                self.predictions_to_annotations(project, by=by)
        return httpx.Response(200, json={"response_code": 200})

    # ---- annotations

    def _new_annotation(self, task: int, told: dict[str, Any], by: int) -> httpx.Response:
        if (unique := told.get("unique_id")) is not None:
            try:
                UUID(unique)
            except ValueError:
                return httpx.Response(500, json={"detail": f"['“{unique}” is not a valid UUID.']"})
            if self._unique.get(unique) in self._where:
                return httpx.Response(409, json={"detail": "Annotation with this unique id already exists"})
        if isinstance(told.get("result"), str):
            return httpx.Response(500, json={"detail": 'annotation "result" can\'t be parse from str to JSON'})
        on_behalf = told.get("completed_by", by)
        if on_behalf not in {each["id"] for each in self.users}:
            return wrong(completed_by=[f'Invalid pk "{on_behalf}" - object does not exist.'])
        more = {name: value for name, value in told.items() if name not in {"result", "completed_by", "project"}}
        number = self.annotate(task, told["result"], by=on_behalf, **{"lead_time": None, "updated_by": by} | more)
        self._unique[told.get("unique_id", "")] = number
        return httpx.Response(201, json=shown(self._annotation_told(number)))

    def _patch_annotation(self, annotation: int, told: dict[str, Any], by: int) -> httpx.Response:
        self.edit(annotation, **told | {"by": by})
        return httpx.Response(200, json=shown(self._annotation_told(annotation)))

    def _drafted(self, annotation: int) -> httpx.Response:
        self.to_draft(annotation)
        return httpx.Response(201, json={"id": self._next("draft")})

    # ---- webhooks

    def _new_hook(self, told: dict[str, Any]) -> httpx.Response:
        if told.get("project") not in self.projects:
            return httpx.Response(404, json={"detail": "Project not found."})
        if (refusal := self._bad_hook(told)) is not None:
            return refusal
        more = {name: value for name, value in told.items() if name not in {"project", "url", "actions"}}
        number = self.hook(told["project"], url=told["url"], actions=tuple(told.get("actions", ())), **more)
        return httpx.Response(201, json=self.hooks[number])

    def _patch_hook(self, hook: int, told: dict[str, Any]) -> httpx.Response:
        if (refusal := self._bad_hook(told)) is not None:
            return refusal
        self.hooks[hook].update({"actions": []} | told | {"updated_at": stamp(self.tick())})  # actions are forgotten
        return httpx.Response(200, json=self.hooks[hook])

    def _bad_hook(self, told: dict[str, Any]) -> httpx.Response | None:
        url = told.get("url")
        if url is not None and not _HOST.fullmatch(url):
            return wrong(url=["Enter a valid URL."])
        if url is not None and self.ssrf and _PRIVATE.match(url):
            said = "URL resolves to a reserved network address (block: 127.0.0.0/8)"
            return httpx.Response(403, json={"detail": said})
        if len(told.get("headers") or {}) > 10:
            return wrong(headers=["failed JSON schema check"])
        strange = set(told.get("actions", ())) - set(ACTIONS)
        return wrong(actions=[f'"{min(strange)}" is not a valid choice.']) if strange else None


def _bad_project(told: dict[str, Any]) -> httpx.Response | None:
    title = told.get("title", "")
    if not 3 <= len(title) <= 50:
        return wrong(title=["Ensure this field has no more than 50 characters."])
    try:
        tags = list(ET.fromstring(told.get("label_config", "<View/>")).iter())  # noqa: S314
    except ET.ParseError as error:
        return httpx.Response(400, json={"detail": str(error)})
    names = [each.get("name") for each in tags if each.get("name")]
    for each in tags:
        for target in (each.get("toName") or "").split(",") if each.get("toName") else ():
            if target not in names:
                return wrong(label_config=[f'toName="{target}" not found in names: {names}'])
    return None


def shown(annotation: dict[str, Any]) -> dict[str, Any]:
    """An annotation as the API shows it: its UUID is told in exports and webhooks only."""
    return {name: value for name, value in annotation.items() if name != "unique_id"}


def done(_result: object) -> httpx.Response:
    """The answer to what leaves nothing to say."""
    return httpx.Response(204)


def gone(what: str) -> httpx.Response:
    """The answer where something is not there."""
    return httpx.Response(404, json={"status_code": 404, "detail": f"No {what} matches the given query."})


def wrong(**errors: list[str]) -> httpx.Response:
    """The answer to a request that does not fit."""
    told = {"status_code": 400, "detail": "Validation error", "exc_info": None, "validation_errors": errors}
    return httpx.Response(400, json=told)
