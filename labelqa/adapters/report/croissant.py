"""A Croissant card (MLCommons, format 1.0 with the vocabulary for responsible AI, RAI 1.0) of exported labels.

The card says what the ledger knows; what nobody recorded is said to be unknown. It promises nothing about the items'
content, which is not in the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.files.final_labels import COLUMNS
from labelqa.adapters.report.names import name_of
from labelqa.errors import Message
from labelqa.i18n import N_, Speaker
from labelqa.records.batch import Conclusion
from labelqa.records.handed import HandedBatch
from labelqa.records.life import Source
from labelqa.workflows.exporting.export import Outgoing

_CR: Final = "http://mlcommons.org/croissant/"
CONFORMS: Final = (f"{_CR}1.0", f"{_CR}RAI/1.0")
_TERMS: Final = (
    "citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format",
    "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
)  # fmt: skip
CONTEXT: Final[Mapping[str, Any]] = {
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": _CR,
    "rai": f"{_CR}RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _TERMS},
}
_MEDIA: Final[Mapping[str, str]] = {
    ".jsonl": "application/jsonlines", ".csv": "text/csv", ".parquet": "application/x-parquet",
    ".json": "application/json",
}  # fmt: skip
_TABLES: Final = (".parquet", ".csv", ".jsonl")  # where the records are read from, the best first
_TYPES: Final[Mapping[str, str]] = {
    "string": "sc:Text",
    "double": "sc:Float",
    "int64": "sc:Integer",
    "bool": "sc:Boolean",
}
_SAYS: Final[Mapping[str, str]] = {
    "item_id": N_("id of the item as it was imported"),
    "label": N_("the final label; the JSON of the answer where it is no single label"),
    "source": N_("what the label rests on: single, unanimous, consensus, reviewed, arbitrated or corrected"),
    "posterior": N_("probability of the label by the model of the annotators; empty where it is not known"),
    "annotations": N_("answers of people on the item"),
    "batch": N_("the batch"),
    "round": N_("rework round, 0 for the first delivery"),
    "release": N_("rulebook release under which it was labelled"),
    "organizer": N_("who ran the labeling"),
    "model_assisted": N_("whether a model suggested or gave an answer"),
    "models": N_("entries of these models in the register; a question mark: not entered"),
    "card": N_("the fact with the provenance card"),
    "forced": N_("whether the batch was exported by force without being accepted"),
    "conclusion": N_("conclusion on the batch: accept, relabel or void; empty while it is not settled"),
}


def croissant(out: Outgoing, files: Mapping[str, str], *, folder: Path, say: Speaker) -> dict[str, Any]:
    """The card as a JSON-LD document; ``files`` are names in the folder with their sha256."""
    names = ", ".join(each.batch for each in out.batches)
    return {
        "@context": {"@language": say.lang, **CONTEXT},
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS),
        "name": f"{out.workspace} {names}",
        "description": " ".join(_description(out, say)),
        "version": "1.0.0",
        "license": [_licence(each, say) for each in out.batches],
        "url": f"urn:labelqa:{out.workspace}:{names}".replace(" ", ""),
        "datePublished": _published(out.batches),
        "isLiveDataset": False,
        "creator": [{"@type": "sc:Organization", "name": each} for each in _organizers(out.batches)],
        "inLanguage": _distinct(language for each in out.batches for language in each.card.languages),
        **_rai(out, say),
        "distribution": [_file(name, files[name], folder) for name in files],
        "recordSet": _records(files, say),
    }


def _description(out: Outgoing, say: Speaker) -> Iterator[str]:
    yield say(N_("{n} final labels, one an item, out of {batches} batches."), n=out.items, batches=len(out.batches))
    for each in out.batches:
        if each.forced and each.conclusion is Conclusion.VOID:
            yield say(N_("VOID: batch {batch} is void for good; its labels may not be used."), batch=each.batch)
        if each.forced:
            yield say(
                N_("NOT ACCEPTED: the labels of batch {batch} were exported by force ({reason})."),
                batch=each.batch,
                reason=out.reason,
            )


def _licence(batch: HandedBatch, say: Speaker) -> str:
    card = batch.card
    return card.licence or say(N_("not stated (source: {source})"), source=card.source)


def _published(batches: Sequence[HandedBatch]) -> str:
    return max(each.settled_at or each.frozen_at for each in batches).date().isoformat()


def _organizers(batches: Sequence[HandedBatch]) -> list[str]:
    return _distinct(each.organizer for each in batches)


def _distinct(values: Any) -> list[str]:
    return list(dict.fromkeys(str(each) for each in values if each))


def _rai(out: Outgoing, say: Speaker) -> dict[str, Any]:
    """The fields for responsible AI, one sentence a batch where batches may differ."""
    parts = {
        "dataCollection": _collection,
        "dataAnnotationProtocol": _protocol,
        "dataAnnotationAnalysis": _analysis,
        "annotationsPerItem": _per_item,
        "annotatorDemographics": _annotators,
        "dataLimitations": _limits,
        "personalSensitiveInformation": _personal,
    }
    told: dict[str, Any] = {
        f"rai:{name}": [f"{each.batch}: {say(made(each, say))}" for each in out.batches] for name, made in parts.items()
    }
    told["rai:dataAnnotationPlatform"] = list(out.platforms) or [say(N_("not recorded"))]
    tools = _distinct(_model(each, say) for batch in out.batches for each in batch.models)
    told["rai:machineAnnotationTools"] = tools or [say(N_("none"))]
    return told


def _model(model: Any, say: Speaker) -> str:
    if not model.entry:
        return say(N_("{name}: not entered in the register of models"), name=model.name)
    text = N_("{name} {version} by {provider} (filing: {filing}; entry {entry})")
    return say(
        text, name=model.name, version=model.version, provider=model.provider, filing=model.filing, entry=model.entry
    )


def _collection(batch: HandedBatch, say: Speaker) -> Message:
    card = batch.card
    source = name_of(Source(card.source), say) if card.source in list(Source) else card.source
    text = N_("source {source}; modalities {modalities}; generator {generator}; acquired {acquired}. {description}")
    return Message(text, {
        "source": source, "modalities": ", ".join(card.modalities), "generator": card.generator or "–",
        "acquired": card.acquired or "–", "description": card.description,
    })  # fmt: skip


def _protocol(batch: HandedBatch, say: Speaker) -> Message:
    text = N_(
        "{kind} under rulebook {release} (sha256 {digest}); labels {labels}; label of record: {rule}; conclusion {conclusion}."
    )
    ended = name_of(batch.conclusion, say) if batch.conclusion else say(N_("none"))
    return Message(text, {
        "kind": name_of(batch.kind, say), "release": batch.release, "digest": batch.release_digest,
        "labels": ", ".join(batch.labels), "rule": batch.record_rule, "conclusion": ended,
    })  # fmt: skip


def _analysis(batch: HandedBatch, say: Speaker) -> Message:
    sources = ", ".join(f"{name_of(source, say)} {n}" for source, n in batch.sources.items())
    left = ", ".join(f"{name_of(why, say)} {n}" for why, n in batch.left_out.items())
    posterior: object = batch.posterior
    if not posterior:
        why = batch.why_no_posterior or Message("not recorded")
        posterior = Message("none ({why})", {"why": why})
    text = N_("final labels by what they rest on: {sources}; items left out: {left}; posterior: {posterior}.")
    return Message(text, {"sources": sources or "–", "left": left or "0", "posterior": posterior})


def _per_item(batch: HandedBatch, _say: Speaker) -> Message:
    return Message("{annotations} answers on {items} items", {"annotations": batch.annotations, "items": batch.items})


def _annotators(batch: HandedBatch, _say: Speaker) -> Message:
    text = N_(
        "{n} people, organized by {organizer}; their training and exams are in the ledger, demographics are not recorded"
    )
    return Message(text, {"n": batch.annotators, "organizer": batch.organizer})


def _limits(batch: HandedBatch, _say: Speaker) -> Message:
    if batch.conclusion is Conclusion.VOID:
        return Message("the batch is void for good: its labels may not be used")
    if batch.forced:
        return Message("the batch is not accepted: nothing proves its accuracy")
    return Message("accepted on a spot check or a full review; the ledger holds its figures")


def _personal(batch: HandedBatch, _say: Speaker) -> Message:
    if not batch.card.personal:
        return Message("none, as the card says")
    return Message("personal data, on the basis {basis}", {"basis": batch.card.basis})


def _file(name: str, digest: str, folder: Path) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "contentSize": f"{(folder / name).stat().st_size} B",
        "encodingFormat": _MEDIA[Path(name).suffix],
        "sha256": digest,
    }


def _records(files: Mapping[str, str], say: Speaker) -> list[dict[str, Any]]:
    """One record an item, read from the best table there is; none where only Label Studio's form was written."""
    table = next((name for ending in _TABLES for name in files if name.endswith(ending)), "")
    if not table:
        return []
    listed = table.endswith(".jsonl")  # there several models are a list
    return [
        {
            "@type": "cr:RecordSet",
            "@id": "labels",
            "name": "labels",
            "key": {"@id": "labels/item_id"},
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"labels/{name}",
                    "name": name,
                    "description": say(_SAYS[name]),
                    "dataType": _TYPES[kind],
                    "source": {"fileObject": {"@id": table}, "extract": {"column": name}},
                    **({"repeated": True} if listed and name == "models" else {}),
                }
                for name, kind in COLUMNS
            ],
        }
    ]
