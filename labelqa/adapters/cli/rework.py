"""``labelqa rework``: what was found wrong goes back to the annotators on a connected server, and comes home as corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst

if TYPE_CHECKING:
    from datetime import tzinfo

    from labelqa.workflows.sending.rework_sent import ReworkProject
    from labelqa.workflows.sending.rework_values import Sent

SERVER = option("--server", default="", shown="", says=N_("Which connected server; needed where there are several."))


@command(
    "send",
    says=N_("Send what was found wrong in a batch back to its annotators, as a project for each on a server."),
    more=(
        N_(
            "Sent are the items with an open problem, and those that a rework round waits for; each with the label in "
            "question filled in, and the reason and the rule above it. Reviewers are not named. An item goes to whose label "
            "it was; one that is out stays where it is."
        ),
        N_("Said again, it adds only what is missing. Exit code 1 when something could not be sent."),
    ),
    examples=("labelqa rework send sft-w46", "labelqa rework send sft-w46 --to 王芳 --item q-0007"),
    words=(
        argument("batch"),
        option(
            "--to",
            default="",
            shown="",
            metavar="PERSON",
            says=N_("Somebody else who labels, for what is not out yet: pseudonym, name or SERVER=ACCOUNT."),
        ),
        option(
            "--item",
            multiple=True,
            metavar="ITEM",
            says=N_("Only this item; with --to it goes there whoever has it now; repeat."),
        ),
        SERVER,
    ),
    reports=True,
)
def send(session: Session, *, batch: str, to: str, item: Sequence[str], server: str) -> int:
    """Sends, and prints what was sent."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.adapters.label_studio.client.passes import alone
    from labelqa.adapters.label_studio.rework import ReworkReader, ReworkWriter
    from labelqa.workflows.sending.rework_sending import send_rework
    from labelqa.workflows.state import shown_names

    with (
        session.desk() as desk,
        alone(desk, sending=True),
        writing(desk, server, session.env) as (there, reads, writes),
    ):
        writer = ReworkWriter(reads, writes, lang=session.lang)
        done = send_rework(desk, ReworkReader(reads), writer, there, batch, to=to, items=item)
        names = shown_names(desk)
    if session.json:
        session.screen.json(done)
    else:
        _told(session, done, {str(who): name for who, name in names.items()}, there.url)
    return Exit.FAILED if done.findings else Exit.FINE


def _told(session: Session, done: Sent, names: dict[str, str], url: str) -> None:
    for each in done.projects:
        session.screen.line(
            N_("{name}: {items} {items:item|items} in project {project}, tasks made now: {tasks}; {url}"),
            name=names.get(each.person, each.person), items=each.items, project=each.project, tasks=each.tasks,
            url=f"{url}/projects/{each.project}/data",
        )  # fmt: skip
    session.screen.findings(done.findings)
    if not done.projects and not done.findings:
        session.screen.line(N_("Nothing of {batch} waits for an annotator."), batch=done.batch)


@command(
    "collect",
    says=N_("Take the answers to returned work home as corrections."),
    more=(
        N_(
            "Read are the projects that were made for it, and what people changed after the freeze where the label was made. "
            "Each answer is a correction with its six fields, and waits for a re-review like any other; in an open rework "
            "round it is an annotation of the round. What is skipped, unchanged, empty, by another account or answered "
            "meanwhile by another road is told and not recorded. Said again, it adds nothing."
        ),
        N_("Exit code 1 when an answer could not be taken."),
    ),
    examples=("labelqa rework collect", "labelqa rework collect sft-w46"),
    words=(argument("batch", required=False), SERVER),
    reports=True,
)
def collect(session: Session, *, batch: str | None, server: str) -> int:
    """Collects, and prints what came of it."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.adapters.label_studio.client.passes import alone
    from labelqa.adapters.label_studio.rework import ReworkReader, ReworkWriter
    from labelqa.workflows.sending.rework_collecting import collect_rework

    with (
        session.desk() as desk,
        alone(desk, sending=True),
        writing(desk, server, session.env) as (there, reads, writes),
    ):
        writer = ReworkWriter(reads, writes, lang=session.lang)
        done = collect_rework(desk, ReworkReader(reads), writer, there, [batch] if batch else None)
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        session.screen.line(
            N_(
                "{n} {n:correction|corrections} recorded, {relabelled} {relabelled:annotation|annotations} of open rounds, "
                "{unchanged} known before; projects closed: {ended}."
            ),
            n=len(done.recorded), relabelled=done.relabelled, unchanged=done.unchanged, ended=len(done.ended),
        )  # fmt: skip
        if done.recorded:
            session.screen.line(N_("Corrections wait for the re-review by somebody else."))
    return Exit.FAILED if worst(done.findings) in (Severity.ERROR, Severity.WARNING) else Exit.FINE


@command(
    "list",
    says=N_("List the projects of returned work, and how much of each is still open."),
    examples=("labelqa rework list", "labelqa rework list --batch sft-w46"),
    words=(option("--batch", default="", shown="", says=N_("Only of this batch.")),),
    reports=True,
    names=True,
)
def list_(session: Session, *, batch: str) -> None:
    """Prints the projects."""
    from labelqa.workflows.sending.rework_told import rework_lines
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        lines, zone = rework_lines(desk, batch), desk.settings.zone
        names = {str(who): name for who, name in shown_names(desk).items()}
    if session.json:
        return session.screen.json([{"project": each, "open": open_} for each, open_ in lines])
    if not lines:
        return session.screen.line(N_("No returned work was sent to a server: labelqa rework send BATCH."))
    heads = (
        N_("server"),
        N_("project"),
        N_("batch"),
        N_("annotator"),
        N_("items"),
        N_("open"),
        N_("since"),
        N_("state"),
    )
    return session.screen.table(heads, (_row(session, each, open_, names, zone) for each, open_ in lines))


def _row(
    session: Session, each: ReworkProject, open_: int, names: dict[str, str], zone: tzinfo
) -> tuple[object, ...]:  # fmt: skip
    from labelqa.workflows.sending.rework_values import ReworkEnd

    state = named(ReworkEnd(each.reason), session.say) if each.ended else session.say(N_("out"))
    return (
        each.server, each.project, each.batch, names.get(each.person, each.person), len(each.items), open_,
        when(each.since, zone), state,
    )  # fmt: skip


rework = noun(
    "rework",
    says=N_("Send what was found wrong back to annotators on a server, and take their corrections home."),
    commands=[send, collect, list_],
)
