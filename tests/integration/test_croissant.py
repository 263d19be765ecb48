"""The Croissant card of exported labels as MLCommons' own reader sees it: valid, and the records come out.

The reader (mlcroissant) lives in an environment of its own: ``LABELQA_MLCROISSANT`` names its Python.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from tests.building import agreeing, frozen_batch, new_desk, staffed
from tests.conftest import missing

SCRIPT = """
import json, sys, warnings
import mlcroissant
found = mlcroissant.Dataset(jsonld=sys.argv[1])
said = found.metadata.ctx.issues
rows = [{key: value.decode() if isinstance(value, bytes) else value for key, value in row.items()}
        for row in found.records("labels")]
meta = found.metadata
print(json.dumps({
    "errors": sorted(map(str, said.errors)), "warnings": sorted(map(str, said.warnings)),
    "rows": [[row["labels/item_id"], row["labels/label"]] for row in rows],
    "protocol": meta.data_annotation_protocol, "tools": meta.machine_annotation_tools,
    "personal": meta.personal_sensitive_information, "per_item": meta.annotations_per_item,
}))
"""


@pytest.fixture
def reader() -> str:
    """The Python of mlcroissant's environment."""
    python = os.environ.get("LABELQA_MLCROISSANT", "")
    if not python:
        missing("mlcroissant", "LABELQA_MLCROISSANT names no Python that has it")
    return python


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_mlcroissant_reads_the_card_and_the_labels(tmp_path: Path, reader: str, form: str) -> None:
    with new_desk(tmp_path / "ws") as desk:
        staffed(desk)
        frozen_batch(desk, answers=agreeing(5), plan=False)
    out = tmp_path / "final"
    words = (
        "labels",
        "export",
        "b1",
        "--out",
        out,
        "--format",
        form,
        "--force",
        "--reason",
        "a trial",
        "--by",
        "Rex One",
    )
    assert main([str(word) for word in (*words, "--workspace", tmp_path / "ws")], env={"LABELQA_LANG": "en"}) == 0
    done = subprocess.run(
        [reader, "-c", SCRIPT, str(out / "croissant.json")], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["errors"] == []
    assert told["rows"] == [[f"q-{number:03}", "accept"] for number in range(5)]
    assert "genai-sft@1.0.0" in str(told["protocol"])
    assert told["per_item"]
    assert told["personal"]
    assert told["tools"]
