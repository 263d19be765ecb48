"""``labelqa qualify``: who may work under which release and why; suspend, lift and cancel qualifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from labelqa.adapters.cli.badge import qualify_badge
from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import figure_text, named, when
from labelqa.adapters.cli.qualify_why import why
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, OneOf, Whole, in_zone
from labelqa.i18n import N_
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.records.summary import PersonLine

REASONS = ("low-accuracy", "failed-retraining", "misconduct", "other")
BY_SAYS = N_("The supervisor who decides: pseudonym, name or SERVER=ACCOUNT.")


@command(
    "show",
    says=N_("Show who is qualified for which release, and which facts say so."),
    more=(N_("--at asks for the qualification at another time; --known for what was known by then."),),
    examples=("labelqa qualify show", "labelqa qualify show 陈思远 --release genai-safety@1.0.0 --at 2026-11-16"),
    words=(
        argument("person", required=False),
        option("--release", default="", metavar="NAME@VERSION", says=N_("Only this release.")),
        option("--at", word=MomentWord(), says=N_("When, in the workspace's time zone; else now.")),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
    names=True,
)
def show(session: Session, *, person: str | None, release: str, at: datetime | None, known: datetime | None) -> None:
    """Prints qualifications."""
    print_standings(session, person=person or "", release=release, at=at, known=known)


def print_standings(
    session: Session,
    *,
    person: str,
    release: str,
    at: datetime | None,
    known: datetime | None,
    everybody: bool = True,
) -> None:
    """A line for each person and release; "" for every person or release. ``everybody``: those who left as well."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.people import find_person, person_lines

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        who = find_person(desk, person) if person else None
        moments: Mapping[str, datetime] = {
            name: in_zone(moment, zone, now) for name, moment in (("at", at), ("known", known)) if moment
        }
        lines = [
            each
            for each in shown(desk, person_lines(desk, **moments))
            if (who is None or each.person == who) and release in {"", each.release} and (everybody or not each.left)
        ]
    if session.json:
        return session.screen.json(lines)
    if not lines:
        nobody = N_("Nobody is registered here yet: `labelqa people import FILE`.")
        nothing = N_("Nothing was on record for that person, release and time.")
        return session.screen.line(nothing if who or release or moments else nobody)
    return _table(session, lines, zone)


def _table(session: Session, lines: Sequence[PersonLine], zone: tzinfo) -> None:
    heads = (
        N_("person"),
        N_("name"),
        N_("organizer"),
        N_("duties"),
        N_("release"),
        N_("standing"),
        N_("score"),
        N_("until"),
        N_("facts"),
    )
    rows = (
        (
            each.person,
            each.name,
            each.organizer,
            ", ".join(named(duty, session.say) for duty in each.duties),
            each.release or "–",
            standing_text(each, session),
            "–" if each.score is None else f"{each.score:.2f}",
            _until(each, zone, session),
            " ".join(str(fact) for fact in each.facts),
        )
        for each in lines
    )
    session.screen.table(heads, rows)


def standing_text(line: PersonLine, session: Session) -> str:
    """A standing in words: said where it ends soon, and where a single duty stands otherwise."""
    text = named(line.standing, session.say)
    if line.expiring:
        text = session.say(N_("{standing}, expiring"), standing=text)
    for duty, standing in line.withheld:
        values = {"text": text, "duty": named(duty, session.say), "standing": named(standing, session.say)}
        text = session.say(N_("{text}; {duty}: {standing}"), **values)
    if line.coming:
        text = session.say(N_("{text}; the release is not in force yet"), text=text)
    if line.left:
        text = session.say(N_("{text}; no longer here"), text=text)
    return text


def _until(line: PersonLine, zone: tzinfo, session: Session) -> str:
    """The end of a qualification; said where it is another release that ends it."""
    told = when(line.until, zone)
    return session.say(N_("{time} (the release ends)"), time=told) if line.replaced and line.until else told


@command(
    "propose",
    says=N_("List the suspensions that the declared rule proposes; nothing is recorded."),
    more=(
        N_(
            "The rule is policy suspend-below, and suspend-items for how many gold answers it takes: the whole interval "
            "has to lie below the share, not only the point. A named supervisor decides: `labelqa qualify suspend`."
        ),
    ),
    examples=("labelqa qualify propose", "labelqa qualify propose --json"),
    reports=True,
)
def propose(session: Session) -> None:
    """Prints the proposals."""
    from labelqa.workflows.qualifying.proposals import suspension_proposals
    from labelqa.workflows.state import read_state, shown_names

    with session.desk() as desk:
        found, names = suspension_proposals(desk), shown_names(desk)
        rule = read_state(desk).policies
    if session.json:
        return session.screen.json(found)
    if rule.suspend_below is None:
        return session.screen.line(
            N_("No rule proposes suspensions yet: `labelqa policy declare suspend-below SHARE` declares one.")
        )
    session.screen.line(
        N_("Proposed where accuracy against gold lies wholly below {below}, from {least} {least:answer|answers} on."),
        below=rule.suspend_below, least=rule.suspend_items,
    )  # fmt: skip
    heads = (
        N_("proposal"), N_("person"), N_("name"), N_("line"), N_("right"), N_("answers"), N_("accuracy"), N_("batches"),
    )  # fmt: skip
    rows = [
        (
            each.proposal, each.person, names.get(each.person, each.person), each.line, each.right, each.n,
            figure_text(each.accuracy, session.say), ", ".join(each.batches),
        )
        for each in found
    ]  # fmt: skip
    if rows:
        session.screen.table(heads, rows)
    return session.screen.line(N_("{n} {n:proposal|proposals}; nobody is suspended by them."), n=len(rows))


_ABOUT = (
    option("--release", default="", metavar="LINE", says=N_("Only this line, NAME@MAJOR; else every rulebook.")),
    option("--duty", word=OneOf.named(Duty), says=N_("Only this duty; else every one.")),
    option(
        "--ground",
        word=Whole(),
        multiple=True,
        metavar="FACT",
        says=N_("A fact that it rests on; may be given several times."),
    ),
    option("--note", default="", says=N_("What there is to say; it is kept erasably.")),
)


_PERSON, _BY = argument("person"), option("--by", required=True, metavar="PERSON", says=BY_SAYS)
_REASON = option(
    "--reason", word=OneOf(REASONS), says=N_("Why, by its code; with a proposal low-accuracy, else other.")
)  # fmt: skip


def _decide(
    session: Session, action: QualificationAction, *, person: str, by: str, ground: tuple[int, ...], **told: Any
) -> None:
    """Records a decision and says so; ``told`` is the matter as its options said it."""
    from labelqa.workflows.people import find_person, shown_name
    from labelqa.workflows.qualifying.deciding import Matter, decide

    matter = Matter(grounds=ground, **{name: each for name, each in told.items() if each})
    with session.desk() as desk:
        done = decide(desk, action, person, matter, by=by)
        name = shown_name(desk, find_person(desk, person))
    if session.json:
        return session.screen.json(done)
    values = {"name": name, "line": done.line or "–", "fact": done.fact}
    if action is QualificationAction.LIFT:
        return session.screen.line(N_("{name} is no longer suspended (line {line}; fact {fact})."), **values)
    if action is QualificationAction.CANCEL:
        text = N_("{name} is cancelled (line {line}; fact {fact}): taught and examined anew, it may be earned again.")
        return session.screen.line(text, **values)
    text = N_(
        "{name} is suspended (line {line}; fact {fact}). To object: `labelqa appeal file {fact} --person PERSON`."
    )
    return session.screen.line(text, **values)


@command(
    "suspend",
    says=N_("Suspend somebody's qualification until it is lifted or an appeal is upheld."),
    more=(N_("Work of somebody suspended counts as unqualified, and nobody suspended is drawn, reviews or rules."),),
    examples=(
        "labelqa qualify suspend 陈思远 --by 周监督 --proposal sus-3f9a2c7101",
        "labelqa qualify suspend 陈思远 --by 周监督 --reason misconduct --duty reviewer --note 代签",
    ),
    words=(
        _PERSON, _BY, option("--proposal", default="", says=N_("The proposal that it follows.")), _REASON, *_ABOUT,
    ),
    reports=True,
)  # fmt: skip
def suspend(session: Session, **told: Any) -> None:
    """Suspends."""
    _decide(session, QualificationAction.SUSPEND, **told)


@command(
    "lift",
    says=N_("Lift a suspension: what training and exam say counts again."),
    examples=("labelqa qualify lift 陈思远 --by 周监督 --note 复训合格",),
    words=(_PERSON, _BY, _REASON, *_ABOUT),
    reports=True,
)
def lift(session: Session, **told: Any) -> None:
    """Lifts a suspension."""
    _decide(session, QualificationAction.LIFT, **told)


@command(
    "cancel",
    says=N_("Cancel somebody's qualification: training and exam before that no longer count."),
    more=(N_("A suspension that was not lifted stays; a new training and a new exam earn the qualification again."),),
    examples=("labelqa qualify cancel 陈思远 --by 周监督 --reason failed-retraining",),
    words=(_PERSON, _BY, _REASON, *_ABOUT),
    reports=True,
)
def cancel(session: Session, **told: Any) -> None:
    """Cancels."""
    _decide(session, QualificationAction.CANCEL, **told)


qualify = noun(
    "qualify",
    says=N_("Say who may work under which release and why; suspend, lift, cancel."),
    commands=[show, why, propose, suspend, lift, cancel, qualify_badge],
)
