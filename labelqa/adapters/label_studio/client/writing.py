"""Everything that is changed on a server: projects, tasks, annotations, webhooks. Each change is sent once.

It goes through label-studio-sdk, whose requests leave by our own transport: signed there, and with faults as sentences
there. Nothing is sent again by itself, for the server may have done it; nothing is read here but what a change answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import httpx

from labelqa.adapters.label_studio.client.transport import AlreadyThere, Transport
from labelqa.errors import BadInput, Refused
from labelqa.i18n import N_

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

PART: Final = 500  # tasks of one import
_TITLE: Final = (3, 50)  # characters that a project's title may have
_NOT_OURS: Final = "-"  # the SDK wants a token; the transport puts the real one in its place


class Writing:
    """The writing side of a server; one thread at a time. Methods raise Refused, BadInput, NotThere or Unreachable."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._http = httpx.Client(transport=_Leaving(transport), trust_env=False, follow_redirects=False)
        self._made: LabelStudio | None = None

    def close(self) -> None:
        """Let go of what the SDK holds; the transport is its owner's."""
        self._http.close()

    def create_project(
        self, *, title: str, config: str, instruction: str = "", settings: Mapping[str, Any] | None = None
    ) -> int:
        """A new project with its form, and its instruction shown where there is one; gives its number."""
        shortest, longest = _TITLE
        if not shortest <= len(title) <= longest:
            raise BadInput(
                N_("a project's title has 3 to 50 characters, this one {n}: {title}"), title=title, n=len(title)
            )
        told = {
            "title": title, "label_config": config, "expert_instruction": instruction,
            "show_instruction": bool(instruction), **(settings or {}),
        }  # fmt: skip
        with self._sdk() as sdk:
            return self._number(sdk.projects.create(request_options=_body(told)).id)

    def update_project(self, project: int, **changes: Any) -> datetime:
        """Change settings of a project, by the server's names for them; gives the server's time of its answer."""
        with self._sdk() as sdk:
            answer = sdk.projects.with_raw_response.update(project, request_options=_body(changes))
            self._number(answer.data.id)
        return self._time(answer.headers.get("date", ""))

    def delete_project(self, project: int) -> None:
        """Remove a project with all that is in it."""
        with self._sdk() as sdk:
            sdk.projects.delete(project)

    def import_tasks(self, project: int, tasks: Sequence[Mapping[str, Any]]) -> list[int]:
        """Put tasks into a project, 500 at a time; gives their numbers in the order of the tasks.

        Said twice, they are there twice: whoever calls looks first which are there by their meta.
        """
        numbers: list[int] = []
        with self._sdk() as sdk:
            for start in range(0, len(tasks), PART):
                part: list[Any] = [dict(each) for each in tasks[start : start + PART]]
                answer = sdk.projects.import_tasks(project, request=part, return_task_ids=True)
                made = getattr(answer, "task_ids", None)
                if not isinstance(made, list) or len(made) != len(part):
                    raise self._strange()
                numbers += map(self._number, made)
        return numbers

    def annotate(
        self, task: int, result: list[dict[str, Any]], *, unique_id: str, completed_by: int | None = None
    ) -> int:
        """Put an annotation on a task, once for each UUID; gives its number, also when it was there already.

        Without ``completed_by`` it is ours. Refused where the UUID is taken by an annotation of another task.
        """
        told: dict[str, Any] = {"result": result, "unique_id": unique_id}
        if completed_by is not None:
            told["completed_by"] = completed_by
        try:
            with self._sdk() as sdk:
                return self._number(sdk.annotations.create(task, request_options=_body(told)).id)
        except AlreadyThere:
            return self._annotated(task, unique_id)

    def delete_task(self, task: int) -> None:
        """Remove a task with its annotations."""
        with self._sdk() as sdk:
            sdk.tasks.delete(str(task))

    def hooks(self, project: int) -> list[dict[str, Any]]:
        """The webhooks of a project as the server has them, the values of their headers among that: never shown."""
        told = self.transport.read("api/webhooks/", {"project": project})
        if not isinstance(told, list):  # none would mean that one is to be made
            raise self._strange()
        return [each for each in _dicts(told) if each.get("project") == project]

    def create_hook(
        self, project: int, *, url: str, actions: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A new webhook for the actions named; gives it as the server has it. The same address is taken twice."""
        told = {"project": project, "url": url, **_sending(actions), "headers": dict(headers or {})}
        with self._sdk() as sdk:
            made = self._number(sdk.webhooks.create(url=url, request_options=_body(told)).id)
        return self._hook(made)

    def update_hook(
        self, hook: int, *, url: str, actions: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Set a webhook right and switch it on; the headers stay when none are given.

        Address and actions are always sent along, as the server forgets actions that are left out.
        """
        told = {"url": url, **_sending(actions), **({"headers": dict(headers)} if headers is not None else {})}
        with self._sdk() as sdk:
            sdk.webhooks.update(hook, request_options=_body(told))
        return self._hook(hook)

    def delete_hook(self, hook: int) -> None:
        """Remove a webhook."""
        with self._sdk() as sdk:
            sdk.webhooks.delete(hook)

    @contextmanager
    def _sdk(self) -> Iterator[LabelStudio]:
        """The SDK, loaded when it is first needed; an answer that it cannot read becomes a sentence."""
        if self._made is None:
            if find_spec("label_studio_sdk") is None:
                raise Refused(
                    N_("writing to a server needs the extra label-studio: pip install 'labelqa[label-studio]'")
                )
            from label_studio_sdk import LabelStudio

            self._made = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.transport.address, api_key=_NOT_OURS, max_retries=0, httpx_client=self._http
            )
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield self._made
        except (ApiError, AttributeError, TypeError, ValueError, RecursionError):  # its words hold headers and bodies
            raise self._strange() from None

    def _annotated(self, task: int, unique_id: str) -> int:
        """The number of a task's annotation by its UUID, which the server tells in exports only."""
        told = self.transport.read(f"api/tasks/{task}/", {"include": "id,project"})
        project = told.get("project") if isinstance(told, dict) else None
        asked = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": task}
        for each in _dicts(self.transport.read(f"api/projects/{self._number(project)}/export", asked)):
            for one in _dicts(each.get("annotations")):
                if one.get("unique_id") == unique_id:
                    return self._number(one.get("id"))
        raise Refused(N_("{url} has an annotation {unique_id} already, on another task than {task}"),
                      url=self.transport.address, unique_id=unique_id, task=task)  # fmt: skip

    def _hook(self, hook: int) -> dict[str, Any]:
        told = self.transport.read(f"api/webhooks/{hook}/")
        if not isinstance(told, dict):
            raise self._strange()
        return told

    def _number(self, told: Any) -> int:
        if isinstance(told, int) and not isinstance(told, bool):
            return told
        raise self._strange()

    def _time(self, told: str) -> datetime:
        try:
            return parsedate_to_datetime(told).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._strange() from None

    def _strange(self) -> BadInput:
        return BadInput(N_("{url} does not answer as a Label Studio server does"), url=self.transport.address)


class _Leaving(httpx.BaseTransport):
    """How the SDK's requests leave: by our transport, which signs them; what is no success never reaches the SDK."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = str(request.url).removeprefix(self._transport.address).lstrip("/")
        answer = self._transport.write(request.method, path, request.read())
        headers = {"Content-Type": "application/json", "Date": answer.date}
        return httpx.Response(answer.status, headers=headers, content=answer.body)


def _body(told: Mapping[str, Any]) -> Any:
    return {"additional_body_parameters": dict(told)}


def _sending(actions: Sequence[str]) -> dict[str, Any]:
    """Never all actions: on some servers one of them breaks the making of labels."""
    return {"actions": list(actions), "send_for_all_actions": False, "send_payload": True, "is_active": True}


def _dicts(told: Any) -> list[dict[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
