"""A rulebook release becomes the form and the instruction of a project on a server, and binds what is labelled there from then on.

A server takes away labels that annotations use without a word; here that needs a reason, which is recorded with the
labels. Where the record does not say what the server has, as after an interrupted push, everything that is in use is looked
at. Nothing is recorded of what the server refused, and no annotation is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.annotation import ControlKind, ControlSpec
from labelqa.records.facts import Draft, Fact, ReleasePushed
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import ServerProject
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.made_projects import made_role
from labelqa.workflows.servers.bindings import latest_pushed, text_digest
from labelqa.workflows.state import read_state

_NAMED: Final = 12  # labels that one sentence names
Usage = Mapping[str, Mapping[str, int]]  # control -> label -> annotations that use it; "" for the control itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A release as a server gets it."""

    release: str
    config: str
    instruction: str
    controls: tuple[ControlSpec, ...]
    findings: tuple[Finding, ...] = ()  # what the form cannot show as the rulebook asks


class Target(Protocol):
    """The server, as far as pushing needs it; its methods raise what its client raises."""

    def project(self, number: int) -> ServerProject:
        """A project as it is now."""

    def projects(self) -> Iterable[ServerProject]:
        """Every project that our account sees."""

    def controls(self, config: str) -> tuple[ControlSpec, ...]:
        """What a form asks for."""

    def usage(self, project: int) -> Usage:
        """How many annotations use each control and label now."""

    def create_project(self, *, title: str, config: str, instruction: str) -> int:
        """A new project."""

    def update_project(self, project: int, *, config: str, instruction: str) -> datetime:
        """Set form and instruction, and show the instruction; gives the time of the server's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A label that a new form has no more; ``label`` is "" for a whole control."""

    control: str
    label: str
    used: int  # annotations that use it now

    def __str__(self) -> str:
        return f"{self.control}: {self.label}" if self.label else self.control


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a release would change in a project."""

    added: tuple[str, ...]
    gone: tuple[Gone, ...]
    config: bool  # the text of the form differs
    instruction: bool  # the instruction differs, or is not shown

    @property
    def vanishing(self) -> tuple[Gone, ...]:
        """What is in use and would be gone."""
        return tuple(each for each in self.gone if each.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What came of a push; ``fact`` is 0 where nothing was recorded: a dry run, or all is as it was pushed before."""

    server: str
    project: int
    title: str
    release: str
    before: str  # the release that was pushed before, "" for none
    difference: Difference
    since: datetime | None
    fact: int
    made: bool = False  # the project is new
    findings: tuple[Finding, ...] = ()


def push_release(
    desk: Desk, target: Target, form: Form, *, server: str, project: int, force: str = "", dry: bool = False
) -> Pushed:
    """Give a project the form and instruction of a release, and record from when on it binds.

    Refused where labels in use would vanish and ``force`` gives no reason; a dry run tells instead. Said again with
    nothing changed on either side, it does nothing.
    """
    view = desk.ledger.view()
    read_state(desk).release(form.release)
    there, known = target.project(project), latest_pushed(view).get((server, project))
    _may_push(view, server, there)
    recorded = known is not None and _is_recorded(known[1], form, there) and not force.strip()
    told = _difference(target, there, form, given_up=None if recorded else _given_up(view, server, project))
    pushed = Pushed(
        server=server, project=project, title=there.title, release=form.release, difference=told, since=None, fact=0,
        before=known[1].release if known else "", findings=form.findings,
    )  # fmt: skip
    if dry or (known is not None and _is_as_pushed(known[1], form, there, told) and not told.vanishing):
        return pushed
    if told.vanishing and not force.strip():
        raise _refused(told.vanishing, form, server=server, project=project)
    return _bind(desk, target, form, pushed, force=force.strip(), known=known)


def push_new(desk: Desk, target: Target, form: Form, *, server: str, title: str) -> Pushed:
    """Make a project with the form and instruction of a release; Refused where one of that title is there."""
    read_state(desk).release(form.release)
    twin = next((each for each in target.projects() if each.title.strip() == title.strip()), None)
    if twin is not None:
        raise Refused(
            N_("{server} has a project {title} already: push to it with --project {project}, or take another title"),
            server=server, title=title, project=twin.project,
        )  # fmt: skip
    number = target.create_project(title=title.strip(), config=form.config, instruction=form.instruction)
    told = Difference(added=tuple(_labels(form.controls)), gone=(), config=True, instruction=True)
    pushed = Pushed(
        server=server, project=number, title=title.strip(), release=form.release, before="", difference=told,
        since=None, fact=0, made=True, findings=form.findings,
    )  # fmt: skip
    return _bind(desk, target, form, pushed, force="", known=None)


def _bind(
    desk: Desk, target: Target, form: Form, pushed: Pushed, *, force: str, known: tuple[Fact, ReleasePushed] | None
) -> Pushed:
    """Set the form, look at what is there then, and record that."""
    key = (pushed.server, pushed.project)
    since = target.update_project(pushed.project, config=form.config, instruction=form.instruction)
    there = target.project(pushed.project)
    findings = _kept(target, form, there)
    vanished = [str(each) for each in pushed.difference.vanishing]
    body = ReleasePushed(
        server=pushed.server, project=pushed.project, release=form.release, config_digest=text_digest(there.config),
        instruction_digest=text_digest(there.instruction), since=since.astimezone(UTC).isoformat(),
        vanished=vanished, reason=force if vanished else "",
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        now = latest_pushed(facts).get(key)
        if (now[0].seq if now else 0) != (known[0].seq if known else 0):
            raise Refused(N_("another release was pushed to project {project} of {server} meanwhile: push again"),
                          project=pushed.project, server=pushed.server)  # fmt: skip

    subjects = (f"server:{body.server}", f"project:{body.server}/{body.project}", f"release:{body.release}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return Pushed(
        server=pushed.server, project=pushed.project, title=pushed.title, release=pushed.release, before=pushed.before,
        difference=pushed.difference, since=since, fact=fact.seq, made=pushed.made,
        findings=(*pushed.findings, *findings),
    )  # fmt: skip


def _may_push(facts: Facts, server: str, there: ServerProject) -> None:
    if role := made_role(facts, server, there.project, there.data.get("description")):
        raise Refused(
            N_("project {project} of {server} was made by labelqa ({role}): its form is not pushed"),
            project=there.project, server=server, role=role,
        )  # fmt: skip


def _is_recorded(known: ReleasePushed, form: Form, there: ServerProject) -> bool:
    """Whether the form that the server has is the one on record, and of this release."""
    return known.release == form.release and text_digest(there.config) == known.config_digest


def _is_as_pushed(known: ReleasePushed, form: Form, there: ServerProject, told: Difference) -> bool:
    same = not told.config and not told.instruction
    return same and _is_recorded(known, form, there) and text_digest(there.instruction) == known.instruction_digest


def _given_up(facts: Facts, server: str, project: int) -> frozenset[str]:
    """What earlier pushes to a project took away though it was in use, each with a reason on record."""
    told = in_force(facts.about(f"project:{server}/{project}", ReleasePushed), ReleasePushed)
    return frozenset(each for _, body in told for each in body.vanished)


def _difference(target: Target, there: ServerProject, form: Form, *, given_up: Collection[str] | None) -> Difference:
    """What changes. The annotations are read where something is taken away, and where the form on the server is not the
    one on record: then whatever they use and the release does not have vanishes, but for what was ``given_up`` before."""
    before, after = target.controls(there.config), form.controls
    old, new = _labels(before), _labels(after)
    lost = {name: each for name, each in old.items() if name not in new}
    used = target.usage(there.project) if lost or given_up is not None else {}
    if given_up is not None:
        lost |= {name: each for name, each in _strange(used, after) if name not in given_up}
    return Difference(
        added=tuple(each for each in new if each not in old),
        gone=tuple(
            Gone(control=control, label=label, used=used.get(control, {}).get(label, 0))
            for control, label in lost.values()
        ),
        config=there.config.strip() != form.config.strip(),
        instruction=there.instruction.strip() != form.instruction.strip()
        or not there.data.get("show_instruction", True),
    )


def _strange(used: Usage, controls: Iterable[ControlSpec]) -> Iterator[tuple[str, tuple[str, str]]]:
    """What annotations use and a form does not have; a control without labels of its own takes any."""
    known = {each.name: frozenset(each.labels) for each in controls}
    for control, labels in sorted(used.items()):
        if control not in known and control == ControlKind.RELATIONS:
            continue  # needs no control
        for label in sorted(labels):
            if control not in known or (label and known[control] and label not in known[control]):
                yield (f"{control}: {label}" if label else control), (control, label)


def _labels(controls: Iterable[ControlSpec]) -> dict[str, tuple[str, str]]:
    """Every control and label of a form, by how it is shown to people."""
    found: dict[str, tuple[str, str]] = {}
    for each in controls:
        found[each.name] = (each.name, "")
        found.update({f"{each.name}: {label}": (each.name, label) for label in each.labels})
    return found


def _refused(vanishing: tuple[Gone, ...], form: Form, *, server: str, project: int) -> LabelqaError:
    named = ", ".join(f"{each} ({each.used})" for each in vanishing[:_NAMED])
    return Refused(
        N_(
            "annotations in project {project} of {server} use what {release} does not have: {labels}. Keep it in the "
            "rulebook, or push with --force and say why"
        ),
        project=project, server=server, release=form.release, labels=named + (", …" if vanishing[_NAMED:] else ""),
    )  # fmt: skip


def _kept(target: Target, form: Form, there: ServerProject) -> list[Finding]:
    """Whether the server has what it was sent; BadInput where it asks for something else, and nothing is recorded."""
    told = {"project": there.project, "release": form.release}
    if set(_labels(target.controls(there.config))) != set(_labels(form.controls)):
        raise BadInput(
            N_("project {project} does not have the form of {release} after it was pushed: push again"), **told
        )
    if there.config.strip() == form.config.strip() and there.instruction.strip() == form.instruction.strip():
        return []
    return [
        finding(
            "LS203", N_("the server keeps form or instruction of project {project} otherwise than {release} was sent"),
            mend=Message("look at the project's settings; what is there is recorded"), severity=Severity.NOTE,
            place=Place(subject=f"project:{there.project}"), **told,
        )
    ]  # fmt: skip
