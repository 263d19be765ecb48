"""``labelqa ledger``: what was recorded, and whether it still stands as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelqa.adapters.cli.command import command, flag, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, Whole
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst

if TYPE_CHECKING:
    from datetime import tzinfo

    from labelqa.records.facts import Fact


@command(
    "verify",
    says=N_("Verify that no fact, frozen batch, import or release was altered."),
    more=(
        N_(
            "Exit code 1 when anything is found, which is then named. --head compares the chain with a digest that "
            "was written "
            "down earlier, such as the one printed on a weekly report."
        ),
        N_(
            "--since hashes every fact again and compares the ledger with a manifest that was kept: quickly, and without "
            "the indexes, texts and files that facts name, which are left to the full verification."
        ),
    ),
    examples=(
        "labelqa ledger verify",
        "labelqa ledger verify --head 3f0c…",
        "labelqa ledger verify --since manifest-2026-10.json",
    ),
    words=(
        option("--head", default="", metavar="DIGEST", says=N_("A head of the ledger as it was noted earlier.")),
        option("--since", word=FILE, says=N_("A manifest that `labelqa ledger manifest` wrote earlier.")),
    ),
    reports=True,
)
def verify(session: Session, *, head: str, since: Path | None) -> int:
    """Verifies the whole workspace, or its chain since a manifest."""
    if since is not None:
        if head:
            raise WrongUsage("--head and --since do not go together: a manifest holds its own head")
        return _since(session, since)
    from labelqa.workflows.integrity import verify_ledger

    with session.desk() as desk:
        state = verify_ledger(desk, head=head)
    if session.json:
        session.screen.json(state)
    else:
        session.screen.findings(state.findings)
        session.screen.line(
            N_("{facts} facts, head {head}: {n} findings."),
            facts=state.facts,
            head=state.head or "–",
            n=state.found,
        )
    return Exit.FINE if worst(state.findings) in (None, Severity.NOTE) else Exit.FAILED


def _source(session: Session) -> Any:
    """How to reach the ledger; the workspace's other stores stay closed."""
    from labelqa.wiring import open_source

    named = session.start / session.workspace if session.workspace else None
    return open_source(start=session.start, workspace=named, env=session.env)[1]


def _since(session: Session, path: Path) -> int:
    """Verifies the chain since a manifest, without opening the workspace's other stores."""
    from labelqa.workflows.manifest import verify_since

    source = _source(session)
    state = verify_since(source, session.start / path)
    if session.json:
        session.screen.json(state)
    else:
        screen = session.screen
        screen.findings(state.findings)
        screen.line(
            N_("{facts} facts hashed again, head {head}; {known} known to the manifest of {since}, {later} later: {n} findings."),
            facts=state.facts, head=state.head, known=state.known, since=state.since, later=state.later,
            n=state.found,
        )  # fmt: skip
        comma = session.say(N_(", "))
        screen.line(
            N_("Not looked at: {what}; `labelqa ledger verify` does."),
            what=comma.join(session.say(each) for each in state.not_checked),
        )
    return Exit.FINE if worst(state.findings) in (None, Severity.NOTE) else Exit.FAILED


@command(
    "manifest",
    says=N_("Write down what the ledger is today, to be compared with later."),
    more=(
        N_(
            "Every fact is hashed again first; a chain that does not hold gets no manifest. Keep the file where whoever "
            "can change the ledger cannot change it: `labelqa ledger verify --since FILE` says whether anything was "
            "altered since."
        ),
    ),
    examples=("labelqa ledger manifest --out manifest-2026-11.json", "labelqa ledger manifest"),
    words=(option("--out", word=FILE, says=N_("The file to write; without it the manifest is printed.")),),
    reports=True,
)
def manifest(session: Session, *, out: Path | None) -> None:
    """Writes or prints a manifest."""
    from datetime import UTC, datetime

    from labelqa.workflows.manifest import make_manifest, write_manifest

    source = _source(session)
    made = make_manifest(source, now=session.clock() if session.clock else datetime.now(UTC))
    if out is not None:
        write_manifest(made, session.start / out)
    if out is None or session.json:
        session.screen.json(made)
    else:
        session.screen.line(N_("{path}: {facts} facts, head {head}."), path=str(out), facts=made.facts, head=made.head)


@command(
    "show",
    says=N_("Show the last facts of the ledger."),
    examples=("labelqa ledger show --kind review.recorded --last 20", "labelqa ledger show --subject batch:safety-w46"),
    words=(
        option("--kind", default="", says=N_("Only facts of this kind, such as batch.frozen.")),
        option("--subject", default="", says=N_("Only facts about this subject, such as batch:safety-w46.")),
        option("--last", word=Whole(), default=50, says=N_("How many, the newest last.")),
    ),
    reports=True,
)
def show(session: Session, *, kind: str, subject: str, last: int) -> None:
    """Prints facts."""
    from labelqa.adapters.report.data import plain
    from labelqa.workflows.integrity import facts

    with session.desk() as desk:
        found, zone = facts(desk, kind=kind, subject=subject, last=last), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    heads = (N_("no."), N_("recorded"), N_("kind"), N_("by"), N_("subjects"), N_("body"))
    session.screen.table(
        heads,
        (
            (
                each.seq,
                when(each.recorded_at, zone),
                each.kind,
                each.actor,
                " ".join(each.subjects),
                json.dumps(plain(each.body, session.lang), ensure_ascii=False),
            )
            for each in found
        ),
    )
    return None


@command(
    "tail",
    says=N_("Show the last facts, one a line, and the new ones as they come."),
    more=(
        N_(
            "With --follow it goes on until Ctrl-C, which is a good end (exit code 0), and looks twice a second. It never "
            "keeps anybody from writing."
        ),
    ),
    examples=("labelqa ledger tail --follow", "labelqa ledger tail --kind review.recorded --subject batch:safety-w46"),
    words=(
        flag("--follow", says=N_("Go on, and show new facts as they are recorded.")),
        option("--kind", default="", says=N_("Only facts of this kind, such as batch.frozen.")),
        option("--subject", default="", says=N_("Only facts about this subject, such as batch:safety-w46.")),
        option("--last", word=Whole(least=0), default=10, says=N_("How many, the newest last.")),
        flag("--json", says=N_("Print each fact as one line of JSON, and nothing else.")),
    ),
)
def tail(session: Session, *, follow: bool, kind: str, subject: str, last: int) -> int:
    """Prints the last facts, then the new ones."""
    from time import sleep

    from labelqa.workflows import tail as use

    with session.desk() as desk:
        zone = desk.settings.zone
        found, after = use.last_facts(desk.ledger, kind=kind, subject=subject, last=last)
        _lines(session, found, zone)
        if follow:
            coming = use.follow(desk.ledger, after, kind=kind, subject=subject, wait=lambda: sleep(use.EVERY))
            try:
                for facts in coming:
                    _lines(session, facts, zone)
            except KeyboardInterrupt:
                return Exit.FINE
    return Exit.FINE


def _lines(session: Session, facts: Iterable[Fact], zone: tzinfo) -> None:
    """One line a fact, seen at once by whoever reads them from a pipe."""
    for fact in facts:
        session.screen.out.write((_json_line(fact, session) if session.json else _line(fact, session, zone)) + "\n")
    session.screen.out.flush()


def _json_line(fact: Fact, session: Session) -> str:
    from labelqa.adapters.report.data import plain

    return json.dumps(plain(fact, session.lang), ensure_ascii=False)


def _line(fact: Fact, session: Session, zone: tzinfo) -> str:
    text = session.say(
        N_("{seq}  {when}  {kind}  by {actor} ({identity})  {subjects}"),
        seq=fact.seq, when=f"{fact.recorded_at.astimezone(zone):%Y-%m-%d %H:%M:%S}", kind=fact.kind, actor=fact.actor,
        identity=named(fact.identity, session.say), subjects=" ".join(fact.subjects),
    )  # fmt: skip
    if fact.supersedes is not None:
        text += "  " + session.say(N_("(supersedes fact {seq})"), seq=fact.supersedes)
    return " ".join(text.split("\n")).rstrip()


@command(
    "move",
    says=N_("Move the ledger from its file to PostgreSQL, facts and hashes as they are."),
    more=(
        N_(
            "The address must hold no ledger yet. Everything is verified there, the workspace's settings name it "
            "afterwards, and the file takes nothing in any more: keep it as a backup, or delete it. End the server and "
            "the dashboard first."
        ),
    ),
    examples=("labelqa ledger move --to postgresql://labelqa@db.example/quality",),
    words=(
        option(
            "--to",
            default="",
            metavar="URL",
            says=N_("The address; its password comes from PGPASSWORD or the password file."),
        ),
    ),
    reports=True,
)
def move(session: Session, *, to: str) -> None:
    """Moves the ledger."""
    from labelqa.workflows.moving import move_ledger

    if not to:
        raise WrongUsage("say where to: labelqa ledger move --to postgresql://USER@HOST/DATABASE")
    with session.desk() as desk:
        moved = move_ledger(desk, to, env=session.env)
    if session.json:
        session.screen.json(moved)
    else:
        session.screen.line(
            N_("{facts} facts are now at {to}, head {head}."), facts=moved.facts, to=moved.to, head=moved.head
        )


ledger = noun(
    "ledger",
    says=N_("Show the recorded facts and verify that none was altered."),
    commands=[verify, manifest, tail, show, move],
)
