"""Whether ``labelqa import`` of a Label Studio export needs more memory for a larger file.

    python benchmarks/import_memory.py --megabytes 10 100

Writes seeded JSON exports of these sizes to a temporary folder, imports each in a process and a workspace of its own,
and prints the peak of resident memory; the watched figure is the ratio of the last to the first.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
from pathlib import Path

from measured import Measured, measure

WORDS = (
    "模型",
    "回答",
    "提示",
    "安全",
    "标注",
    "规则",
    "示例",
    "审核",
    "judge",
    "answer",
    "prompt",
    "label",
    "rule",
    "safe",
)
LABELS = ("accept", "inaccurate", "off_topic", "incomplete", "poor_language")
COMMAND = "import sys; from labelqa.adapters.cli.main import main; sys.exit(main())"


def write_export(path: Path, size: int, seed: int) -> int:
    """A project's JSON export of about ``size`` bytes, three annotations a task; returns how many tasks."""
    stream, number, written = random.Random(seed), 0, 0
    with path.open("w", encoding="utf-8") as out:
        out.write("[\n")
        while written < size:
            number += 1
            line = json.dumps(_task(stream, number), ensure_ascii=False)
            out.write(line if number == 1 else ",\n" + line)
            written += len(line.encode())
        out.write("\n]\n")
    return number


def _task(stream: random.Random, number: int) -> dict[str, object]:
    text = {name: " ".join(stream.choices(WORDS, k=60)) for name in ("prompt", "response")}
    annotations = [_annotation(stream, 3 * number + at, account=stream.randrange(1, 40)) for at in range(3)]
    return {"id": number, "annotations": annotations, "data": text, "meta": {}, "project": 8, "inner_id": number}


def _annotation(stream: random.Random, number: int, *, account: int) -> dict[str, object]:
    result = {
        "from_name": "quality", "to_name": "text", "type": "choices", "origin": "manual",
        "value": {"choices": [stream.choice(LABELS)]},
    }  # fmt: skip
    return {
        "id": number, "completed_by": account, "result": [result], "was_cancelled": False, "ground_truth": False,
        "created_at": f"2026-11-{stream.randrange(10, 22)}T09:{stream.randrange(60):02}:00.000000Z", "lead_time": 12.3,
    }  # fmt: skip


def imported(path: Path, workspace: Path) -> Measured:
    """The import of one file, in a fresh workspace."""
    measure([sys.executable, "-c", COMMAND, "init", str(workspace)])
    return measure([sys.executable, "-c", COMMAND, "import", str(path), "--workspace", str(workspace)])


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--seed", type=int, default=20261121)
    given = parser.parse_args()
    print(f"{'file':>10}{'tasks':>10}{'process':>10}{'peak memory':>14}   Python {platform.python_version()}")
    peaks = []
    for size in given.megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.json"
            tasks = write_export(path, size * 1_000_000, given.seed)
            found = imported(path, Path(folder) / "workspace")
        peaks.append(found.megabytes)
        print(f"{size:>7} MB{tasks:>10,}{found.seconds:>8.1f} s{found.megabytes:>11.0f} MB")
    print(f"ratio of the last peak to the first: {peaks[-1] / peaks[0]:.2f}")


if __name__ == "__main__":
    main()
