"""A qualification as an Open Badges 3.0 credential: who, for which release, since and until when, proven by which facts.

Unsigned it is a plain statement of the workspace that wrote it, and says so nowhere but by having no proof; signed with
an Ed25519 key it is a compact JWS (VC-JWT) that carries its public key. Whether the key is to be trusted is for whoever
reads it.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from labelqa.adapters.xapi import words
from labelqa.adapters.xapi.writing import whole_seconds
from labelqa.errors import BadInput
from labelqa.workflows.training.exported import BadgeFacts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

CONTEXTS: Final = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
LARGEST: Final = 1 << 16  # bytes of a key file


def credential(badge: BadgeFacts, *, home: str = words.HOME) -> dict[str, Any]:
    """The credential as JSON-LD; the same facts give the same credential."""
    base = home if home.endswith("/") else f"{home}/"
    stem = f"{base}badges/{quote(badge.release, safe='@')}"
    proof = "|".join(digest for _, _, digest in badge.evidence)
    told: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{stem}|{badge.person}|{proof}')}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"Qualified under {badge.release} · {badge.release} 上岗资格",
        "issuer": {"id": base, "type": ["Profile"], "name": badge.workspace},
        "validFrom": whole_seconds(badge.since),
        "credentialSubject": _subject(badge, base, stem),
        "evidence": [_evidence(*each) for each in badge.evidence],
    }
    if badge.until is not None:
        told["validUntil"] = whole_seconds(badge.until)
    return told


def _subject(badge: BadgeFacts, base: str, stem: str) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "id": f"{base}people/{quote(badge.person, safe='')}",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": stem,
            "type": ["Achievement"],
            "achievementType": "Certification",
            "name": f"{badge.release} 标注上岗资格 · Qualification to label under {badge.release}",
            "description": f"Trained and examined on the labeling rules {badge.release} (sha256 {badge.rulebook}).",
            "criteria": {"narrative": _criteria(badge)},
            **({"tag": list(badge.topics)} if badge.topics else {}),
        },
        "result": [{"type": ["Result"], "value": f"{badge.exam.score:.4f}"}],
    }
    if badge.name:
        subject["identifier"] = [
            {"type": "IdentityObject", "hashed": False, "identityHash": badge.name, "identityType": "name"}
        ]
    return subject


def _criteria(badge: BadgeFacts) -> str:
    least = "".join(f", {ability} at least {share:.2f}" for ability, share in badge.exam.least.items())
    return (
        f"Training on {badge.release}, then an exam with a score of at least {badge.exam.pass_mark:.2f}{least}; "
        "valid until the qualification expires or the rules change materially (GB/T 45674—2025, 7.1)."
    )


def _evidence(seq: int, kind: str, digest: str) -> dict[str, Any]:
    return {
        "id": f"urn:sha256:{digest}",
        "type": ["Evidence"],
        "name": f"{kind} #{seq}",
        "description": f"Fact {seq} of the ledger; its hash in the chain is {digest}.",
    }


def credential_text(told: dict[str, Any]) -> str:
    """The credential as indented JSON."""
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def private_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key of a PEM file without a passphrase; BadInput for anything else, or without the extra ``sign``."""
    from labelqa.adapters.files.small import file_bytes

    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise BadInput("signing needs the extra sign: install labelqa[sign]") from error
    try:
        key = load_pem_private_key(file_bytes(path, limit=LARGEST), password=None)
    except (ValueError, TypeError) as error:
        raise BadInput("{path}: no private key in PEM without a passphrase", path=str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("{path}: the key is not an Ed25519 key, the one that badges are signed with", path=str(path))
    return key


def signed(told: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """The credential as a compact JWS (RFC 7515, EdDSA): the payload is the credential with the claims of a JWT.

    ``iss``, ``jti``, ``sub``, ``nbf`` and ``exp`` repeat issuer, id, subject and validity (Open Badges 3.0, 8.2); the
    header holds the public key (RFC 8037), never the private one.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    header = {"alg": "EdDSA", "jwk": {"crv": "Ed25519", "kty": "OKP", "x": _coded(public)}, "typ": "JWT"}
    claims = told | {
        "iss": told["issuer"]["id"],
        "jti": told["id"],
        "sub": told["credentialSubject"]["id"],
        "nbf": int(datetime.fromisoformat(told["validFrom"]).timestamp()),
    }
    if "validUntil" in told:
        claims["exp"] = int(datetime.fromisoformat(told["validUntil"]).timestamp())
    parts = [_coded(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()) for part in (header, claims)]
    message = ".".join(parts)
    return f"{message}.{_coded(key.sign(message.encode()))}"


def _coded(data: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
