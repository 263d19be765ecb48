"""The tables of people, rulebooks, methods and the ledger: who, under what, how measured, and where the facts end."""

from __future__ import annotations

from labelqa.adapters.report import text
from labelqa.adapters.report.grid import Cell, Table
from labelqa.adapters.report.grid import columns as headed
from labelqa.i18n import Speaker
from labelqa.records.estimate import Figure
from labelqa.records.summary import PersonLine, RulebookLine, Summary


def people(summary: Summary, say: Speaker) -> Table:
    """Who may work under which release, and which facts say so."""
    columns = headed(
        (say("Person"), "text"), (say("Pseudonym"), "text"), (say("Organizer"), "text"), (say("Duties"), "text"),
        (say("Rulebook release"), "text"), (say("Qualification"), "text"), (say("Trained at"), "moment"),
        (say("Examined at"), "moment"), (say("Score"), "share"), (say("Pass mark"), "share"),
        (say("Valid until"), "moment"), (say("Facts"), "text"),
    )  # fmt: skip
    rows = tuple(_person_row(line, say) for line in summary.people)
    return Table("people", say("People and qualification"), columns, rows, say("Nobody is registered yet."))


def _person_row(line: PersonLine, say: Speaker) -> tuple[Cell, ...]:
    return (
        Cell("text", line.name),
        Cell("text", line.person),
        Cell("text", line.organizer or None),
        Cell("text", say(", ").join(text.name_of(duty, say) for duty in line.duties) or None),
        Cell("text", line.release),
        Cell("text", text.name_of(line.standing, say), standing_tone(line)),
        Cell("moment", line.trained_at),
        Cell("moment", line.examined_at),
        Cell("share", line.score),
        Cell("share", line.pass_mark),
        Cell("moment", line.until),
        Cell("text", " ".join(f"#{fact}" for fact in line.facts) or None),
    )


def standing_tone(line: PersonLine) -> str:
    """How a standing is coloured: a model is neither qualified nor unqualified."""
    return {"qualified": "good", "model": ""}.get(line.standing, "bad")


def rulebooks(summary: Summary, say: Speaker) -> Table:
    """The releases that labels were made under."""
    columns = headed(
        (say("Rulebook"), "text"), (say("Version"), "text"), (say("Title"), "text"), (say("Kind"), "text"),
        (say("Released at"), "moment"), (say("Released by"), "text"), (say("Labels"), "count"),
        (say("Rules"), "count"), (say("Examples"), "count"), (say("Batches"), "text"), (say("Digest"), "code"),
    )  # fmt: skip
    rows = tuple(_rulebook_row(line, say) for line in summary.rulebooks)
    return Table("rulebooks", say("Rulebook releases"), columns, rows, say("No rulebook has been released yet."))


def title_of(line: RulebookLine, say: Speaker) -> str:
    """A rulebook's title in the reader's language, else in the other."""
    return line.title.get(say.lang) or next((title for title in line.title.values() if title), "")


def _rulebook_row(line: RulebookLine, say: Speaker) -> tuple[Cell, ...]:
    return (
        Cell("text", line.name),
        Cell("text", line.version),
        Cell("text", title_of(line, say) or None),
        Cell("text", text.name_of(line.kind, say)),
        Cell("moment", line.released_at),
        Cell("text", line.released_by),
        Cell("count", line.labels),
        Cell("count", line.rules),
        Cell("count", line.examples),
        Cell("text", say(", ").join(line.batches) or None),
        Cell("code", line.digest),
    )


def methods(summary: Summary, say: Speaker) -> Table:
    """How the numbers of this report were made."""
    columns = headed((say("Method"), "text"), (say("Confidence"), "text"), (say("How it is made"), "text"))
    changes = _changes(summary)
    rows = tuple(
        (
            Cell("text", text.method_family(code, say)),
            Cell("text", say(", ").join(text.whole(each) for each in confidences)),
            Cell("text", text.method_note(code, say) or None),
        )
        for code, confidences in text.methods_used((summary, changes))
    )
    return Table("methods", say("How the numbers were made"), columns, rows, say("No figure could be estimated."))


def ledger(summary: Summary, say: Speaker) -> Table:
    """Where the facts behind the report end, and how to check that."""
    columns = headed((say("Ledger"), "text"), (say("Value"), "code"))
    rows = (
        (Cell("text", say("Head (digest of the last fact)")), Cell("code", summary.head or None)),
        (Cell("text", say("Facts")), Cell("count", summary.facts)),
        (Cell("text", say("To verify")), Cell("code", verify_command(summary))),
    )
    return Table("ledger", say("Ledger"), columns, rows, "")


def verify_command(summary: Summary) -> str:
    """The command that checks the ledger against this report."""
    return f"labelqa ledger verify --head {summary.head}" if summary.head else "labelqa ledger verify"


def notes(summary: Summary, say: Speaker) -> list[str]:
    """What holds for the whole report, the summary's own notes first."""
    return [
        *(say(note) for note in summary.notes),
        say("Brackets hold the interval; n is the number of cases behind a figure."),
        say("Unknown means that the data do not allow a figure; the reason stands beside it. It is never shown as 0."),
        say("Counts are of everything recorded in the period; they are not samples and have no interval."),
        say("A change is marked ▲ or ▼ only when its interval leaves out zero; ≈ means that none is proven."),
        say("Reasons to look at an annotator's work are questions to ask, not judgements of a person."),
        say("The report states what was recorded and measured; whether a clause is met is assessed elsewhere."),
    ]


def _changes(summary: Summary) -> tuple[Figure, Figure]:
    now, last = summary.now, summary.last
    return text.difference(now.accuracy, last.accuracy), text.difference(now.agreement, last.agreement)
