"""How long a handbook takes: one reader, one language, as a whole process, PDF and HTML.

    python benchmarks/handbooks.py

The releases are those that ship with labelqa; pages are counted in the file that was written. PDF needs the extra ``pdf``.
The fastest of several runs counts, since only other work makes it slower.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path

from measured import ROOT, measure
from pypdf import PdfReader

BOOKS = (("genai-safety/1.0.0", "pdf"), ("genai-sft/2.0.0", "pdf"), ("genai-safety/2.0.0", "pdf"), ("genai-safety/2.0.0", "html"))  # fmt: skip
COMMAND = (sys.executable, "-m", "labelqa.adapters.cli.main", "rulebook", "handbook")


def main() -> None:
    """A line for each book."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=int, default=3)
    told = words.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores; fastest of {told.runs}, "
          f"load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
    print("| release | form | pages | seconds | processor |\n|---|---|--:|--:|--:|")
    for book, form in BOOKS:
        with tempfile.TemporaryDirectory() as out:
            asked = [str(ROOT / "rulebooks" / f"{book}.yaml"), "--for", "annotator", "--format", form, "--lang", "zh", "--out", out]  # fmt: skip
            found = [measure([*COMMAND, *asked]) for _ in range(told.runs)]
            (written,) = Path(out).iterdir()
            pages = str(len(PdfReader(written).pages)) if form == "pdf" else ""
        wall, cpu = min(each.seconds for each in found), min(each.cpu for each in found)
        print(f"| `{book.replace('/', '@')}` | {form} | {pages} | {wall:.1f} s | {cpu:.1f} s |", flush=True)


if __name__ == "__main__":
    main()
