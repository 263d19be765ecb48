"""``labelqa push``: a rulebook release becomes the form and the instruction of a project on a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Whole
from labelqa.errors import WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.servers.pushing import Form, Pushed


@command(
    "push",
    says=N_("Give a project on a server the form and the instruction of a rulebook release."),
    more=(
        N_(
            "Says NAME@VERSION of a release of this workspace. The form stores each label's value; --lang says in which "
            "language it is shown. What is labelled there from then on is bound to the release, by the server's clock."
        ),
        N_(
            "A label that annotations use and the new form does not have is a refusal, though the server itself would "
            "take it away without a word; --force does it all the same, and the reason is recorded with the labels."
        ),
    ),
    examples=(
        "labelqa push genai-sft@1.0.0 --project 12 --dry-run",
        "labelqa push genai-sft@1.0.0 --project 12 --lang zh",
        "labelqa push genai-sft@1.0.0 --new '情感标注 三期' --server vendor-a",
    ),
    words=(
        argument("release"),
        option("--project", word=Whole(1), metavar="N", says=N_("The number of the project on the server.")),
        option("--new", metavar="TITLE", says=N_("Make a project of this title (3 to 50 characters) instead.")),
        option("--server", default="", says=N_("Which server; may be left out where one is connected.")),
        option(
            "--force",
            metavar="REASON",
            default="",
            says=N_("Take labels away that are in use, and why; it is shown for ever and names nobody."),
        ),
        flag("--dry-run", says=N_("Only show what would change.")),
    ),
    reports=True,
)
def push(
    session: Session, *, release: str, project: int | None, new: str | None, server: str, force: str, dry_run: bool
) -> None:
    """Pushes, and prints what changed."""
    needs_client()
    if (project is None) == (new is None):
        raise WrongUsage(N_("Say where to: --project N, or --new TITLE."))
    if new is not None and (dry_run or force):
        raise WrongUsage(N_("--new makes a project, in which nothing is taken away: leave --dry-run and --force out."))
    from labelqa.adapters.label_studio.client.forming import Forming
    from labelqa.adapters.label_studio.client.opening import writing
    from labelqa.workflows.servers.pushing import push_new, push_release

    with session.desk() as desk:
        form, zone = _form(session, desk, release), desk.settings.zone
        with (
            writing(desk, server, session.env) as (there, reads, writes),
            session.screen.bar(N_("Reading what is in use")) as tell,
        ):
            target = Forming(reads, writes, tell=tell)
            if project is None:
                done = push_new(desk, target, form, server=there.name, title=new or "")
            else:
                done = push_release(desk, target, form, server=there.name, project=project, force=force, dry=dry_run)
    if session.json:
        return session.screen.json(done)
    session.screen.findings(done.findings)
    _differences(session, done)
    return _said(session, done, since=when(done.since, zone) if done.since else "", dry=dry_run)


def _form(session: Session, desk: Desk, release: str) -> Form:
    from labelqa.adapters.label_studio import form, form_instruction
    from labelqa.adapters.label_studio.config import read_config
    from labelqa.workflows.rulebooks import released_book
    from labelqa.workflows.servers.pushing import Form
    from labelqa.workflows.state import read_state

    book, lang = released_book(desk, release), session.lang
    xml = form.labeling_config(book, lang)
    return Form(
        release=release, config=xml, controls=read_config(xml)[0], findings=tuple(form.form_findings(book, file=release)),
        instruction=form_instruction.instruction(book, lang, digest=read_state(desk).release(release).digest),
    )  # fmt: skip


def _differences(session: Session, done: Pushed) -> None:
    say, told = session.screen.line, done.difference
    for name in told.added:
        say(N_("+ {label}"), label=name)
    for each in told.gone:
        say(N_("- {label}, in use {n} {n:time|times}"), label=str(each), n=each.used)


def _said(session: Session, done: Pushed, *, since: str, dry: bool) -> None:
    say = session.screen.line
    told = {"release": done.release, "project": done.project, "server": done.server, "title": done.title}
    if done.made:
        say(
            N_("Project {project} ({title}) on {server} was made with {release} (fact {fact})."), **told, fact=done.fact
        )
        return say(N_("Follow it with: labelqa sync follow {project} --server {server}"), **told)
    if done.fact:
        say(N_("Project {project} ({title}) on {server} has form and instruction of {release} (fact {fact})."), **told,
            fact=done.fact)  # fmt: skip
        say(N_("What is labelled there from {since} on is bound to it."), since=since)
        if done.before and done.before != done.release:
            say(N_("What was labelled before stays bound to {before}."), before=done.before)
        return None
    same = not (done.difference.config or done.difference.instruction)
    if done.difference.vanishing and dry:
        say(N_("Labels in use would vanish: pushing needs --force and a reason."))
    if dry and not same:
        return say(
            N_("Nothing was changed: this is what pushing {release} to project {project} ({title}) would do."), **told
        )
    return say(N_("Project {project} ({title}) on {server} has {release} already; nothing was done."), **told)
