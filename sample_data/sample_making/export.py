"""Annotations in the shape in which the labeling server exports a project as JSON."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sample_making.answers import PEOPLE, Answers
from sample_making.cast import EDITOR
from sample_making.clock import monday, stamp, timetable
from sample_making.items import Item
from sample_making.story import CONTROLS, EDITS, PROJECTS
from sample_making.streams import Stream

SPREAD = {"careless": 0.3}  # of working times about their median, on the log scale; 0.45 for all others


def export(batches: list[Answers], seed: int) -> dict[str, bytes]:
    """The two files, by project: one task a line."""
    done = _timetables(batches, seed)
    order = sorted(done, key=lambda key: (done[key][0], key))
    numbers = {key: 1001 + at for at, key in enumerate(order)}
    tasks: dict[str, list[dict[str, Any]]] = {project: [] for project in PROJECTS}
    by_week = sorted(batches, key=lambda answers: (answers.script.week, answers.script.project))
    first = 101
    for answers in by_week:
        stream = Stream(seed, f"export/{answers.script.name}")
        edited = _edited(answers, stream)
        for at, item in enumerate(answers.items):
            inner = len(tasks[item.project]) + 1
            rows = [
                _annotation(answers, item, name, numbers[item.id, name], first + at, done[item.id, name], stream)
                for name in sorted(_team(answers, item), key=lambda name: done[item.id, name][0])
            ]
            _edit([row for row in rows if (item.id, row["completed_by"]) in edited], stream)
            tasks[item.project].append(_task(item, first + at, inner, rows))
        first += len(answers.items)
    return {project: _lines(tasks[project]) for project in tasks}


def _team(answers: Answers, item: Item) -> list[str]:
    return [*answers.given[item.id], *(name for item_id, name in answers.silent if item_id == item.id)]


def _timetables(batches: list[Answers], seed: int) -> dict[tuple[str, str], tuple[datetime, float]]:
    """When each (item, person) was handed in: both projects of a week share a person's days."""
    done: dict[tuple[str, str], tuple[datetime, float]] = {}
    for week in sorted({answers.script.week for answers in batches}):
        here = [answers for answers in batches if answers.script.week == week]
        for name, person in PEOPLE.items():
            stream = Stream(seed, f"clock/{week}/{name}")
            spread = SPREAD.get(person.story, 0.45)
            work = [
                (item.id, person.seconds[item.project], spread)
                for answers in here
                for item in answers.items
                if name in _team(answers, item)
            ]
            for item_id, moment in timetable(week, stream.shuffled(work), stream).items():
                done[item_id, name] = moment
    return done


def _edited(answers: Answers, stream: Stream) -> set[tuple[str, int]]:
    """A few right answers of others that one annotator opened and saved again."""
    candidates = [
        (item.id, PEOPLE[name].account)
        for item in answers.items
        for name, label in answers.given[item.id].items()
        if label == item.label and name != EDITOR.name and not item.gold
    ]
    return set(stream.shuffled(candidates)[:EDITS])


def _annotation(
    answers: Answers, item: Item, name: str, number: int, task: int, done: tuple[datetime, float], stream: Stream
) -> dict[str, Any]:
    moment, seconds = done
    account = PEOPLE[name].account
    silent = answers.silent.get((item.id, name), "")
    result = [] if silent else [_result(item.project, answers.given[item.id][name], stream)]
    draft = moment - timedelta(seconds=0.4 * seconds) if stream.chance(0.25) else None
    return {
        "id": number,
        "completed_by": account,
        "result": result,
        "was_cancelled": silent == "skip",
        "ground_truth": False,
        "created_at": stamp(moment),
        "updated_at": stamp(moment + timedelta(microseconds=stream.between(30, 90))),
        "draft_created_at": stamp(draft) if draft else None,
        "lead_time": seconds,
        "prediction": {},
        "result_count": len(result),
        "unique_id": stream.uuid(),
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": task,
        "project": PROJECTS[item.project],
        "updated_by": account,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }


def _result(project: str, label: str, stream: Stream) -> dict[str, Any]:
    control, shown = CONTROLS[project]
    return {
        "id": stream.short_id(),
        "from_name": control,
        "to_name": shown,
        "type": "choices",
        "origin": "manual",
        "value": {"choices": [label]},
    }


def _edit(rows: list[dict[str, Any]], stream: Stream) -> None:
    """Saving again moves ``updated_at``, adds to ``lead_time`` and leaves ``completed_by`` as it was."""
    for row in rows:
        extra = stream.seconds(9, 0.3)
        later = datetime.fromisoformat(row["created_at"]) + timedelta(minutes=stream.between(3, 25))
        row |= {
            "updated_at": stamp(later),
            "updated_by": EDITOR.account,
            "lead_time": round(row["lead_time"] + extra, 3),
        }


def _task(item: Item, number: int, inner: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    created = monday(item.week) + timedelta(hours=8, minutes=40, microseconds=137 * inner)
    latest = max(rows, key=lambda row: str(row["updated_at"]))
    touched = datetime.fromisoformat(latest["updated_at"]) + timedelta(microseconds=36_000 + number % 997)
    skipped = sum(row["was_cancelled"] for row in rows)
    shown = {"id": item.id, "week": item.week, **item.content, "source": item.source, "lang": item.lang}
    return {
        "id": number,
        "annotations": rows,
        "drafts": [],
        "predictions": [],
        "data": shown,
        "meta": {},
        "created_at": stamp(created),
        "updated_at": stamp(touched),
        "allow_skip": True,
        "inner_id": inner,
        "total_annotations": len(rows) - skipped,
        "cancelled_annotations": skipped,
        "total_predictions": 0,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": PROJECTS[item.project],
        "updated_by": latest["updated_by"],
        "comment_authors": [],
    }


def _lines(tasks: list[dict[str, Any]]) -> bytes:
    lines = (json.dumps(task, ensure_ascii=False, separators=(",", ":")) for task in tasks)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()
