"""``labelqa rulebook list``, ``verify`` and ``log``: what is released, whether it still stands, and what happened to it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst
from labelqa.records.rulebook_log import Learned, LogEntry, RulebookEvent

_OUT: Final = (RulebookEvent.RELEASED, RulebookEvent.ADOPTED)  # from then on a release is known


@command(
    "list",
    says=N_("List the releases: from when each counts, where it stands, and the batches made under it."),
    examples=("labelqa rulebook list",),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints the releases."""
    from labelqa.workflows.rulebooks import rulebook_lines

    with session.desk() as desk:
        lines, zone = rulebook_lines(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(
            N_(
                "No rulebook was released yet: `labelqa rulebook sign FILE --by PERSON`, then `labelqa rulebook release FILE`."
            )
        )
    heads = (
        N_("release"),
        N_("title"),
        N_("kind"),
        N_("state"),
        N_("counts from"),
        N_("work under it ends"),
        N_("labels"),
        N_("rules"),
        N_("examples"),
        N_("batches"),
        N_("digest"),
    )
    session.screen.table(
        heads,
        (
            (
                f"{each.name}@{each.version}",
                each.title.get(session.lang, ""),
                named(each.kind, session.say),
                named(each.state, session.say),
                when(each.effective_from, zone),
                when(each.until, zone),
                each.labels,
                each.rules,
                each.examples,
                ", ".join(each.batches),
                each.digest,
            )
            for each in lines
        ),
    )
    return None


@command(
    "verify",
    says=N_("Verify that every release still is what was approved: files, lock, ledger and signatures."),
    more=(N_("Exit code 1 when something does not fit; `labelqa ledger verify` checks everything else."),),
    examples=("labelqa rulebook verify",),
    reports=True,
)
def verify(session: Session) -> int:
    """Prints what does not fit together."""
    from labelqa.workflows.rulebooks import rulebook_lines, verify_rulebooks

    with session.desk() as desk:
        found, lines = verify_rulebooks(desk), rulebook_lines(desk)
    if session.json:
        session.screen.json({"releases": len(lines), "findings": found})
    else:
        session.screen.findings(found)
        session.screen.line(N_("{n} releases: {findings} findings."), n=len(lines), findings=len(found))
    return Exit.FAILED if worst(found) is Severity.ERROR else Exit.FINE


@command(
    "log",
    says=N_("Tell what happened to a rulebook: who signed, released and clarified it, who was trained and examined."),
    examples=("labelqa rulebook log genai-safety",),
    words=(argument("name"),),
    reports=True,
)
def log(session: Session, *, name: str) -> None:
    """Prints a rulebook's life, oldest first."""
    from labelqa.workflows.rulebooks import rulebook_log

    with session.desk() as desk:
        told, zone = rulebook_log(desk, name), desk.settings.zone
    if session.json:
        return session.screen.json(told)
    heads = (
        N_("when"),
        N_("what"),
        N_("document"),
        N_("who"),
        N_("as known"),
        N_("counts from"),
        N_("work under it ends"),
        N_("least step"),
        N_("digest"),
        N_("fact"),
    )
    session.screen.table(heads, (_entry(each, session, zone) for each in told.entries))
    if not told.learned:
        return session.screen.title(N_("Nobody was trained or examined on it yet."))
    session.screen.title(N_("Trained and examined"))
    learned = (N_("release"), N_("person"), N_("trained"), N_("examined"), N_("score"), N_("passed"))
    out = {each.document: each.at for each in told.entries if each.event in _OUT}
    return session.screen.table(
        learned, (_learned(each, session, zone, out.get(each.release)) for each in told.learned)
    )


def _entry(each: LogEntry, session: Session, zone: tzinfo) -> tuple[object, ...]:
    return (
        when(each.at, zone),
        named(each.meaning or each.event, session.say),
        each.document,
        each.name,
        named(each.identity, session.say),
        when(each.effective_from, zone),
        when(each.until, zone),
        named(each.bump, session.say) if each.bump else "–",
        each.digest[:12],
        each.fact,
    )


def learned_at(at: datetime | None, released: datetime | None, session: Session, zone: tzinfo) -> str:
    """When something was learned, marked where the release was not out yet."""
    early = at is not None and released is not None and at < released
    remark = N_("before the release")
    return f"{when(at, zone)} ({session.say(remark)})" if early else when(at, zone)


def _learned(
    each: Learned, session: Session, zone: tzinfo, released: datetime | None
) -> tuple[object, ...]:  # fmt: skip
    passed = {True: N_("yes"), False: N_("no"), None: "–"}[each.passed]
    return (
        each.release,
        each.name,
        learned_at(each.trained_at, released, session, zone),
        learned_at(each.examined_at, released, session, zone),
        "–" if each.score is None else f"{each.score:.2f}",
        session.say(passed),
    )
