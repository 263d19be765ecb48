"""Half a character (a lone surrogate), which JSON can write and UTF-8 cannot: a sentence with its place, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from labelqa.i18n import render
from labelqa.workflows.integrity import verify_ledger
from labelqa.workflows.sync.status import sync_status
from tests.building import new_desk
from tests.unit.workflows.following import House, answer

HALF = "x\ud800y"


def spoiled(house: House, where: str) -> int:
    """A task with half a character in it, beside a good one."""
    server = house.server
    server.annotate(server.task(house.project, {"text": "good"}), answer("yes"))
    task = server.task(house.project, {"text": HALF if where == "data" else "t"}, meta={where: HALF})
    if where != "meta":
        server.tasks[task]["meta"] = {}
    server.annotate(task, answer(HALF if where == "label" else "no"))
    given = server.tasks[task]["annotations"][0]
    if where == "comment":
        typed = {"id": "b", "from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": [HALF]}}
        given["result"] = [*given["result"], typed]
    if where == "account":
        given["completed_by"] = {"email": HALF}
    return task


@pytest.mark.parametrize("where", ["data", "meta", "label", "comment", "account"])
def test_a_task_with_half_a_character_is_told_and_the_others_come_in(house: House, where: str) -> None:
    task = spoiled(house, where)
    passed = house.run()
    assert passed.error is None
    (found,) = passed.tally.findings
    assert (found.code, found.place.subject) == ("LS220", f"task:{task}")
    render(found.message, "zh").encode()
    assert [item for item, *_ in house.current()] == ["1"]
    house.run(sweep=True)
    assert found in sync_status(house.desk).servers[0].projects[0].refusals
    assert verify_ledger(house.desk).findings == ()
    house.server.tasks[task]["data"], house.server.tasks[task]["meta"] = {"text": "t"}, {}
    house.server.tasks[task]["annotations"][0].update(result=answer("no"), completed_by=2)
    house.run(sweep=True)
    assert house.current() == house.truth()


@pytest.mark.parametrize("what", ["title", "label_config", "expert_instruction"])
def test_a_project_with_half_a_character_is_one_sentence(house: House, what: str) -> None:
    spoiled(house, "nowhere")
    house.server.projects[house.project][what] += HALF
    passed = house.run()
    assert passed.error is not None
    assert "\n" not in render(passed.error, "en")
    assert house.current() == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tasks.json", json.dumps([{"id": 1, "data": {"text": HALF}, "annotations": []}])),
        ("tasks.json", json.dumps([{"id": 1, "data": {}, "annotations": [{"id": 1, "completed_by": 1, "result": answer(HALF)}]}])),
        ("min.json", json.dumps([{"id": 1, "text": "t", "annotator": 1, "annotation_id": 1, "c": HALF}])),
        ("rows.jsonl", json.dumps({"item_id": HALF, "annotator_id": "a", "label": "yes"})),
    ],
    ids=["data", "label", "min", "lines"],
)  # fmt: skip
def test_a_file_with_half_a_character_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    new_desk(tmp_path / "ws").close()
    path = tmp_path / name
    path.write_text(text + "\n", encoding="ascii")
    code = main(["import", str(path), "--workspace", str(tmp_path / "ws")], env={"LABELQA_LANG": "en"})
    told = capsys.readouterr().err
    assert (code != 0, "Traceback" in told, len(told.strip().splitlines())) == (True, False, 1)
