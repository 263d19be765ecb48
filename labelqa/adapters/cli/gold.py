"""``labelqa gold``: labelqa's own register of answers fixed beforehand, how worn they are, and what counts no longer."""

from __future__ import annotations

from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.files import gold_rows, looked
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.i18n import N_
from labelqa.records.gold import GoldLine, GoldRegister, Rotation
from labelqa.workflows.desk import Desk


@command(
    "import",
    says=N_("Add gold answers to the register (CSV or XLSX: item_id, label)."),
    examples=("labelqa gold import gold.csv",),
    words=(
        argument("file", word=FILE),
        option("--project", default="", says=N_("The project that its items were imported into.")),
    ),
    reports=True,
)
def import_(session: Session, *, file: Path, project: str) -> None:
    """Reads gold answers."""
    with session.desk() as desk:
        added = gold_from(desk, session.start / file, project=project)
    if session.json:
        return session.screen.json({"file": str(file), "added": added})
    return session.screen.line(
        N_("{file}: {n} gold {n:answer is|answers are} new in the register."), file=file, n=added
    )


def gold_from(desk: Desk, path: Path, *, project: str = "") -> int:
    """Reads a gold list into the register; how many answers were new."""
    from labelqa.workflows.imports import import_gold

    return import_gold(desk, gold_rows(looked(desk, path)), project=project)


@command(
    "retire",
    says=N_("Take a gold answer out of use because it is wrong or worn out; scores are computed without it."),
    more=(
        N_(
            "Every figure against gold leaves it out from now on: accuracy, annotators, consensus, exams on gold, proposals of "
            "suspension. Frozen files and what was concluded before stay as they are."
        ),
    ),
    examples=("labelqa gold retire q-0007 --by 王主管 --reason '答案有误，规则 2.3'",),
    words=(
        argument("item"),
        option("--by", required=True, metavar="PERSON", says=N_("Who retires it: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("What is wrong with it, or that it is worn out.")),
    ),
    reports=True,
)
def retire(session: Session, *, item: str, by: str, reason: str) -> None:
    """Retires a gold answer."""
    from labelqa.workflows.golden.register import retire_gold

    with session.desk() as desk:
        done = retire_gold(desk, item, by=by, reason=reason)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("The gold answer {label} of {item} is retired: figures are computed without it."),
        label=done.label,
        item=item,
    )


@command(
    "list",
    says=N_("List the gold register with what is in use, due, suspected or retired."),
    examples=("labelqa gold list",),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints the register."""
    found = _register(session)
    if session.json:
        return session.screen.json(found)
    if not found.lines:
        return session.screen.line(N_("The gold register is empty: `labelqa gold import` fills it."))
    heads = (N_("item"), N_("gold"), N_("state"), N_("answers"), N_("people"), N_("reason"))
    return session.screen.table(heads, (_line(session, each) for each in found.lines))


def _line(session: Session, each: GoldLine) -> tuple[object, ...]:
    reason = each.retired.reason if each.retired else ""
    return each.item_id, each.label, named(each.state, session.say), each.exposures, each.people, reason


@command(
    "exposure",
    says=N_("Show how often each gold item was seen, by whom, and whether its answers became right over time."),
    more=(
        N_(
            "A gold item that people come to know is answered rightly more and more often. The later half of its answers is "
            "held against the earlier one, with an interval that is widened for the number of items looked at; only where it "
            "lies wholly above zero is the item called suspected."
        ),
    ),
    examples=("labelqa gold exposure", "labelqa gold exposure --json"),
    reports=True,
)
def exposure(session: Session) -> None:
    """Prints the exposures."""
    found = _register(session)
    if session.json:
        return session.screen.json(found)
    if not found.lines:
        return session.screen.line(N_("The gold register is empty: `labelqa gold import` fills it."))
    heads = (
        N_("item"), N_("state"), N_("answers"), N_("people"), N_("seen most often by"), N_("right"),
        N_("right at first"), N_("right lately"), N_("change"),
    )  # fmt: skip
    session.screen.table(heads, (_exposed(session, found, each) for each in found.lines))
    for note in found.notes:
        session.screen.line(note)
    if found.limit is None:
        session.screen.line(N_("No policy gold-exposures is declared: nothing is called due."))
    return None


def _exposed(session: Session, found: GoldRegister, each: GoldLine) -> tuple[object, ...]:
    most = ", ".join(f"{found.names.get(person, person)} {n}" for person, n in each.often[:3])
    shares = (
        figure_text(figure, session.say, brief=True) for figure in (each.right, each.early, each.late, each.change)
    )
    return each.item_id, named(each.state, session.say), each.exposures, each.people, most or "–", *shares


def _register(session: Session) -> GoldRegister:
    from labelqa.workflows.golden.register import gold_lines

    with session.desk() as desk:
        return gold_lines(desk)


@command(
    "rotate",
    says=N_("Propose which gold items to retire and how many new ones the register needs; nothing is recorded."),
    examples=("labelqa gold rotate",),
    reports=True,
)
def rotate(session: Session) -> None:
    """Prints the proposal."""
    from labelqa.workflows.golden.register import rotation

    with session.desk() as desk:
        found = rotation(desk)
    if session.json:
        return session.screen.json(found)
    return _rotation(session, found)


def _rotation(session: Session, found: Rotation) -> None:
    screen = session.screen
    if found.limit is None:
        screen.line(N_("No policy gold-exposures is declared: nothing is called due."))
    for each in (*found.suspected, *found.due):
        screen.line("labelqa gold retire {item}  # {state}, {n}", item=each.item_id, state=named(each.state, session.say),
                    n=each.exposures)  # fmt: skip
    screen.line(
        N_("{gone} of {n} gold items are to be retired; {needed} new ones keep the register at its size."),
        gone=len(found.due) + len(found.suspected), n=found.in_use, needed=found.needed,
    )  # fmt: skip
    if found.needed:
        stays = ", ".join(f"{label} {n}" for label, n in found.low.items())
        screen.line(N_("What stays by label: {labels}."), labels=stays)


gold = noun("gold", says=N_("Keep the register of gold answers."), commands=[import_, retire, list_, exposure, rotate])
