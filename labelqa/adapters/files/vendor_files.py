"""A vendor's records as a file: a zip or folder as labelqa writes them, or a workbook with the sheets people, trainings, exams.

A part whose bytes do not give the digest in the manifest is refused with the whole file. Rows that cannot be read become
findings. Nothing is recorded here.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from labelqa.adapters.files.grid import BROKEN, broken, page_rows
from labelqa.adapters.files.whole import write_whole
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import Digest
from labelqa.records.training import ExamRow
from labelqa.records.vendor import VendorFile, VendorPerson, VendorTraining

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SHEETS: Final = ("people", "trainings", "exams")
PARTS: Final = tuple(f"{name}.json" for name in SHEETS)
LIMIT: Final = 64 << 20  # bytes, unpacked
_ALWAYS: Final = (2026, 1, 1, 0, 0, 0)  # the same records give the same bytes, whenever they are written
Row = TypeVar("Row")


def write_vendor(path: str | Path, records: Mapping[str, Any]) -> Digest:
    """Write a zip of the records with a manifest of their digests; the same records give the same file."""
    parts = {f"{name}.json": _text(records[name]) for name in SHEETS}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    parts[MANIFEST] = _text({"format": FORMAT, "digests": digests, **records["ledger"]})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _ALWAYS), content, zipfile.ZIP_DEFLATED)
    write_whole(path, out.getvalue())
    return Digest(hashlib.sha256(out.getvalue()).hexdigest())


def _text(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def read_vendor(path: str | Path, *, limit: int = LIMIT) -> VendorFile:
    """The records of a zip, a folder or a workbook; BadInput where it is none of them, is altered or too large."""
    place = Path(path)
    if place.is_dir():
        parts = _of_folder(place, limit)
        return _of_parts(place, parts, Digest(hashlib.sha256(b"".join(_listed(parts))).hexdigest()))
    try:
        if place.stat().st_size > limit:
            raise BadInput("{path} is larger than the {most} bytes that are read", path=str(path), most=limit)
        content = place.read_bytes()
    except OSError as error:
        raise BadInput("{path} cannot be read ({why})", path=str(path), why=error.strerror or str(error)) from None
    digest = Digest(hashlib.sha256(content).hexdigest())
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise BadInput(
            "{path} is no record of a vendor: a zip, a folder or an XLSX workbook is expected", path=str(path)
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if MANIFEST in archive.namelist():
            return _of_parts(place, _of_zip(place, archive, limit), digest)
    return _of_workbook(place, digest)


def _listed(parts: Mapping[str, bytes]) -> Iterable[bytes]:
    for name, content in sorted(parts.items()):
        yield f"{name} {hashlib.sha256(content).hexdigest()}\n".encode()


def _of_folder(folder: Path, limit: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in (*PARTS, MANIFEST):
        file = folder / name
        if file.is_file() and not file.is_symlink():
            if sum(map(len, found.values())) + file.stat().st_size > limit:
                raise BadInput("{path} is larger than the {most} bytes that are read", path=str(folder), most=limit)
            found[name] = file.read_bytes()
    return found


def _of_zip(path: Path, archive: zipfile.ZipFile, limit: int) -> dict[str, bytes]:
    wanted = [each for each in archive.infolist() if each.filename in {*PARTS, MANIFEST}]
    if sum(each.file_size for each in wanted) > limit:
        raise BadInput("{path} is larger than the {most} bytes that are read", path=str(path), most=limit)
    try:
        return {each.filename: archive.read(each) for each in wanted}
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise BadInput("{path} cannot be read ({why})", path=str(path), why=str(error)) from None


def _of_parts(path: Path, parts: Mapping[str, bytes], digest: Digest) -> VendorFile:
    lacking = [name for name in (*PARTS, MANIFEST) if name not in parts]
    if lacking:
        raise BadInput(
            "{path} has no {missing}: ask for what labelqa vendor export writes",
            path=str(path),
            missing=", ".join(lacking),
        )
    manifest = _json(path, MANIFEST, parts[MANIFEST], dict)
    if manifest.get("format") != FORMAT:
        raise BadInput(
            "{path} has format {got}, and this labelqa reads format {want}",
            path=str(path),
            got=str(manifest.get("format")),
            want=FORMAT,
        )
    told = manifest.get("digests")
    for name in PARTS:
        if not isinstance(told, dict) or told.get(name) != hashlib.sha256(parts[name]).hexdigest():
            raise BadInput(
                "{path}: {part} is not what its manifest says: it was altered on the way", path=str(path), part=name
            )
    rows = {name: _json(path, f"{name}.json", parts[f"{name}.json"], list) for name in SHEETS}
    facts = manifest.get("facts")
    return _file(
        path, digest, rows, workspace=str(manifest.get("workspace", "")), head=str(manifest.get("head", "")),
        facts=facts if isinstance(facts, int) else 0,
    )  # fmt: skip


def _json(path: Path, name: str, content: bytes, kind: type) -> Any:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadInput("{path}: {part} is no JSON ({why})", path=str(path), part=name, why=str(error)) from None
    if not isinstance(found, kind):
        raise BadInput("{path}: {part} does not have the shape of a vendor's records", path=str(path), part=name)
    return found


def _of_workbook(path: Path, digest: Digest) -> VendorFile:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        pages = {page.title.strip().casefold(): page_rows(page) for page in book.worksheets}
        book.close()
    except BROKEN as error:
        raise broken(path, error) from error
    if lacking := [name for name in SHEETS if name not in pages]:
        raise BadInput(
            "{path}: no sheet {missing}; the workbook has {header}",
            path=str(path),
            missing=", ".join(lacking),
            header=", ".join(pages),
        )
    return _file(path, digest, {name: _records(pages[name]) for name in SHEETS})


def _records(rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """The rows of a sheet by their titles; account:SERVER columns are accounts, topics and duties have semicolons."""
    titles = [cell.strip() for cell in rows[0]] if rows else []
    found = []
    for cells in rows[1:]:
        row: dict[str, Any] = {title: cell.strip() for title, cell in zip(titles, cells, strict=False) if cell.strip()}
        if row:
            row["accounts"] = {
                title[8:].strip(): row[title] for title in titles if title.startswith("account:") and title in row
            }
            for name in ("topics", "duties"):
                row[name] = [
                    each.strip() for each in str(row.get(name, "")).replace(",", ";").split(";") if each.strip()
                ]
            found.append(row)
    return found


def _file(path: Path, digest: Digest, rows: Mapping[str, Sequence[Any]], **told: Any) -> VendorFile:
    findings: list[Finding] = []

    def read(name: str, make: Callable[[Mapping[str, Any], Place], Row]) -> tuple[Row, ...]:
        found = []
        for number, row in enumerate(rows[name], start=1):
            place = Place(file=f"{path}/{name}", row=number)
            try:
                found.append(make(row, place))
            except (KeyError, ValueError, TypeError, AttributeError) as error:
                findings.append(finding(
                    "vendor-row-unreadable", "the row cannot be read ({why})", place=place, why=str(error) or type(error).__name__,
                    mend=Message(N_("ask the vendor to correct it and hand the file over again; what was taken is not doubled")),
                ))  # fmt: skip
        return tuple(found)

    people, trainings, exams = read("people", _person), read("trainings", _training), read("exams", _exam)
    return VendorFile(
        name=path.name, digest=digest, people=people, trainings=trainings, exams=exams, findings=tuple(findings), **told
    )


def _person(row: Mapping[str, Any], place: Place) -> VendorPerson:
    accounts = {str(server): str(account) for server, account in dict(row.get("accounts") or {}).items()}
    return VendorPerson(
        person=_named(row), organizer=str(row.get("organizer", "")), duties=tuple(map(str, row["duties"])),
        accounts=accounts, place=place,
    )  # fmt: skip


def _training(row: Mapping[str, Any], place: Place) -> VendorTraining:
    return VendorTraining(
        person=_named(row), release=str(row["release"]), at=_moment(row["at"]), organizer=str(row.get("organizer", "")),
        topics=tuple(map(str, row.get("topics") or ())), material=str(row.get("material", "")), place=place,
    )  # fmt: skip


def _exam(row: Mapping[str, Any], place: Place) -> ExamRow:
    return ExamRow(
        person=_named(row), release=str(row["release"]), at=_moment(row["at"]), score=float(row["score"]),
        pass_mark=float(row["pass_mark"]), paper=str(row.get("paper", "")), reason=str(row.get("reason", "")),
        abilities=_shares(row.get("abilities")), least=_shares(row.get("least")), place=place,
    )  # fmt: skip


def _named(row: Mapping[str, Any]) -> str:
    name = str(row["person"]).strip()
    if not name or len(name) > 64 or not name.isprintable() or "=" in name:
        raise ValueError("person")
    return name


def _shares(told: Any) -> dict[str, float]:
    return {str(name): float(share) for name, share in dict(told or {}).items()}


def _moment(told: Any) -> datetime:
    at = datetime.fromisoformat(str(told))
    return at if at.tzinfo else at.replace(tzinfo=UTC)
