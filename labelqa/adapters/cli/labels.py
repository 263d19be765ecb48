"""``labelqa labels export``: final labels in the forms that others read, with everything that says what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, FOLDER, Listed, OneOf
from labelqa.errors import WrongUsage
from labelqa.i18n import N_, Speaker
from labelqa.records.batch import Conclusion

if TYPE_CHECKING:
    from labelqa.adapters.files.final_labels import Writer
    from labelqa.records.handed import FinalLabel, Handed
    from labelqa.workflows.exporting.export import Outgoing

FORMS: Final = ("jsonl", "parquet", "csv", "label-studio")


@command(
    "export",
    says=N_("Write the final labels of accepted batches, with a card, and record that they went out."),
    more=(
        N_(
            "One row an item: its label of record as it stands, what that rests on, how probable it is by the model of "
            "the annotators, release, batch, organizer, models that had a hand in it, and the fact with its card. "
            "Items that an arbitrator discarded or sent back, or that wait for one, are left out and counted."
        ),
        N_(
            "Beside them export.json says the same of each batch, and croissant.json is a Croissant 1.0 card with its "
            "fields for responsible AI. A batch that is not accepted goes out by --force --reason only; the fact, "
            "every row and the card say so; one in which illegal or harmful content is confirmed goes out by no force. No batch goes out without a whole provenance card."
        ),
    ),
    examples=(
        "labelqa labels export safety-w46 --out final --by 周主管",
        "labelqa labels export sft-w46 --out final --format jsonl,label-studio --force --reason '联调试用' --by 周主管",
    ),
    words=(
        argument("batches", many=True),
        option("--out", word=FOLDER, required=True, says=N_("A new or empty folder to write to.")),
        option(
            "--format",
            word=Listed(OneOf(FORMS)),
            default="jsonl,parquet",
            says=N_("Which forms: jsonl, parquet, csv, label-studio."),
        ),
        option(
            "--config", word=FILE, says=N_("The labeling config, for label-studio: which object a control is about.")
        ),
        option("--recipient", default="", says=N_("Who receives the labels; a body, not a person.")),
        flag("--force", says=N_("Also batches that are not accepted.")),
        option("--reason", default="", says=N_("Why a batch goes out that is not accepted; stays in the ledger.")),
        option(
            "--by", required=True, metavar="PERSON", says=N_("Who hands them out: pseudonym, name or SERVER=ACCOUNT.")
        ),
    ),
    reports=True,
)
def export(
    session: Session,
    *,
    batches: Sequence[str],
    out: Path,
    format: Sequence[str],  # noqa: A002 - the option's name
    config: Path | None,
    recipient: str,
    force: bool,
    reason: str,
    by: str,
) -> None:
    """Exports final labels."""
    from labelqa.workflows.exporting.export import Order, export_labels

    if not format:
        raise WrongUsage("--format names one form at least: jsonl, parquet, csv, label-studio")
    objects = _objects(session.start / config) if config else {}
    order = Order(
        batches=batches, by=by, recipient=recipient, force=force, reason=reason, content="label-studio" in format
    )

    def write(folder: Path, rows: Iterable[FinalLabel]) -> Sequence[Path]:
        from labelqa.adapters.files.final_labels import write_all

        return write_all([_writer(each, folder, objects) for each in format], rows)

    def describe(folder: Path, told: Outgoing, files: Mapping[str, str]) -> Sequence[Path]:
        return _described(folder, told, files, session.say)

    with session.desk() as desk:
        made = export_labels(desk, order, out=session.start / out, write=write, describe=describe)
    if session.json:
        return session.screen.json(made)
    return _print(session, made, out)


def _writer(form: str, folder: Path, objects: Mapping[str, str]) -> Writer:
    from labelqa.adapters.files import final_labels
    from labelqa.adapters.label_studio.final import Tasks

    if form == "label-studio":
        return Tasks(folder / "label-studio.json", to_names=objects)
    made: dict[str, type[Any]] = {
        "jsonl": final_labels.JsonLines,
        "csv": final_labels.Csv,
        "parquet": final_labels.Parquet,
    }
    writer: Writer = made[form](folder / f"labels.{form}")
    return writer


def _objects(config: Path) -> Mapping[str, str]:
    from labelqa.adapters.cli.files import whole_text
    from labelqa.adapters.label_studio.config import parse, to_names

    return to_names(parse(whole_text(config), file=str(config)))


def _described(folder: Path, told: Outgoing, files: Mapping[str, str], say: Speaker) -> Sequence[Path]:
    from labelqa.adapters.files.final_labels import write_document
    from labelqa.adapters.report.croissant import croissant
    from labelqa.adapters.report.data import plain

    said = write_document(folder / "export.json", {**plain(told, say.lang), "files": dict(files)})
    return [said, write_document(folder / "croissant.json", croissant(told, files, folder=folder, say=say))]


def _print(session: Session, made: Handed, out: Path) -> None:
    screen, say = session.screen, session.say
    heads = (
        N_("batch"),
        N_("round"),
        N_("items"),
        N_("labels"),
        N_("by what they rest on"),
        N_("left out"),
        N_("posterior"),
    )
    screen.table(
        heads,
        (
            (
                each.batch, each.round, each.items, each.exported,
                ", ".join(f"{named(source, say)} {n}" for source, n in each.sources.items()) or "–",
                ", ".join(f"{named(why, say)} {n}" for why, n in each.left_out.items()) or "0",
                each.posterior or say(each.why_no_posterior or "–"),
            )
            for each in made.batches
        ),
    )  # fmt: skip
    screen.line()
    screen.table((N_("file"), N_("digest")), made.files.items())
    for each in made.batches:
        if each.conclusion is Conclusion.VOID:
            screen.line(N_("Batch {batch} is VOID for good: its labels may not be used."), batch=each.batch)
    if made.forced:
        screen.line(
            N_("By force, not accepted: {batches} ({reason})."), batches=", ".join(made.forced), reason=made.reason
        )
    screen.line(N_("{n} final {n:label is|labels are} in {path}: fact {fact}."), n=made.items, path=out, fact=made.fact)


labels = noun("labels", says=N_("Hand out final labels."), commands=[export])
