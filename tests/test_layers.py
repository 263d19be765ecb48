"""Imports point one way: who may import whom, as docs/architecture.md draws it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVERYBODY = {"errors", "i18n"}
VALUES = EVERYBODY | {"records"}
BELOW = VALUES | {"stats", "rulebook", "sampling", "people", "batches", "controls", "evidence"}
STORES = {"reduce", "ledger", "intake", "frozen"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "i18n": {"errors"},
    "records": EVERYBODY,
    "stats": VALUES,
    "rulebook": VALUES,
    "reduce": VALUES,
    "ledger": VALUES,
    "intake": VALUES,
    "frozen": VALUES,
    "sampling": VALUES | {"stats", "rulebook"},
    "people": VALUES | {"stats", "rulebook"},
    "batches": VALUES | {"stats", "rulebook"},
    "controls": VALUES | {"stats", "rulebook"},
    "evidence": VALUES | {"stats", "rulebook"},
    "workflows": BELOW | STORES,
    "wiring": BELOW | STORES | {"workflows"},
    "adapters": VALUES | {"rulebook", "workflows", "wiring"},
    # pages show the report's own charts and names, so that page and report cannot disagree
    "dashboards": VALUES | {"rulebook", "workflows", "wiring", "adapters.report"},
}


def imported(path: Path) -> Iterator[str]:
    """Every labelqa module that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(module: str) -> str:
    """The room a module is in; the report's adapter is told apart."""
    parts = module.split(".")
    if parts[0] != "labelqa" or len(parts) == 1:
        return ""
    return "adapters.report" if parts[1:3] == ["adapters", "report"] else parts[1]


def here(path: Path) -> str:
    """The room a file is in."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "dashboards" if parts[0] == "dashboards" else parts[1]


def wrong_imports(files: list[Path]) -> list[str]:
    """Imports that point up or across."""
    wrong = []
    for path in files:
        room = here(path)
        for module in imported(path):
            there = layer_of(module)
            same = there.split(".")[0] == room
            allowed = MAY_IMPORT.get(room, set())
            if there and not same and there not in allowed and there.split(".")[0] not in allowed:
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    return wrong


def sources() -> list[Path]:
    """Every source file of the package and the pages."""
    return [
        path
        for folder in ("labelqa", "dashboards")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT).parts[1] not in {"__init__.py", "_shipped"}
    ]


def test_imports_point_one_way() -> None:
    assert wrong_imports(sources()) == []


def test_every_room_is_known() -> None:
    assert {here(path) for path in sources()} <= MAY_IMPORT.keys()


def test_an_upward_import_is_found(tmp_path: Path, monkeypatch) -> None:
    bad = tmp_path / "labelqa" / "stats" / "bad.py"
    bad.parent.mkdir(parents=True)
    bad.write_text("def f():\n    from labelqa.workflows import desk\n    return desk\n")
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    assert wrong_imports([bad]) == ["labelqa/stats/bad.py imports labelqa.workflows.desk"]


def test_only_the_wiring_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.parts[-2:] != ("labelqa", "wiring.py")
        and here(path) not in {"adapters", "dashboards"}
        and any(each in path.read_text(encoding="utf-8") for each in ("os.environ", "getenv"))
    ]
    assert readers == []
