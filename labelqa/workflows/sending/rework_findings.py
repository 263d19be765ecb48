"""What is odd about projects of returned work and about answers in them, each oddity one finding."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.errors import Message
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import UnreadTask
from labelqa.workflows.sending.rework_sent import ReworkProject
from labelqa.workflows.sending.rework_values import ReworkAnswer, own_line


def place_of(project: ReworkProject, each: ReworkAnswer) -> Place:
    """The answer itself; where its task is looked at is filled in by whoever knows the server's address."""
    return Place(subject=f"annotation:{project.server}/{project.project}/{each.task}/{each.annotation}")


def altered(place: Place, item: str) -> Finding:
    """The task is not as it was sent."""
    return finding(
        "rework-altered", "the task of item {item} is no longer as sent: what it shows, or whose it is, was altered on the "
        "server; the answer was not taken",
        mend=Message("ask who altered it and remove it on the server, then labelqa rework send sends the item anew"),
        place=place, item=item,
    )  # fmt: skip


def stranger(place: Place) -> Finding:
    """An answer in our project that is about nothing of it."""
    return finding(
        "rework-stranger", "an answer is about nothing that was sent into this project; it was not taken",
        mend=Message("tasks are sent by labelqa rework send; an item that somebody else has now is answered there"),
        severity=Severity.WARNING, place=place,
    )  # fmt: skip


def other_hand(place: Place, item: str) -> Finding:
    """Somebody else answered, or saved last."""
    return finding(
        "rework-other-hand", "item {item} was answered by an account that is not the one it was sent to; it was not taken",
        mend=Message("have it answered by whom it was sent to, from their own account"), place=place, item=item,
    )  # fmt: skip


def timeless(place: Place, item: str) -> Finding:
    """Nobody can say when."""
    return finding(
        "rework-no-time", "the answer to item {item} has no time that can be read; it was not taken",
        mend=Message("have it submitted again"), place=place, item=item,
    )  # fmt: skip


def missing(project: ReworkProject) -> Finding:
    """The server has the project no more."""
    return finding(
        "rework-gone", "project {project} with returned work of {batch} is not on {server} any more",
        mend=Message("send what is open again: labelqa rework send {batch}", {"batch": project.batch}),
        severity=Severity.WARNING, place=_there(project),
        project=project.project, batch=project.batch, server=project.server,
    )  # fmt: skip


def not_ours(project: ReworkProject, *, holds: bool = False) -> Finding:
    """The server has something else under its number, or (``holds``) ours with another description."""
    line = own_line(project.batch, project.person)
    mend = Message(
        "if it does, put the line {line} back into its description; else labelqa rework send {batch} makes a project anew",
        {"line": line, "batch": project.batch},
    )
    if holds:
        mend = Message(
            "tasks of ours are in it: put the line {line} back into its description, then labelqa rework send {batch}",
            {"line": line, "batch": project.batch},
        )
    return finding(
        "rework-not-ours",
        "project {project} on {server} does not say that it holds returned work of {batch}: it was neither read nor changed",
        mend=mend, place=_there(project), project=project.project, batch=project.batch, server=project.server,
    )  # fmt: skip


def unread(project: ReworkProject, why: Message) -> Finding:
    """A project that the server does not give, or whose key is not here."""
    return finding(
        "rework-unread", "project {project} with returned work of {batch} on {server} was not read: {why}",
        mend=Message("put that right and repeat labelqa rework collect; nothing is lost by it"),
        place=_there(project), project=project.project, batch=project.batch, server=project.server, why=why,
    )  # fmt: skip


def lost(project: ReworkProject, tasks: Sequence[UnreadTask]) -> Finding:
    """Tasks that the server does not give while it gives others."""
    first = min(tasks, key=lambda each: each.task)
    return finding(
        "rework-task-unread",
        "{n} {n:task|tasks} of project {project} with returned work of {batch} on {server} could not be read, task {task} the "
        "first: {why}",
        mend=Message("the rest was read, and the project stays open: see why the server cannot give them, and repeat "
                     "labelqa rework collect"),
        place=_there(project), n=len(tasks), project=project.project, batch=project.batch, server=project.server,
        task=first.task, why=first.why,
    )  # fmt: skip


def unclosed(project: ReworkProject, why: Message) -> Finding:
    """A project that the server does not let be changed."""
    return finding(
        "rework-unclosed",
        "nothing is open any more in project {project} with returned work of {batch} on {server}, but it could not be closed: {why}",
        mend=Message("what is in it was taken all the same; put that right and repeat labelqa rework collect"),
        severity=Severity.WARNING, place=_there(project),
        project=project.project, batch=project.batch, server=project.server, why=why,
    )  # fmt: skip


def _there(project: ReworkProject) -> Place:
    return Place(subject=f"project:{project.server}/{project.project}")
