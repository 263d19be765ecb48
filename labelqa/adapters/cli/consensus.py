"""``labelqa consensus``: a second opinion on the labels of a batch, with how sure it is of each item and annotator."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, OneOf, Whole, Word, not_a
from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

ROVER: Final = "rover"
BRADLEY_TERRY: Final = "bradley-terry"
OF_LABELS: Final = ("majority", "wawa", "dawid-skene", "one-coin", "glad", "mace")
LABEL_COLUMNS: Final = (
    ("item_id", str), ("consensus", str), ("certainty", float), ("tied", str), ("record", str),
    ("record_certainty", float),
)  # fmt: skip
TEXT_COLUMNS: Final = (("item_id", str), ("transcript", str), ("support", float), ("transcripts", int), ("ties", int))
SCALE_COLUMNS: Final = (
    ("compared", str), ("strength", float), ("low", float), ("high", float), ("preferred", int), ("passed_over", int),
    ("tied", int),
)  # fmt: skip
Columns = tuple[tuple[str, type], ...]


class Strength(Word):
    """What a prior is worth, 0 or more."""

    name = "X"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:  # noqa: ARG002
        try:
            strength = float(value)
        except ValueError:
            strength = -1.0
        if not 0 <= strength <= 1e9:
            raise not_a(Message(N_("a number, 0 or more")), value, param)
        return strength


class Fields(Word):
    """Two fields of the items, left and right."""

    name = "LEFT,RIGHT"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:  # noqa: ARG002
        if isinstance(value, tuple):
            return (str(value[0]), str(value[1]))
        parts = [part.strip() for part in str(value).split(",")]
        if len(parts) != 2 or not all(parts):
            raise not_a(Message(N_("two fields of the items, such as data.left,data.right")), value, param)
        return (parts[0], parts[1])


@command(
    "consensus",
    says=N_("Say which label each item of a frozen batch most probably has, and how good each annotator is."),
    more=(
        N_(
            "Rests on people's answers alone and changes no label of record. By default Dawid–Skene, each annotator's "
            "confusions drawn towards those of all by a prior learnt from the answers; --strength 0 is the model of 1979."
        ),
        N_(
            "Transcripts are combined by --model rover. Preferences are ranked by --model bradley-terry, when the items "
            "name in two fields what stood left and right (--compared)."
        ),
    ),
    examples=(
        "labelqa consensus safety-w46",
        "labelqa consensus safety-w46 --model one-coin --gold --out consensus.csv",
    ),
    words=(
        argument("batch"),
        option(
            "--model",
            word=OneOf((*OF_LABELS, ROVER, BRADLEY_TERRY)),
            default="dawid-skene",
            says=N_("How the answers are weighed."),
        ),
        option(
            "--strength",
            word=Strength(),
            says=N_(
                "Labels that the prior is worth, 0 for none; else learnt. Of bradley-terry: comparisons lent to each."
            ),
        ),
        flag("--gold", says=N_("Hold items with a gold answer fixed at it.")),
        option("--compared", word=Fields(), says=N_("Fields of the items that name what stood left and right.")),
        option(
            "--out",
            word=FILE,
            says=N_(
                "Write every item with its consensus, certainty and label of record to this file: .csv or .parquet."
            ),
        ),
        option("--items", word=Whole(0), default=20, says=N_("How many doubtful items are named.")),
        option("--seed", word=Whole(0), default=0, says=N_("Of the starts that are drawn by chance.")),
    ),
    reports=True,
)
def consensus(
    session: Session,
    *,
    batch: str,
    model: str,
    strength: float | None,
    gold: bool,
    compared: tuple[str, str] | None,
    out: Path | None,
    items: int,
    seed: int,
) -> None:
    """Fits the model, prints what it says, and writes the items where asked."""
    from labelqa.adapters.files.outgoing import check_target

    _check_words(model, strength=strength, gold=gold, compared=compared)
    target = session.start / out if out else None
    if target is not None:
        check_target(target)
    with session.desk() as desk:
        if model == ROVER:
            return _transcripts(session, desk, batch, target, items)
        if compared is not None:
            return _preferences(session, desk, batch, compared, strength or 0.0, target)
        return _labels(
            session, desk, batch, {"model": model, "strength": strength, "gold": gold, "seed": seed}, target, items
        )


def _check_words(model: str, *, strength: float | None, gold: bool, compared: tuple[str, str] | None) -> None:
    if model == ROVER and (strength is not None or gold):
        raise WrongUsage("--model rover combines texts: it takes neither --strength nor --gold")
    if model == BRADLEY_TERRY and gold:
        raise WrongUsage("--gold holds items fixed while a model is fitted; {model} counts votes", model=model)
    if (model == BRADLEY_TERRY) != (compared is not None):
        raise WrongUsage("--model bradley-terry needs --compared LEFT,RIGHT, and no other model takes it")


def _labels(session: Session, desk: Desk, batch: str, told: dict[str, Any], target: Path | None, items: int) -> None:
    from labelqa.adapters.cli.consensus_tables import print_consensus
    from labelqa.workflows.consensus import Choice, consensus_report

    report, each = consensus_report(desk, batch, choice=Choice(**told), items=items)
    _write(target, LABEL_COLUMNS, lambda: (
        (one.item, one.label or None, one.certainty, " | ".join(one.tied) or None, one.recorded, one.recorded_certainty)
        for one in each()
    ))  # fmt: skip
    if session.json:
        return session.screen.json(report)
    print_consensus(session, report)
    return _written(session, target, report.items)


def _transcripts(session: Session, desk: Desk, batch: str, target: Path | None, items: int) -> None:
    from labelqa.adapters.cli.consensus_tables import print_transcripts
    from labelqa.workflows.transcripts import transcript_report

    report, each = transcript_report(desk, batch, items=items)
    _write(target, TEXT_COLUMNS, lambda: ((one.item, one.text, one.support, one.transcripts, one.ties) for one in each))
    if session.json:
        return session.screen.json(report)
    print_transcripts(session, report)
    return _written(session, target, report.items)


def _preferences(
    session: Session, desk: Desk, batch: str, compared: tuple[str, str], prior: float, target: Path | None
) -> None:
    from labelqa.adapters.cli.consensus_tables import print_preferences
    from labelqa.workflows.preferences import preference_report

    report = preference_report(desk, batch, left=compared[0], right=compared[1], prior=prior)
    _write(target, SCALE_COLUMNS, lambda: (
        (
            one.option, one.strength.point, one.strength.low, one.strength.high, one.preferred, one.passed_over, one.tied,
        )
        for one in report.options
    ))  # fmt: skip
    if session.json:
        return session.screen.json(report)
    print_preferences(session, report)
    return _written(session, target, len(report.options))


def _write(target: Path | None, columns: Columns, rows: Callable[[], Iterable[tuple[Any, ...]]]) -> None:
    if target is not None:
        from labelqa.adapters.files.outgoing import write_table

        write_table(target, columns, rows())


def _written(session: Session, target: Path | None, rows: int) -> None:
    if target is not None:
        session.screen.line(N_("Wrote {n} rows to {path}."), n=rows, path=target)
