"""Open Badges: a credential as the specification wants it, unsigned, or signed so that anybody can check it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from labelqa.adapters.xapi.badges import credential, private_key, signed
from labelqa.errors import BadInput
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam
from labelqa.workflows.training.exported import BadgeFacts

SINCE = datetime(2026, 11, 16, 2, 30, 0, 500, tzinfo=UTC)
RELEASE = ReleaseName("genai-safety@1.0.0")
BADGE = BadgeFacts(
    person=PersonId("p-ann"), name="", workspace="云帆", release=RELEASE, rulebook="d" * 64, since=SINCE,
    until=SINCE + timedelta(days=365), organizer="Org", topics=("platform",),
    exam=Exam(person=PersonId("p-ann"), release=RELEASE, at=SINCE, score=0.9, pass_mark=0.8, fact=2, least={"law": 0.5}),
    evidence=((1, "training.recorded", "a" * 64), (2, "exam.recorded", "b" * 64)),
)  # fmt: skip


def test_it_has_what_the_specification_requires():
    """Open Badges 3.0, appendix B: AchievementCredential, AchievementSubject, Achievement, Criteria, Evidence, Profile."""
    told = credential(BADGE, home="https://labels.example.com")
    assert told["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert told["@context"][1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3")
    assert {"VerifiableCredential", "OpenBadgeCredential"} <= set(told["type"])
    assert told["id"].startswith("urn:uuid:")
    assert set(told["issuer"]) == {"id", "type", "name"}
    assert (told["validFrom"], told["validUntil"]) == ("2026-11-16T02:30:00Z", "2027-11-16T02:30:00Z")
    subject = told["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    assert {"id", "type", "name", "description", "criteria"} <= set(subject["achievement"])
    assert set(subject["achievement"]["criteria"]) == {"narrative"}
    assert "0.80, law at least 0.50" in subject["achievement"]["criteria"]["narrative"]
    assert [each["id"] for each in told["evidence"]] == ["urn:sha256:" + "a" * 64, "urn:sha256:" + "b" * 64]
    assert all(each["type"] == ["Evidence"] for each in told["evidence"])
    assert "proof" not in told


def test_the_same_facts_give_the_same_credential_and_no_name():
    assert credential(BADGE) == credential(BADGE)
    assert credential(replace(BADGE, evidence=BADGE.evidence[:1]))["id"] != credential(BADGE)["id"]
    assert "identifier" not in credential(BADGE)["credentialSubject"]
    (identity,) = credential(replace(BADGE, name="陈思远"))["credentialSubject"]["identifier"]
    assert (identity["identityHash"], identity["hashed"], identity["identityType"]) == ("陈思远", False, "name")
    assert "validUntil" not in credential(replace(BADGE, until=None))


def read(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def checked(jws: str) -> dict[str, Any]:
    """Verifies a compact JWS by the key in its header, as RFC 7515 and RFC 8037 say, and gives its payload."""
    header, payload, signature = jws.split(".")
    assert "=" not in jws
    told = json.loads(read(header))
    assert set(told) == {"alg", "jwk", "typ"}
    assert (told["alg"], told["typ"], told["jwk"]["kty"], told["jwk"]["crv"]) == ("EdDSA", "JWT", "OKP", "Ed25519")
    assert set(told["jwk"]) == {"kty", "crv", "x"}
    Ed25519PublicKey.from_public_bytes(read(told["jwk"]["x"])).verify(read(signature), f"{header}.{payload}".encode())
    return json.loads(read(payload))


def test_a_signed_badge_can_be_checked_by_anybody():
    key, told = Ed25519PrivateKey.generate(), credential(BADGE)
    claims = checked(signed(told, key))
    assert {name: claims.pop(name) for name in ("iss", "jti", "sub")} == {
        "iss": told["issuer"]["id"], "jti": told["id"], "sub": told["credentialSubject"]["id"],
    }  # fmt: skip
    assert datetime.fromtimestamp(claims.pop("nbf"), UTC) == SINCE.replace(microsecond=0)
    assert datetime.fromtimestamp(claims.pop("exp"), UTC) == (SINCE + timedelta(days=365)).replace(microsecond=0)
    assert claims == told
    header, payload, signature = signed(told, key).split(".")
    forged = base64.urlsafe_b64encode(read(payload).replace(b"p-ann", b"p-bob")).rstrip(b"=").decode()
    with pytest.raises(InvalidSignature):
        checked(f"{header}.{forged}.{signature}")


def test_only_an_ed25519_key_signs(tmp_path):
    def pem(key: Any) -> bytes:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    path = tmp_path / "key.pem"
    mine = Ed25519PrivateKey.generate()
    path.write_bytes(pem(mine))
    assert private_key(path).public_key() == mine.public_key()
    for content, why in ((b"x", "no private key"), (pem(generate_private_key(65537, 2048)), "not an Ed25519 key")):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=why):
            private_key(path)
