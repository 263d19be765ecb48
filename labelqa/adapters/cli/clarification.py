"""``labelqa clarification``: numbered answers on a rule between releases, approved, issued and acknowledged (答疑)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, ReleaseWord, Whole, in_zone
from labelqa.i18n import N_
from labelqa.records.governance import Meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelqa.records.names import PersonId
    from labelqa.rulebook.model import Text
    from labelqa.workflows.clarifications import ClarificationLine
    from labelqa.workflows.desk import Desk

NEEDED: Final = 2  # approvals by different people


@command(
    "new",
    says=N_("Write the draft of a rulebook's next clarification: an answer to a question on one rule."),
    more=(
        N_(
            "A clarification explains what a rule means already. An example in it must expect what the release expects; "
            "whatever would change an expected label needs a release."
        ),
    ),
    examples=("labelqa clarification new genai-sft --rule S-01",),
    words=(
        argument("name"),
        option("--rule", required=True, says=N_("The rule that the question is about.")),
        option("--release", word=ReleaseWord(), says=N_("The release it explains; else the one in force.")),
    ),
)
def new(session: Session, *, name: str, rule: str, release: str | None) -> None:
    """Writes the draft."""
    from labelqa.workflows.clarifications import new_clarification

    with session.desk() as desk:
        path = new_clarification(desk, name, rule, release=release or "")
    session.screen.line(
        N_("Wrote {file}. Next: write question and answer, then `labelqa clarification sign {file} --by PERSON`."),
        file=path,
    )


@command(
    "sign",
    says=N_("Sign the draft of a clarification; two approvals by different people make it possible to issue it."),
    more=(N_("A signature is over exactly these bytes: a draft that is changed afterwards has to be signed again."),),
    examples=("labelqa clarification sign rulebooks/genai-sft/clarifications/draft.yaml --by 高志远",),
    words=(
        argument("file", word=FILE),
        option("--by", required=True, metavar="PERSON", says=N_("Who signs: name, pseudonym or SERVER=ACCOUNT.")),
        option(
            "--as", "meaning", word=OneOf.named(Meaning), default="approval", says=N_("What the signature stands for.")
        ),
    ),
    reports=True,
)
def sign(session: Session, *, file: Path, by: str, meaning: Meaning) -> None:
    """Records one person's signature."""
    from labelqa.workflows.clarifications import sign_clarification
    from labelqa.workflows.people import find_person, shown_name

    path = session.start / file
    with session.desk() as desk:
        person = find_person(desk, by)
        _complain(session, desk, path)
        done = sign_clarification(desk, path, person, meaning)
        name, zone = shown_name(desk, person), desk.settings.zone
    if session.json:
        return session.screen.json(done)
    signed = N_("Signed clarification {document} ({digest}…): {meaning} {name}; {n} of {of} approvals.")
    before = N_(
        "Already signed on {at}: clarification {document} ({digest}…), {meaning} {name}; {n} of {of} approvals."
    )
    session.screen.line(
        before if done.already else signed, document=done.document.partition(":")[2],
        digest=done.signature.digest[:12], meaning=named(done.signature.meaning, session.say), name=name,
        at=when(done.signature.at, zone), n=min(done.approvals, NEEDED), of=NEEDED,
    )  # fmt: skip
    return None


def _complain(session: Session, desk: Desk, path: Path) -> None:
    """Everything the checks say, before a refusal that rests on it."""
    from labelqa.workflows.clarifications import read_clarification

    _, findings = read_clarification(desk, path)
    if findings and not session.json:
        session.screen.findings(findings)


@command(
    "issue",
    says=N_("Issue a clarification: an immutable file, its digest, and a fact in the ledger."),
    more=(N_("Two different people must have approved exactly these bytes: `labelqa clarification sign`."),),
    examples=(
        "labelqa clarification issue rulebooks/genai-sft/clarifications/draft.yaml",
        "labelqa clarification issue draft.yaml --effective-from 2026-12-01",
    ),
    words=(
        argument("file", word=FILE),
        option(
            "--effective-from",
            word=MomentWord(),
            says=N_("From when it counts, in the workspace's time zone; else from now."),
        ),
    ),
    reports=True,
)
def issue(session: Session, *, file: Path, effective_from: datetime | None) -> None:
    """Issues a draft."""
    from labelqa.workflows.clarifications import issue_clarification

    path = session.start / file
    with session.desk() as desk:
        zone = desk.settings.zone
        start = in_zone(effective_from, zone, effective_from) if effective_from else None
        _complain(session, desk, path)
        line = issue_clarification(desk, path, effective_from=start)
    if session.json:
        return session.screen.json(line)
    made = line.clarification
    session.screen.line(
        N_("Issued clarification {name}#{number} on rule {rule} of {release}, from {start}; {n} people are to acknowledge it."),
        name=made.rulebook, number=made.number, rule=made.rule, release=made.release,
        start=when(made.effective_from, zone), n=len(line.unread),
    )  # fmt: skip
    return None


@command(
    "acknowledge",
    says=N_("Record that somebody has read a clarification."),
    examples=("labelqa clarification acknowledge genai-sft 3 --person 陈思远",),
    words=(
        argument("name"),
        argument("number", word=Whole()),
        option(
            "--person", required=True, metavar="PERSON", says=N_("Who has read it: name, pseudonym or SERVER=ACCOUNT.")
        ),
    ),
)
def acknowledge(session: Session, *, name: str, number: int, person: str) -> None:
    """Records it once."""
    from labelqa.workflows.clarifications import acknowledge as record
    from labelqa.workflows.people import find_person, shown_name

    with session.desk() as desk:
        who = find_person(desk, person)
        fresh, shown = record(desk, name, number, who), shown_name(desk, who)
    told = N_("{person} has acknowledged clarification {name}#{number}.")
    before = N_("{person} had acknowledged clarification {name}#{number} before; nothing was recorded.")
    session.screen.line(told if fresh else before, person=shown, name=name, number=number)


@command(
    "list",
    says=N_("List the clarifications of a rulebook, whom they concern, and who has acknowledged them."),
    more=(N_("A clarification concerns everybody who is qualified under the release that it explains."),),
    examples=("labelqa clarification list genai-sft",),
    words=(argument("name"),),
    reports=True,
)
def list_(session: Session, *, name: str) -> None:
    """Prints them by number."""
    from labelqa.workflows.clarifications import clarification_lines
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        lines, names, zone = clarification_lines(desk, name), shown_names(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("No clarification of {name} was issued."), name=name)
    heads = (
        N_("no."), N_("rule"), N_("release"), N_("counts from"), N_("question asked"), N_("acknowledged"), N_("still to read it"),
        N_("taken in by"),
    )  # fmt: skip
    comma = session.say(N_(", "))
    session.screen.table(
        heads,
        (
            (
                each.clarification.number,
                each.clarification.rule,
                each.clarification.release,
                when(each.clarification.effective_from, zone),
                _spoken(session, each.text.question),
                len(each.read),
                comma.join(names.get(person, person) for person in each.unread) or "–",
                each.clarification.taken_in or "–",
            )
            for each in lines
        ),
    )
    return None


@command(
    "show",
    says=N_("Show a clarification: question, answer, example, who approved it and who has read it."),
    examples=("labelqa clarification show genai-sft 3",),
    words=(argument("name"), argument("number", word=Whole())),
    reports=True,
)
def show(session: Session, *, name: str, number: int) -> None:
    """Prints one clarification."""
    from labelqa.workflows.clarifications import clarification_line
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        line, names, zone = clarification_line(desk, name, number), shown_names(desk), desk.settings.zone
    if session.json:
        return session.screen.json(line)
    return _print(session, line, names, zone)


def _print(session: Session, line: ClarificationLine, names: Mapping[PersonId, str], zone: tzinfo) -> None:
    screen, say, made, text = session.screen, session.say, line.clarification, line.text
    comma = say(N_(", "))
    screen.title(
        N_("Clarification {name}#{number} on rule {rule} of {release}"), name=made.rulebook, number=made.number,
        rule=made.rule, release=made.release,
    )  # fmt: skip
    rows: list[tuple[str, object]] = [
        (N_("question asked"), _spoken(session, text.question)),
        (N_("answer given"), _spoken(session, text.answer)),
    ]
    if text.example is not None:
        rows += [
            (N_("example"), _spoken(session, text.example.content)),
            (N_("label it gets"), text.example.expected),
        ]
    rows += [
        (N_("counts from"), when(made.effective_from, zone)),
        (N_("approved by"), comma.join(names.get(each.person, each.person) for each in made.signatures)),
        (N_("taken in by"), made.taken_in or "–"),
        (N_("digest"), made.digest),
        (N_("acknowledged"), comma.join(f"{names.get(who, who)} {when(at, zone)}" for who, at in line.read) or "–"),
        (N_("still to read it"), comma.join(names.get(who, who) for who in line.unread) or "–"),
    ]
    screen.pairs(rows)


def _spoken(session: Session, text: Text) -> str:
    """A text in the reader's language."""
    return text.zh if session.lang == "zh" else text.en


clarification = noun(
    "clarification",
    says=N_("Answer questions on a rule between releases, and see who has read the answers."),
    commands=[new, sign, issue, acknowledge, list_, show],
)
