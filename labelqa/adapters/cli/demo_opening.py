"""How the demo begins and ends: people, rulebooks, trainings, exams, gold answers; report and verification."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from labelqa.adapters.cli.demo_scene import Scene, Told, command
from labelqa.adapters.cli.exam_rows import exams_from
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.training_rows import trainings_from
from labelqa.i18n import N_
from labelqa.records.governance import APPROVALS, Meaning
from labelqa.records.names import PersonId
from labelqa.records.people import Duty


def release(scene: Scene) -> Iterator[Told]:
    """Each rulebook: checked, approved by two people, released."""
    for release in sorted({each.release for each in scene.story.scripts}):
        name, _, version = release.partition("@")
        draft = _draft(scene, name, version)
        yield _linted(scene, name, draft)
        yield _signed(scene, release, draft)
        yield _released(scene, release, draft)


def _draft(scene: Scene, name: str, version: str) -> Path:
    from labelqa.wiring import shipped

    draft = scene.folder / "rulebooks" / name / "draft.yaml"
    draft.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(shipped("rulebooks") / name / f"{version}.yaml", draft)
    return draft


def _linted(scene: Scene, name: str, draft: Path) -> Told:
    from labelqa.workflows.rulebooks import lint_rulebook

    _, findings = lint_rulebook(draft)
    return Told(
        scene.say(N_("Checked the rulebook {name}"), name=name),
        scene.say(N_("{n} findings"), n=len(findings)),
        command("rulebook", "lint", scene.short(draft)),
    )


def _signed(scene: Scene, release: str, draft: Path) -> Told:
    """Supervisor and arbitrator approve the text."""
    from labelqa.workflows.people import person_lines
    from labelqa.workflows.rulebooks import from_file, sign_rulebook

    source = from_file(draft)
    leads = {Duty.SUPERVISOR, Duty.ARBITRATOR}
    people = [each for each in person_lines(scene.desk) if leads & set(each.duties)][:APPROVALS]
    for each in people:
        sign_rulebook(scene.desk, source, PersonId(each.person), Meaning.APPROVAL)
    return Told(
        scene.say(N_("Approved {release}"), release=release),
        scene.say(N_("signed by {names}"), names=scene.say(N_(", ")).join(each.name for each in people)),
        " ; ".join(command("rulebook", "sign", scene.short(draft), "--by", each.name) for each in people),
    )


def _released(scene: Scene, release: str, draft: Path) -> Told:
    from labelqa.workflows.rulebooks import release_rulebook

    line = release_rulebook(scene.desk, draft)
    return Told(
        scene.say(N_("Released {release}"), release=release),
        scene.say(
            N_("{labels} labels, {rules} rules, {examples} worked examples, digest {digest}"),
            labels=line.labels,
            rules=line.rules,
            examples=line.examples,
            digest=line.digest[:12],
        ),
        command("rulebook", "release", scene.short(draft)),
    )


def people(scene: Scene) -> Told:
    from labelqa.adapters.cli.people import people_from

    done = people_from(scene.desk, scene.sample("people.csv"))
    return Told(
        scene.say(N_("Registered the people")),
        scene.say(N_("{n} people with duties and accounts"), n=done.added),
        command("people", "import", "sample/people.csv"),
    )


def taught(scene: Scene) -> Told:
    trained = trainings_from(scene.desk, scene.sample("trainings.csv"))
    passed = exams_from(scene.desk, scene.sample("exams.csv"))
    return Told(
        scene.say(N_("Recorded trainings and exams")),
        scene.say(N_("{n} trainings, {m} exams"), n=trained.added, m=passed.added),
        command("train", "import", "sample/trainings.csv") + " ; " + command("exam", "import", "sample/exams.csv"),
    )


def qualified(scene: Scene) -> Told:
    from labelqa.workflows.people import person_lines

    lines = person_lines(scene.desk)
    standings = Counter(each.standing for each in lines if each.release)
    found = ", ".join(f"{named(standing, scene.say)} × {n}" for standing, n in standings.items())
    return Told(scene.say(N_("Derived who is qualified")), found, command("qualify", "show"))


def gold(scene: Scene) -> Told:
    from labelqa.adapters.cli.gold import gold_from

    added = gold_from(scene.desk, scene.sample("gold.csv"))
    return Told(
        scene.say(N_("Read the gold answers")),
        scene.say(N_("{n} items with an answer fixed beforehand"), n=added),
        command("gold", "import", "sample/gold.csv"),
    )


def report(scene: Scene, week: str) -> tuple[Told, list[Path]]:
    """The weekly report in both languages and all formats."""
    from labelqa.adapters.cli.report import issue
    from labelqa.workflows.summarise import week_period

    summary, files = issue(scene.desk, week_period(week, scene.desk.settings.timezone))
    told = Told(
        scene.say(N_("Wrote the weekly report on {week}"), week=week),
        scene.say(
            N_("{n} files in Chinese and English, {alerts} matters to act on"), n=len(files), alerts=len(summary.alerts)
        ),
        command("report", "weekly", "--week", week),
    )
    return told, list(files)


def verified(scene: Scene) -> Told:
    """The chain of facts and everything it names, checked."""
    from labelqa.workflows.integrity import verify_ledger

    state = verify_ledger(scene.desk)
    return Told(
        scene.say(N_("Verified the ledger")),
        scene.say(
            N_("{facts} facts, {n} findings, head {head}"), facts=state.facts, n=len(state.findings), head=state.head
        ),
        command("ledger", "verify"),
    )
