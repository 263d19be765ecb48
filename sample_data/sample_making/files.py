"""All files of the sample data as bytes: exports, people, trainings, exams, gold, and the truth behind them."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sample_making.answers import Answers, answers_of
from sample_making.cast import ANNOTATORS, CHECKERS, ORGANIZERS, PASS_MARK, RELEASES, TOPICS
from sample_making.export import export
from sample_making.items import Item, items_of
from sample_making.story import CONTROLS, KINDS, LABELS, PROJECTS, SCRIPTS
from sample_making.streams import Stream

BOM = "\ufeff".encode()  # so that a spreadsheet opens the Chinese names rightly
TRAINED, EXAMINED = date(2026, 10, 19), date(2026, 10, 21)
DAYS_BY_RELEASE = {"safety": 0, "sft": 1}


def files_of(seed: int) -> dict[str, bytes]:
    """File name to content; the same seed gives the same bytes."""
    items = items_of(seed)
    batches = [answers_of(script, items[script.name], seed) for script in SCRIPTS]
    exports = export(batches, seed)
    everything = [item for made in items.values() for item in made]
    return {
        "people.csv": BOM + _csv(_people()),
        "trainings.csv": BOM + _csv(_trainings()),
        "exams.csv": BOM + _csv(_exams()),
        "gold.csv": _csv(_gold(everything, seed)),
        "safety.json": exports["safety"],
        "sft.json": exports["sft"],
        "truth.json": _json(_truth(seed, batches, everything)),
    }


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows(rows)
    return page.getvalue().encode()


def _people() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("person", "organizer", "duties", "account:label-studio")]
    rows += [(p.name, p.organizer, "executor", p.account) for p in ANNOTATORS]
    rows += [(name, ORGANIZERS[at], duty, account) for name, account, at, duty, _, _ in CHECKERS]
    return rows


def _examinees() -> list[tuple[str, str, dict[str, float]]]:
    """Everybody with organizer and score by project; scores that are missing were never sat."""
    people = [(p.name, p.organizer, p.exam) for p in ANNOTATORS]
    return people + [(name, ORGANIZERS[at], dict.fromkeys(RELEASES, score)) for name, _, at, _, score, _ in CHECKERS]


def _trainings() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("person", "release", "date", "organizer", "topics")]
    for project, release in RELEASES.items():
        day = TRAINED + timedelta(days=DAYS_BY_RELEASE[project])
        rows += [
            (name, release, day.isoformat(), organizer, ";".join(TOPICS))
            for name, organizer, exam in _examinees()
            if project in exam
        ]
    return rows


def _exams() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [("person", "release", "date", "score", "pass_mark")]
    for project, release in RELEASES.items():
        day = EXAMINED + timedelta(days=DAYS_BY_RELEASE[project])
        rows += [
            (name, release, day.isoformat(), f"{exam[project]:.2f}", f"{PASS_MARK:.2f}")
            for name, _, exam in _examinees()
            if project in exam
        ]
    return rows


def _gold(items: list[Item], seed: int) -> list[tuple[object, ...]]:
    rows = [(PROJECTS[item.project], item.id, item.label) for item in items if item.gold]
    return [("project", "item_id", "label"), *Stream(seed, "gold").shuffled(rows)]


def _truth(seed: int, batches: list[Answers], items: list[Item]) -> dict[str, Any]:
    return {
        "format": 1,
        "seed": seed,
        "people": {person.name: _person(person.name, batches) for person in ANNOTATORS},
        "reviewers": [name for name, _, _, duty, _, _ in CHECKERS if duty == "reviewer"],
        "arbitrator": next(name for name, _, _, duty, _, _ in CHECKERS if duty == "arbitrator"),
        "supervisor": next(name for name, _, _, duty, _, _ in CHECKERS if duty == "supervisor"),
        "reviewer_error": {name: {"miss": miss} for name, _, _, duty, _, miss in CHECKERS if duty != "supervisor"},
        "batches": [_batch(answers) for answers in batches],
        "items": {
            item.id: {
                "batch": f"{item.project}-{item.week}",
                "kind": KINDS[item.project],
                "label": item.label,
                "gold": item.gold,
                "unsafe": f"{item.unsafe[0]}.{item.unsafe[1]}" if item.unsafe else "",
            }
            for item in items
        },
    }


def _person(name: str, batches: list[Answers]) -> dict[str, Any]:
    person = next(p for p in ANNOTATORS if p.name == name)
    return {
        "account": person.account,
        "organizer": person.organizer,
        "role": person.story,
        "confuses": [label for label in person.confuses if label],
        "skill": {project: list(skill) for project, skill in person.skill.items()},
        "english": person.english,
        "median_seconds": {project: person.seconds[project] for project in person.skill},
        "passed": sorted(RELEASES[project] for project, score in person.exam.items() if score >= PASS_MARK),
        "answers": {a.script.name: _tally(name, a) for a in batches if _tally(name, a)["answered"]},
    }


def _tally(name: str, answers: Answers) -> dict[str, int]:
    """How many items somebody answered in a batch, and how many rightly."""
    counts: Counter[str] = Counter(answered=0, right=0)
    for item in answers.items:
        label = answers.given[item.id].get(name)
        counts["answered"] += label is not None
        counts["right"] += label == item.label
    return dict(counts)


def _batch(answers: Answers) -> dict[str, Any]:
    script = answers.script
    return {
        "name": script.name,
        "file": f"{script.project}.json",
        "kind": KINDS[script.project],
        "release": RELEASES[script.project],
        "control": CONTROLS[script.project][0],
        "labels": list(LABELS[script.project]),
        "project": PROJECTS[script.project],
        "where": [["project", "=", str(PROJECTS[script.project])], ["data.week", "=", script.week]],
        "items": len(answers.items),
        "gold": sum(item.gold for item in answers.items),
        "wrong": answers.wrong(),
        "disputed": answers.disputed(),
        "unsafe": [item.id for item in answers.items if item.unsafe],
        "outcome": script.outcome,
        "because": dict(zip(("zh", "en"), script.because, strict=True)),
    }


def _json(document: dict[str, Any]) -> bytes:
    """One item, person or batch a line: readable, and small."""
    return (_laid_out(document, depth=2) + "\n").encode()


def _laid_out(value: Any, *, depth: int) -> str:
    if depth and isinstance(value, dict) and value:
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(value[key], depth=depth - 1)}" for key in value]
        return "{\n" + ",\n".join(rows) + "\n}"
    if depth and isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(_laid_out(row, depth=depth - 2) for row in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)
