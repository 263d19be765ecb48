"""Makes the sample data: four weeks of invented labeling work, with the truth behind it.

``python sample_data/generate.py [--seed N] [--out DIR]`` writes the files; the same seed gives the same bytes on every
Python from 3.11. Reads no clock, no network and no environment; needs the standard library only.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SHIPPED_SEED = 20261116
HERE = Path(__file__).resolve().parent


def generate(seed: int = SHIPPED_SEED) -> dict[str, bytes]:
    """All files of the sample data, file name to content."""
    if str(HERE) not in sys.path:  # loaded by path, so its parts would not be found
        sys.path.append(str(HERE))
    from sample_making.files import files_of

    return files_of(seed)


def main(words: list[str] | None = None) -> None:
    """Write the files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SHIPPED_SEED)
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to; made when missing")
    chosen = parser.parse_args(words)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, content in generate(chosen.seed).items():
        (chosen.out / name).write_bytes(content)


if __name__ == "__main__":
    main()
