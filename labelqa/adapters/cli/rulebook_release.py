"""``labelqa rulebook sign``, ``release`` and ``adopt``: two people approve a text, then it is made final."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, ReleaseWord, in_zone
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.governance import APPROVALS, Meaning

if TYPE_CHECKING:
    from labelqa.records.summary import RulebookLine
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.signatures import Signing

DATES = (
    option(
        "--effective-from",
        word=MomentWord(),
        says=N_("From when it counts for new work, in the workspace's time zone; else from now."),
    ),
    option(
        "--previous-until",
        word=MomentWord(),
        says=N_("Until when work begun under the version before may go on; a material change has to say it."),
    ),
)


@command(
    "sign",
    says=N_("Sign a rulebook: a draft, or a release that ships with labelqa (NAME@VERSION)."),
    more=(
        N_(
            "A signature is over exactly these bytes: a draft that is changed afterwards has to be signed again. Two "
            "approvals by different people make a release possible; a draft with errors cannot be approved."
        ),
    ),
    examples=(
        "labelqa rulebook sign rulebooks/genai-safety/draft.yaml --by 高志远",
        "labelqa rulebook sign genai-sft@1.0.0 genai-safety@1.0.0 --by 宋博文",
    ),
    words=(
        argument("documents", many=True),
        option("--by", required=True, metavar="PERSON", says=N_("Who signs: name, pseudonym or SERVER=ACCOUNT.")),
        option(
            "--as", "meaning", word=OneOf.named(Meaning), default="approval", says=N_("What the signature stands for.")
        ),
    ),
    reports=True,
)
def sign(session: Session, *, documents: Sequence[str], by: str, meaning: Meaning) -> None:
    """Records one person's signature on each document."""
    from labelqa.wiring import shipped
    from labelqa.workflows.people import find_person, shown_name
    from labelqa.workflows.rulebooks import find_source, questions, sign_rulebook

    with session.desk() as desk:
        person, shelf = find_person(desk, by), shipped("rulebooks")
        with _explained(session):
            sources = [find_source(desk, each, start=session.start, shelf=shelf) for each in documents]
            asked = [each for source in sources for each in questions(desk, source)]
            done = [sign_rulebook(desk, each, person, meaning) for each in sources]
        name, zone = shown_name(desk, person), desk.settings.zone
    if session.json:
        return session.screen.json(done)
    session.screen.findings(asked)
    for each in done:
        _print_signing(session, each, name, zone)
    return None


def _print_signing(session: Session, done: Signing, name: str, zone: tzinfo) -> None:
    told = {
        "release": done.document.partition(":")[2],
        "digest": done.signature.digest[:12],
        "meaning": named(done.signature.meaning, session.say),
        "name": name,
        "at": when(done.signature.at, zone),
        "n": min(done.approvals, APPROVALS),
        "of": APPROVALS,
    }
    signed = N_("Signed {release} ({digest}…): {meaning} {name}; {n} of {of} approvals.")
    before = N_(
        "Already signed on {at}: {release} ({digest}…), {meaning} {name}; {n} of {of} approvals. Nothing was recorded."
    )
    session.screen.line(before if done.already else signed, **told)


@command(
    "release",
    says=N_("Release a rulebook: an immutable file, locked by its digest, and a fact in the ledger."),
    more=(
        N_(
            "Two different people must have approved exactly these bytes: `labelqa rulebook sign`. The version must rise "
            "at least as far as the changes ask for."
        ),
    ),
    examples=(
        "labelqa rulebook release rulebooks/genai-safety/draft.yaml",
        "labelqa rulebook release draft.yaml --effective-from 2026-12-01 --previous-until 2026-12-15",
    ),
    words=(argument("file", word=FILE), *DATES),
    reports=True,
)
def release(session: Session, *, file: Path, **dates: datetime | None) -> None:
    """Releases a draft that has no errors."""
    from labelqa.workflows.rulebooks import from_file, questions, release_rulebook

    path = session.start / file
    with session.desk() as desk:
        with _explained(session):
            source = from_file(path)
            asked = questions(desk, source)
            line = release_rulebook(desk, source, **_moments(desk, dates))
        told = _told(session, desk, line)
    if session.json:
        return session.screen.json(line)
    session.screen.findings(asked)
    return _print_release(session, line, told)


@contextmanager
def _explained(session: Session) -> Iterator[None]:
    """What the checks found is shown before the refusal that rests on it."""
    from labelqa.workflows.rulebooks import Forbidden

    try:
        yield
    except Forbidden as error:
        if not session.json:
            session.screen.findings(error.findings)
        raise


@command(
    "adopt",
    says=N_("Release a rulebook that ships with labelqa, byte for byte, once your own people have approved it."),
    more=(
        N_(
            "What ships carries nobody's approval: two of your people sign it first (`labelqa rulebook sign NAME@VERSION`). "
            "A later version is adopted the same way, with its dates."
        ),
    ),
    examples=(
        "labelqa rulebook adopt genai-safety@1.0.0",
        "labelqa rulebook adopt genai-safety@1.0.0 --effective-from 2026-12-01",
    ),
    words=(argument("release", word=ReleaseWord()), *DATES),
    reports=True,
)
def adopt(session: Session, *, release: str, **dates: datetime | None) -> None:
    """Releases a shipped text in this workspace."""
    from labelqa.wiring import shipped
    from labelqa.workflows.rulebooks import adopt_rulebook

    with session.desk() as desk:
        line = adopt_rulebook(desk, release, shelf=shipped("rulebooks"), **_moments(desk, dates))
        told = _told(session, desk, line)
    if session.json:
        return session.screen.json(line)
    return _print_release(session, line, told)


def _moments(desk: Desk, dates: Mapping[str, datetime | None]) -> dict[str, datetime | None]:
    zone = desk.settings.zone
    return {name: in_zone(moment, zone, moment) if moment else None for name, moment in dates.items()}


def _told(session: Session, desk: Desk, line: RulebookLine) -> Message:
    """Who approved it, from when it counts, and until when work under the version before goes on."""
    from labelqa.workflows.people import shown_name
    from labelqa.workflows.rulebooks import rulebook_lines

    zone = desk.settings.zone
    names = session.say(N_(", ")).join(shown_name(desk, each.person) for each in line.signatures)
    told = {"names": names, "start": when(line.effective_from, zone), "previous": f"{line.name}@{line.previous}"}
    before = next(
        (each for each in rulebook_lines(desk) if (each.name, each.version) == (line.name, line.previous)), None
    )
    if before is None or before.until is None:
        return Message(N_("Approved by {names}; counts from {start}."), told)
    text = N_("Approved by {names}; counts from {start}; work begun under {previous} goes on until {end}.")
    return Message(text, {**told, "end": when(before.until, zone)})


def _print_release(session: Session, line: RulebookLine, told: Message) -> None:
    session.screen.line(
        N_("Released {release}: {labels} labels, {rules} rules, {examples} worked examples; digest {digest}."),
        release=f"{line.name}@{line.version}",
        labels=line.labels,
        rules=line.rules,
        examples=line.examples,
        digest=line.digest,
    )
    session.screen.line(told)
