"""``labelqa sync``: follow the projects of connected servers, and say how that stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.connect import needs_client
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.sync_status import first_of, in_common, show_server
from labelqa.adapters.cli.words import Whole
from labelqa.errors import BadInput, Exit, LabelqaError, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.adapters.label_studio.client.gathering import Gathered
    from labelqa.adapters.label_studio.client.passes import Passes
    from labelqa.workflows.sync.running import Passed

_SERVER = option("--server", metavar="NAME", says=N_("Which server; not needed when one is connected."))
_LONGEST_PAUSE = 60.0  # seconds between two tries at a server that does not answer


@command(
    "follow",
    says=N_("Follow projects: from now on their answers come in by themselves."),
    more=(
        N_(
            "An item is called by its task's number, or by a field that the same item has in every project: "
            "--item-key data.id. Once items are in the workspace that cannot change; while nothing came in, follow it anew "
            "with the right key."
        ),
    ),
    examples=("labelqa sync follow 3", "labelqa sync follow 3 4 --item-key data.id --server vendor-a"),
    words=(
        argument("projects", word=Whole(1), many=True),
        option("--item-key", says=N_("The field that names an item, such as data.id; else the task's number.")),
        _SERVER,
    ),
    reports=True,
)
def follow(session: Session, *, projects: tuple[int, ...], item_key: str | None, server: str | None) -> None:
    """Records which projects are followed."""
    needs_client()
    from labelqa.adapters.label_studio.client.opening import reading
    from labelqa.adapters.label_studio.client.passes import alone
    from labelqa.workflows.sync.projects import follow_project, key_changes

    with session.desk() as desk, ExitStack() as open_now:
        there, source = open_now.enter_context(reading(desk, server or "", session.env))
        found = [source.project(number) for number in projects]
        if any(key_changes(desk, number, server=there.name, item_key=item_key) for number in projects):
            open_now.enter_context(alone(desk))
        made = [
            follow_project(
                desk,
                each.project,
                server=there.name,
                title=each.title,
                item_key=item_key,
                description=str(each.data.get("description") or ""),
            )
            for each in found
        ]
    if session.json:
        return session.screen.json(made)
    for each in made:
        session.screen.line(
            N_("Project {project} of {server} is followed: {title} (fact {fact})."),
            project=each.project, server=each.server, title=each.title, fact=each.fact,
        )  # fmt: skip
    return session.screen.line(N_("Now: labelqa sync run."))


@command(
    "leave",
    says=N_("Follow a project no longer; what came from it stays."),
    examples=("labelqa sync leave 3 --reason 'the project is finished'",),
    words=(
        argument("project", word=Whole(1)),
        option("--reason", required=True, says=N_("Why, in one sentence; it is shown for ever and names nobody.")),
        _SERVER,
    ),
    reports=True,
)
def leave(session: Session, *, project: int, reason: str, server: str | None) -> None:
    """Records that a project is left."""
    from labelqa.workflows.sync.projects import leave_project

    with session.desk() as desk:
        left = leave_project(desk, project, server=server or "", reason=reason)
    if session.json:
        return session.screen.json(left)
    return session.screen.line(
        N_("Project {project} of {server} is no longer followed (fact {fact})."),
        project=left.project, server=left.server, fact=left.fact,
    )  # fmt: skip


@command(
    "run",
    says=N_("Take in what changed in the followed projects; the first time, everything."),
    more=(
        N_(
            "What webhooks told comes first, then what changed since the last look. A sweep finds what is no longer "
            "there and sends nothing: with --sweep, and by itself once an hour. A run that breaks off is taken up."
        ),
        N_("With --follow it goes on until Ctrl-C: every half minute, and at once when a webhook told something."),
    ),
    examples=("labelqa sync run", "labelqa sync run --follow --every 30", "labelqa sync run --sweep --project 3"),
    words=(
        flag("--follow", says=N_("Go on until Ctrl-C.")),
        option("--every", word=Whole(1, 3600), says=N_("With --follow: seconds between two looks; 30 unless told.")),
        flag("--sweep", says=N_("Look for what is gone, now.")),
        option("--project", word=Whole(1), says=N_("This project alone.")),
        _SERVER,
    ),
    reports=True,
)
def run(
    session: Session, *, follow: bool, every: int | None, sweep: bool, project: int | None, server: str | None
) -> int | None:
    """Runs one pass, or passes until it is stopped."""
    needs_client()
    if not follow and every is not None:
        raise WrongUsage(N_("--every goes with --follow."))
    if follow and session.json:
        raise WrongUsage(N_("--follow and --json exclude each other; say one of them."))
    with session.desk() as desk, ExitStack() as open_now:
        from labelqa.adapters.label_studio.client.passes import Passes

        bar = open_now.enter_context(session.screen.bar(N_("tasks"))) if not follow else _quiet
        passes = open_now.enter_context(Passes(desk, session.env, names=[server] if server else [], progress=bar))
        if follow:
            _follow(session, passes, every or 30)
        done = passes.run(sweep=True if sweep else None, project=project or 0)
        if project and not done:
            raise BadInput(
                N_("project {project} is not followed: labelqa sync status shows which are"), project=project
            )
        home = passes.gather(done, lang=session.lang)
    if session.json:
        session.screen.json({"projects": [_told(each) for each in done], "home": home})
    else:
        _home(session, home)
        _shown(session, done)
        if not done:
            session.screen.line(N_("No project is followed: labelqa sync follow PROJECT."))
    return Exit.UNREACHABLE if any(each.error for each in done) or any(each.error for each in home) else None


def _quiet(_more: int) -> None:
    """No bar."""


def _follow(session: Session, passes: Passes, every: int) -> None:
    """Looks until it is interrupted; a server that does not answer is asked more and more seldom."""
    pause = float(every)
    session.screen.line(N_("Following; Ctrl-C ends it."))
    while True:
        try:
            done = passes.run()
            failed, away = any(each.error for each in done), any(each.away for each in done)
            _home(session, passes.gather(done, lang=session.lang))
        except LabelqaError as error:  # said, and tried again: the next pass may well go through
            session.screen.line(N_("{why}"), why=error.message)
            done, failed, away = [], True, True
        _shown(session, [each for each in done if each.error or each.tally.imports or each.tally.findings])
        session.screen.out.flush()
        pause = min(pause * 2, _LONGEST_PAUSE) if away else float(every)
        _rest(passes, pause, failed=failed)


def _rest(passes: Passes, pause: float, *, failed: bool) -> None:
    """Waits, or until a webhook told something; after a fault the whole pause, as what waits may be what failed."""
    end = time.monotonic() + pause
    while time.monotonic() < end:
        with suppress(LabelqaError):  # the next pass says what is wrong
            if not failed and passes.waiting():
                return
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))


def _home(session: Session, home: Iterable[Gathered]) -> None:
    for each in home:
        if each.verdicts or each.corrections or each.relabelled:
            session.screen.line(
                N_("{server}: came home: {verdicts} verdicts, {corrections} corrections, {relabelled} answers of rework."),
                server=each.server, verdicts=each.verdicts, corrections=each.corrections, relabelled=each.relabelled,
            )  # fmt: skip
        session.screen.findings(each.findings)
        if each.error is not None:
            session.screen.line(
                N_("{server}: not everything could be collected: {why}"), server=each.server, why=each.error
            )


def _shown(session: Session, done: Sequence[Passed]) -> None:
    """What came of projects, then why some broke off: what many have in common once."""
    for each in done:
        _came(session, each)
    broken = [(each.followed.server, each.followed.project, each.error) for each in done if each.error is not None]
    for server, projects, why in in_common(broken):
        if len(projects) == 1:
            session.screen.line(N_("{server} project {project}: {why}"), server=server, project=projects[0], why=why)
        else:
            session.screen.line(
                N_("{server}, {n} projects ({first}): {why}"), server=server, n=len(projects),
                first=first_of(projects), why=why,
            )  # fmt: skip


def _came(session: Session, passed: Passed) -> None:
    told, each = passed.tally, passed.followed
    if passed.error is None or told.read:
        session.screen.line(
            N_("{server} project {project}: {added} new {added:revision|revisions} ({revised} changed, {gone} gone), {refused} refused; {read} {read:task|tasks} read."),
            server=each.server, project=each.project, added=told.added, revised=told.revised, gone=told.gone,
            refused=told.refused, read=told.read,
        )  # fmt: skip
    session.screen.findings(told.findings)


def _told(passed: Passed) -> dict[str, object]:
    return {
        "server": passed.followed.server, "project": passed.followed.project, "read": passed.tally.read,
        "added": passed.tally.added, "revised": passed.tally.revised, "gone": passed.tally.gone,
        "refused": passed.tally.refused, "imports": passed.tally.imports, "events": passed.events,
        "swept": passed.swept, "findings": passed.tally.findings, "error": passed.error,
    }  # fmt: skip


@command(
    "status",
    says=N_("Say how the following stands: lag, what webhooks told and missed, what is wrong."),
    more=(
        N_(
            "It asks no server. With --repair the webhooks of the followed projects are looked at there and set right, "
            "after asking."
        ),
    ),
    examples=("labelqa sync status", "labelqa sync status --json", "labelqa sync status --repair --yes"),
    words=(
        flag("--repair", says=N_("Make or mend the webhooks, after asking.")),
        option("--url", says=N_("With --repair: the address at which the server reaches labelqa serve.")),
        flag("--yes", says=N_("With --repair: do it without asking.")),
    ),
    reports=True,
)
def status(session: Session, *, repair: bool, url: str | None, yes: bool) -> None:
    """Prints the status from what the workspace holds; sets webhooks right where that is wanted."""
    from labelqa.workflows.sync.status import sync_status

    if repair and session.json:
        raise WrongUsage(N_("--repair and --json exclude each other; say one of them."))
    if (url or yes) and not repair:
        raise WrongUsage(N_("--url and --yes go with --repair."))
    with session.desk() as desk:
        told, zone = sync_status(desk), desk.settings.zone
    if session.json:
        return session.screen.json(told)
    if not told.servers:
        return session.screen.line(N_("No server is connected: labelqa connect URL."))
    for server in told.servers:
        show_server(session, server, zone)
    if repair:
        from labelqa.adapters.cli.serve_register import register_hooks

        for server in told.servers:
            if server.projects:
                register_hooks(session, server=server.server, projects=[], url=url or "", yes=yes)
    return None


sync = noun(
    "sync",
    says=N_("Follow the projects of connected servers."),
    commands=[follow, leave, run, status],
)
