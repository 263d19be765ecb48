"""What is odd about review projects, each oddity one finding with its count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Kind
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import ItemId
from labelqa.records.review import Sample
from labelqa.records.servers import UnreadTask
from labelqa.records.work import WorkSheet
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.review_projects import ReviewProject, own_line
from labelqa.workflows.servers.connecting import Server


def place_of(server: Server, project: int, task: int = 0) -> Place:
    """Where a project, or one of its tasks, is looked at."""
    return Place(file=f"{server.url}/projects/{project}/data" + (f"?task={task}" if task else ""))


def not_apart(batch: Batch, server: Server) -> Iterator[Finding]:
    """Safety data goes to a server that is not said to keep it apart."""
    if batch.kind is Kind.SAFETY and not server.isolated:
        yield finding(
            "review-not-apart",
            N_("batch {batch} is safety labeling, and {server} is not said to keep such data apart (GB/T 45674—2025, 5 d)"),
            mend=Message("if it does: labelqa connect --isolated; else send the sample to a server of its own"),
            severity=Severity.WARNING, place=Place(subject=f"batch:{batch.name}"), batch=batch.name, server=server.name,
        )  # fmt: skip


def without_account(desk: Desk, server: Server, heads: Sequence[WorkSheet]) -> Iterator[Finding]:
    """Verifiers who are not known by any account of the server: whatever they say there is nobody's."""
    there = set(desk.ledger.identities.accounts(server.name).values())
    for each in heads:
        if each.verifier not in there:
            yield finding(
                "review-no-account", N_("{person} has no account on {server} that is known here: no verdict from there can be theirs"),
                mend=Message("labelqa people change gives the account"), severity=Severity.WARNING,
                place=Place(subject=f"person:{each.verifier}"), person=each.name, server=server.name,
            )  # fmt: skip


def vanished(project: ReviewProject) -> Finding:
    """Somebody removed a project: what was not collected from it is lost."""
    return finding(
        "review-project-gone",
        N_("project {project} on {server} with the part of sample {sample} is gone: verdicts that were not collected are lost"),
        mend=Message("labelqa review send makes it anew with the items that have no verdict; ask who removed it"),
        severity=Severity.WARNING, place=Place(subject=f"sample:{project.sent.sample}"),
        project=project.sent.project, server=project.sent.server, sample=project.sent.sample,
    )  # fmt: skip


def doubled(server: Server, project: int, n: int) -> Finding:
    """An import arrived twice, as when its answer was lost."""
    return finding(
        "review-task-twice", N_("project {project} holds {n} {n:item|items} a second time; the latest verdict counts"),
        mend=Message("remove the tasks without an answer on the server"), severity=Severity.NOTE,
        place=place_of(server, project), project=project, n=n,
    )  # fmt: skip


def twin(server: Server, project: int, read: int, sample: Sample) -> Finding:
    """Two who sent at once, or a copy: whoever labels in it labels for nothing."""
    return finding(
        "review-project-twice",
        N_("project {project} on {server} says that it is for the same part of sample {sample} as project {read}: nothing in it is read"),
        mend=Message("the verifier works in project {read}; have the other one removed", {"read": read}),
        severity=Severity.WARNING, place=place_of(server, project), project=project, server=server.name,
        sample=sample.sample, read=read,
    )  # fmt: skip


def unreadable(project: ReviewProject, why: Message) -> Finding:
    """A project that the server does not give."""
    return finding(
        "review-project-unread", N_("project {project} on {server} cannot be read: {why}"),
        mend=Message("was it removed: labelqa review send makes it anew with the items that have no verdict"),
        place=Place(subject=f"sample:{project.sent.sample}"), project=project.sent.project,
        server=project.sent.server, why=why,
    )  # fmt: skip


def tasks_unread(server: Server, project: ReviewProject, tasks: Sequence[UnreadTask]) -> Finding:
    """Tasks that the server cannot give while it gives others."""
    first = tasks[0]
    return finding(
        "review-task-unread",
        N_("{n} {n:task|tasks} of project {project} cannot be read, task {task} first: {why}; answers to {n:it|them} are not taken yet"),
        mend=Message("open the task on the server and look at the server's log; it is asked for again each time, and the project stays open till then"),
        place=place_of(server, project.sent.project, first.task), project=project.sent.project, n=len(tasks),
        task=first.task, why=first.why,
    )  # fmt: skip


def other(project: ReviewProject) -> Finding:
    """Something else has the number of a project: the server was set up anew, or somebody rewrote the description."""
    sent = project.sent
    return finding(
        "review-project-other",
        N_("project {project} on {server} does not say that it is the one with the part of sample {sample}: nothing in it was read or changed"),
        mend=Message(
            "was its description rewritten: put the line {line} back into it; was the server set up anew: labelqa review send {sample} makes the project anew",
            {"line": own_line(sent.sample, sent.verifier, sent.mode), "sample": sent.sample},
        ),
        place=Place(subject=f"sample:{sent.sample}"), project=sent.project, server=sent.server, sample=sent.sample,
    )  # fmt: skip


def untold(project: ReviewProject, why: Message) -> Finding:
    """A project that the server does not let be changed."""
    return finding(
        "review-project-untold", N_("project {project} on {server} could not be told how the check stands: {why}"),
        mend=Message("what is in it was read all the same; repeat labelqa review collect"),
        severity=Severity.WARNING, place=Place(subject=f"sample:{project.sent.sample}"),
        project=project.sent.project, server=project.sent.server, why=why,
    )  # fmt: skip


def late(server: Server, project: ReviewProject, n: int) -> Finding:
    """Verdicts that came when the conclusion was reached already."""
    return finding(
        "review-late", N_("{n} {n:verdict|verdicts} in project {project} came after batch {batch} was settled: not recorded"),
        mend=Message("a settled batch takes no verdicts; declare a new batch for further work"),
        severity=Severity.WARNING, place=place_of(server, project.sent.project), project=project.sent.project,
        batch=project.sent.batch, n=n,
    )  # fmt: skip


def strangers(server: Server, project: int, n: int, task: int) -> Finding:
    """Tasks that labelqa did not make, or whose mark was altered."""
    return finding(
        "review-stranger",
        N_("project {project} holds {n} {n:task|tasks} that do not belong to this verifier's part of the sample; they are not read"),
        mend=Message("remove them on the server, and label nothing else in a review project"), severity=Severity.WARNING,
        place=place_of(server, project, task), project=project, n=n,
    )  # fmt: skip


def altered(server: Server, project: ReviewProject, n: int, task: int) -> Finding:
    """Tasks that are ours and no longer say or show what was sent."""
    return finding(
        "review-altered",
        N_("{n} {n:task|tasks} of project {project} {n:is|are} no longer as sent: what {n:it shows|they show}, or whose {n:it is|they are}, was altered on the server; answers to {n:it|them} are not taken"),
        mend=Message("ask who altered them and remove them on the server, then labelqa review send {sample} sends the items anew", {"sample": project.sent.sample}),
        place=place_of(server, project.sent.project, task), project=project.sent.project, n=n,
    )  # fmt: skip


def keyless(project: ReviewProject, why: Message) -> Finding:
    """A project whose tasks cannot be told from altered ones here."""
    return finding(
        "review-keyless", N_("project {project} on {server} was not read: {why}"),
        mend=Message("or collect in the workspace that sent them"),
        place=Place(subject=f"sample:{project.sent.sample}"), project=project.sent.project,
        server=project.sent.server, why=why,
    )  # fmt: skip


def touched(server: Server, project: ReviewProject) -> Finding:
    """Something was saved in a project after it was read, so that removing it would lose that."""
    return finding(
        "review-touched", N_("project {project} was not removed: something in it changed after it was read"),
        mend=Message("repeat labelqa review collect {sample} --remove", {"sample": project.sent.sample}),
        severity=Severity.WARNING, place=place_of(server, project.sent.project), project=project.sent.project,
    )  # fmt: skip


def others(server: Server, project: int, account: str, n: int, task: int, *, person: str, known: bool) -> Finding:
    """Answers of somebody who did not draw the items."""
    if not known:
        return finding(
            "review-nobody", N_("{n} {n:answer|answers} in project {project} came from account {account}, which is nobody's here; not taken"),
            mend=Message("whose account is it: labelqa people change gives it to them"), place=place_of(server, project, task),
            project=project, account=account or "–", n=n,
        )  # fmt: skip
    return finding(
        "review-other-person",
        N_("{n} {n:answer|answers} in project {project} came from {person}, who did not draw {n:this item|these items}; not taken"),
        mend=Message("the drawn verifier answers; whoever labels for somebody else is told so"),
        place=place_of(server, project, task), project=project, person=person, n=n,
    )  # fmt: skip


def by_other_hands(server: Server, project: int, account: str, n: int, task: int) -> Finding:
    """Answers in the verifier's name that somebody else saved, or that were imported."""
    return finding(
        "review-other-hand",
        N_("{n} {n:answer stands|answers stand} in the verifier's name in project {project}, but account {account} saved {n:it|them}; not taken"),
        mend=Message("the verifier opens the item, looks at it and saves it again"),
        place=place_of(server, project, task), project=project, account=account or "–", n=n,
    )  # fmt: skip


def differing(server: Server, project: ReviewProject, n: int, task: int) -> Finding:
    """Of several answers to one task nobody can say which was given to it: the server moves answers between tasks."""
    return finding(
        "review-answers-differ",
        N_("{n} {n:task has|tasks have} several answers of the verifier in project {project} that say different things; none of them was taken"),
        mend=Message("the verifier deletes all but the right answer there, then labelqa review collect {sample}", {"sample": project.sent.sample}),
        place=place_of(server, project.sent.project, task), project=project.sent.project, n=n,
    )  # fmt: skip


def skipped(server: Server, project: int, n: int, task: int) -> Finding:
    """A skipped task says nothing, and no verdict is guessed."""
    return finding(
        "review-skipped", N_("{n} {n:item was|items were} skipped in project {project}: skipped, no verdict"),
        mend=Message("the verifier says why an item cannot be judged; the form offers the reasons"),
        severity=Severity.WARNING, place=place_of(server, project, task), project=project, n=n,
    )  # fmt: skip


def unsent(project: ReviewProject, n: int) -> Finding:
    """The sample was extended since it was sent."""
    return finding(
        "review-unsent", N_("{n} {n:item was|items were} drawn for sample {sample} and {n:is|are} not in project {project} yet"),
        mend=Message("labelqa review send sends what is missing"), severity=Severity.WARNING,
        place=Place(subject=f"sample:{project.sent.sample}"), n=n, sample=project.sent.sample,
        project=project.sent.project,
    )  # fmt: skip


def originals(server: Server, project: int, items: Sequence[ItemId], *, gone: bool) -> Finding:
    """Answers that are no longer what was frozen and verified."""
    mend = Message("ask who changed it and why; a correction of a frozen label goes by labelqa correct")
    place = Place(file=place_of(server, project).file, subject=f"item:{items[0]}")
    told = {"n": len(items), "item": items[0], "project": project}
    if gone:
        return finding(
            "review-original-gone",
            N_("the {n:answer|answers} behind {n} {n:item|items} of project {project} {n:was|were} deleted at the source since the freeze, {item} first; verdicts are about what was frozen"),
            mend=mend, severity=Severity.WARNING, place=place, **told,
        )  # fmt: skip
    return finding(
        "review-original-changed",
        N_("the {n:answer|answers} behind {n} {n:item|items} of project {project} {n:was|were} changed at the source since the freeze, {item} first; verdicts are about what was frozen"),
        mend=mend, severity=Severity.WARNING, place=place, **told,
    )  # fmt: skip
