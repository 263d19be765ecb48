"""What the demo does with one batch, a function a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from labelqa.adapters.cli.demo_scene import Scene, Told, command
from labelqa.adapters.cli.demo_story import ORGANIZER, REQUESTER, SERVER, Script, fill_sheet, week_of_export
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.sheet_files import write_sheets
from labelqa.i18n import N_
from labelqa.records.batch import Kind
from labelqa.records.designs import Design
from labelqa.records.summary import BatchLine


def declare(scene: Scene, script: Script) -> Told:
    """Before anything is labelled."""
    from labelqa.workflows.batches import declare_batch
    from labelqa.workflows.conditions import read_condition

    where = (f"data.week = {script.week}", f"project = {script.project}")
    made = declare_batch(
        scene.desk,
        script.name,
        kind=Kind(script.kind),
        release=script.release,
        organizer=ORGANIZER,
        requester=REQUESTER,
        where=[read_condition(each) for each in where],
    )
    words = ["--kind", script.kind, "--rulebook", script.release, "--organizer", ORGANIZER, "--requester", REQUESTER]
    words += [word for each in where for word in ("--where", each)]
    return Told(
        scene.say(N_("Declared {name}"), name=script.name),
        f"{named(made.kind, scene.say)}, {made.release}, {'; '.join(where)}",
        command("batch", "declare", script.name, *words),
    )


def plan(scene: Scene, script: Script) -> Told:
    """The seed is committed now, before the frame is known."""
    from labelqa.workflows.planning.plans import declare_plan

    seed = f"labelqa demo {script.name}"  # told openly, so that the demo always ends alike
    design = Design.CENSUS if Kind(script.kind) is Kind.SAFETY else Design.TWO_POINT
    made = declare_plan(scene.desk, script.name, design=design, seed=seed)
    return Told(
        scene.say(N_("Planned the spot check of {name}"), name=script.name),
        scene.say(
            N_("{design}; seed committed, digest {digest}"),
            design=named(made.plan.design, scene.say),
            digest=made.plan.seed_digest[:12],
        ),
        command("plan", script.name, "--design", design, "--seed", seed),
    )


def read(scene: Scene, script: Script) -> Told:
    """The week's part of the project's export."""
    from labelqa.adapters.cli.files import looked
    from labelqa.adapters.cli.imports import Reading, import_file

    path = week_of_export(scene.story, script, scene.folder / "exports")
    reading = Reading(server=SERVER, release=script.release, item_key="data.id")
    done = import_file(scene.desk, looked(scene.desk, path), reading)
    return Told(
        scene.say(N_("Read the labels of {name}"), name=script.name),
        scene.say(
            N_("{added} annotations of {items} items, {refused} refused, {unqualified} without qualification"),
            added=done.added,
            items=done.items,
            refused=done.refused,
            unqualified=done.unqualified,
        ),
        command("import", scene.short(path), "--server", SERVER, "--release", script.release, "--item-key", "data.id"),
    )


def freeze(scene: Scene, script: Script) -> Told:
    from labelqa.workflows.batches import freeze_batch

    made = freeze_batch(scene.desk, script.name)
    if made.freeze is None:
        raise RuntimeError("a frozen batch has its freeze")
    return Told(
        scene.say(N_("Froze {name}"), name=script.name),
        scene.say(
            N_("{n} annotations of {items} items, {disputed} disputed; frame {frame}"),
            n=made.freeze.n_annotations,
            items=made.freeze.n_items,
            disputed=made.freeze.n_disputed,
            frame=made.freeze.frame[:12],
        ),
        command("batch", "freeze", script.name),
    )


def agreement(scene: Scene, script: Script) -> Told:
    from labelqa.workflows.agreement import agreement_report

    found = agreement_report(scene.desk, script.name)
    alpha = next(each.figure for each in found.coefficients if each.name == "krippendorff-alpha")
    return Told(
        scene.say(N_("Measured the agreement in {name}"), name=script.name),
        scene.say(N_("alpha {figure}"), figure=figure_text(alpha, scene.say)),
        command("agreement", script.name),
    )


def rule(scene: Scene, script: Script) -> Told:
    """The arbitrator decides what the annotators could not."""
    from labelqa.workflows.disputes import RulingRow, disputes, import_rulings

    arbitrator = str(scene.story.truth["arbitrator"])
    rows: list[RulingRow] = []
    for each in disputes(scene.desk, script.name):
        told = scene.story.ruling(each.item_id)
        reason = told[f"reason_{scene.say.lang}"]
        rows.append(RulingRow(item_id=each.item_id, label=told["label"], by=arbitrator, reason=reason))
    done, words = import_rulings(scene.desk, script.name, rows), [script.name]
    if rows:
        words += [rows[-1].item_id, "--label", rows[-1].label, "--by", arbitrator, "--reason", rows[-1].reason]
    return Told(
        scene.say(N_("Ruled the disputes of {name}"), name=script.name),
        scene.say(N_("{n} items, by {who}"), n=done.recorded, who=arbitrator),
        command("dispute", "rule" if rows else "list", *words),
    )


def draw(scene: Scene, script: Script) -> Told:
    from labelqa.workflows.drawing.draws import draw_sample
    from labelqa.workflows.people import shown_name

    drawn = draw_sample(scene.desk, script.name)
    return Told(
        scene.say(N_("Drew the spot check of {name}"), name=script.name),
        scene.say(
            N_("{n} of {population} items, at most {c} incorrect; verifiers {names}"),
            n=drawn.resolved.n,
            population=drawn.resolved.population,
            c=drawn.resolved.c,
            names=", ".join(shown_name(scene.desk, each) for each in drawn.verifiers),
        ),
        command("draw", script.name),
    )


def review(scene: Scene, script: Script, *, whole: bool = True, number: int = 1) -> Iterator[Told]:
    """Work sheets of a sample go out and come back filled in; only the first does when it is not to be ``whole``."""
    from labelqa.adapters.cli.review import take_back
    from labelqa.workflows.reviewing.reviews import work_sheets

    sample = f"{script.name}/{number}"
    paths = write_sheets(scene.desk, sample, scene.folder / "reviews", form="xlsx", lang=scene.say.lang)
    yield Told(
        scene.say(N_("Wrote the work sheets of {name}"), name=script.name),
        scene.say(N_("{n} workbooks, filled in by the invented verifiers"), n=len(paths)),
        command("review", "sheet", script.name, "--format", "xlsx"),
    )
    sheets = work_sheets(scene.desk, sample, lang=scene.say.lang)
    chosen = list(zip(paths, sheets, strict=True))[: None if whole else 1]
    for path, sheet in chosen:
        fill_sheet(path, _verifier(scene, script, sheet.name, sample), lang=scene.say.lang)
    done = [take_back(scene.desk, path) for path, _ in chosen]
    yield Told(
        scene.say(N_("Read the verdicts on {name}"), name=script.name),
        scene.say(
            N_("{n} verdicts recorded, {findings} findings"),
            n=sum(each.recorded for each in done),
            findings=sum(len(each.findings) for each in done),
        ),
        command("review", "import", *(scene.short(path) for path, _ in chosen)),
    )


def _verifier(scene: Scene, script: Script, name: str, sample: str) -> Callable[[str, str], Mapping[str, str]]:
    """What this verifier says of an item and its label; a wrong label breaks the rule that gives the right one."""
    from labelqa.workflows.rulebooks import released_book

    rules = sorted(released_book(scene.desk, script.release).rules, key=lambda each: len(each.labels))

    def said(item: str, label: str) -> Mapping[str, str]:
        told = scene.story.verdict(item, label, name, sample)
        broken = next((each.id for each in rules if told["correct_label"] in each.labels), "")
        return {**told, "rule": broken}

    return said


def estimate(scene: Scene, script: Script) -> Told:
    from labelqa.workflows.certifying.settle import accuracy_report

    found = accuracy_report(scene.desk, script.name)
    return Told(
        scene.say(N_("Estimated the accuracy of {name}"), name=script.name),
        figure_text(found.accuracy, scene.say),
        command("accuracy", script.name),
    )


def settle(scene: Scene, script: Script, *, relabel: bool = False) -> tuple[Told, BatchLine]:
    from labelqa.adapters.cli.settle import conclusion_text
    from labelqa.workflows.certifying.settle import settle_batch

    line = settle_batch(scene.desk, script.name, relabel=relabel)
    told = Told(
        scene.say(N_("Settled {name}"), name=script.name),
        conclusion_text(scene.say, line),
        command("settle", script.name, *(["--relabel"] if relabel else [])),
    )
    return told, line


def prove(scene: Scene, script: Script) -> Told:
    from labelqa.workflows.drawing.draws import verify_sample

    findings = verify_sample(scene.desk, f"{script.name}/1")
    return Told(
        scene.say(N_("Drew the sample of {name} again from its seed"), name=script.name),
        scene.say(N_("{n} differences"), n=len(findings)),
        command("sample", "verify", script.name),
    )
