"""How the demo begins and ends: rulebooks, people, trainings, exams, gold answers; report and verification."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from labelqa.adapters.cli.demo_scene import Scene, Told, command
from labelqa.adapters.cli.files import exams_from, trainings_from
from labelqa.adapters.cli.output import named
from labelqa.i18n import N_


def release(scene: Scene) -> Iterator[Told]:
    from labelqa.wiring import shipped
    from labelqa.workflows.rulebooks import lint_rulebook, release_rulebook

    say = scene.say
    for release in sorted({each.release for each in scene.story.scripts}):
        name, _, version = release.partition("@")
        draft = scene.folder / "rulebooks" / name / "draft.yaml"
        draft.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shipped("rulebooks") / name / f"{version}.yaml", draft)
        _, findings = lint_rulebook(draft)
        yield Told(
            say(N_("Checked the rulebook {name}"), name=name),
            say(N_("{n} findings"), n=len(findings)),
            command("rulebook", "lint", scene.short(draft)),
        )
        line = release_rulebook(scene.desk, draft)
        yield Told(
            say(N_("Released {release}"), release=release),
            say(
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
    from labelqa.adapters.cli.imports import gold_from

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
