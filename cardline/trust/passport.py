"""Signed caller identity: PASSporT (RFC 8225), the Identity header (RFC 8224), SHAKEN (RFC 8588)
and rich call data (RFC 9795), signed ES256. Pure: keys and times come in, words go out (row E6).
"""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from cardline.core.phone import parse_phone
from cardline.trust.caller_model import CallerVerdict, Passport

_ALGORITHM: Final = "ES256"
_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (),
    "shaken": ("attest", "origid"),
    "rcd": ("rcd",),
}
"""The types that we read, with the claims that each must have (RFC 8588, 4 to 6; RFC 9795, 5)."""
_ATTESTS: Final = ("A", "B", "C")
_LONGEST: Final = 8000
_REGISTRY: Final = JWSRegistry(algorithms=[_ALGORITHM], strict_check_header=False)
_PARAMETER: Final = re.compile(r';\s*([a-z0-9]+)\s*=\s*(?:<([^>]*)>|"([^"]*)"|([^;\s]*))', re.I)
_FULL_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_COMPACT_FORM: Final = re.compile(r"\.\.([A-Za-z0-9_-]+)")


def telephone_number(text: str) -> str:
    """Return a number as it is signed (RFC 8224, 8.3): digits alone; empty for what is none."""
    return _digits(parse_phone(text) or text)


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Write JSON in the one form that is signed (RFC 8225, 9): keys in order, no white space."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def claims_of(passport: Passport) -> dict[str, Any]:
    """Return the claims of a passport."""
    claims: dict[str, Any] = {
        "orig": {"tn": passport.origin},
        "dest": {"tn": list(passport.destinations)},
        "iat": passport.issued_at,
    }
    if passport.attest:
        claims |= {"attest": passport.attest, "origid": passport.origid}
    rich = passport.rich
    if rich is not None:
        told = {"nam": rich.name, "apn": rich.callback, "icn": rich.icon}
        claims["rcd"] = {name: value for name, value in told.items() if value}
        claims |= {"crn": rich.reason} if rich.reason else {}
    return claims


def sign(passport: Passport, key: ECKey) -> str:
    """Return the signed passport, in its full form."""
    claims = canonical_json(claims_of(passport))
    return jws.serialize_compact(_head_of(passport), claims, key, None, _REGISTRY)


def identity_header(passport: Passport, key: ECKey) -> str:
    """Return the value of the Identity header (RFC 8224, 4)."""
    kind = f";ppt={passport.ppt}" if passport.ppt else ""
    return f"{sign(passport, key)};info=<{passport.x5u}>;alg={_ALGORITHM}{kind}"


def signer_named(header: str) -> str:
    """Return the address of the certificate that a header names; empty where it names none."""
    return _parameters(header).get("info", "")


def verify(
    header: str,
    *,
    caller: str,
    called: str,
    certificate: x509.Certificate | None,
    freshness: timedelta,
    now: datetime,
    date: datetime | None = None,
) -> CallerVerdict:
    """Say what an Identity header is worth for a call (RFC 8224, 6.2).

    ``caller`` and ``called``: the numbers of the INVITE; ``date``: of its Date header, from which
    the compact form is put together again. ``certificate``: of the signer that the header names,
    where we know that signer. Everything that is wrong is named.
    """
    token = header[:_LONGEST].partition(";")[0].strip()
    parameters = _parameters(header)
    if token.startswith(".."):
        if parameters.get("ppt") or parameters.get("alg", _ALGORITHM) != _ALGORITHM:
            return CallerVerdict("invalid", ("unsupported",))
        if date is None:
            return CallerVerdict("invalid", ("date-missing",))
        token = _whole(token, parameters, caller=caller, called=called, date=date)
    parts = _parts(token)
    if parts is None:
        return CallerVerdict("invalid", ("malformed",))
    head, claims = parts
    told = _told(head, claims, parameters)
    wrong = [] if _is_supported(head) else ["unsupported"]
    if head.get("x5u") != parameters.get("info", head.get("x5u")):
        wrong.append("info-differs")
    if any(parameters.get(one, head.get(one, "")) != head.get(one, "") for one in ("alg", "ppt")):
        wrong.append("parameter-differs")
    if not _is_whole(head, claims):
        wrong.append("incomplete")
    if not told["origin"] or told["origin"] not in _ways_to_write(caller):
        wrong.append("other-origin")
    if not _is_for(claims, called):
        wrong.append("other-destination")
    issued = claims.get("iat")
    if not isinstance(issued, int) or abs(now.timestamp() - issued) > freshness.total_seconds():
        wrong.append("stale")
    if certificate is None:
        return CallerVerdict("invalid" if wrong else "unknown-signer", tuple(wrong), **told)
    if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
        wrong.append("certificate-not-valid")
    if not _is_signed(token, certificate):
        wrong.append("wrong-signature")
    return CallerVerdict("invalid" if wrong else "valid", tuple(wrong), **told)


def key_of(certificate: x509.Certificate) -> ECKey:
    """Return the public key of a certificate. Raises ``ValueError`` for what is no P-256 key."""
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return read_key(pem)


def read_key(pem: bytes) -> ECKey:
    """Read a P-256 key, private or public. Raises ``ValueError``."""
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError("this is no key of an elliptic curve in PEM") from error
    if key.curve_name != "P-256":
        raise ValueError("ES256 needs a key on the curve P-256")
    return key


def _is_signed(token: str, certificate: x509.Certificate) -> bool:
    try:
        jws.deserialize_compact(token, key_of(certificate), None, _REGISTRY)
    except (JoseError, ValueError):
        return False
    return True


def _is_supported(head: Mapping[str, Any]) -> bool:
    return (
        head.get("alg") == _ALGORITHM
        and head.get("typ") == "passport"
        and head.get("ppt", "") in tuple(_CLAIMS)
        and isinstance(head.get("x5u"), str)
    )


def _is_whole(head: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether the claims are there that its type must have; of other types nothing is asked."""
    kind = head.get("ppt", "")
    needed = _CLAIMS.get(kind, ()) if isinstance(kind, str) else ()
    if any(not claims.get(one) for one in needed):
        return False
    rich = claims.get("rcd")
    named = rich is None or (isinstance(rich, dict) and isinstance(rich.get("nam"), str))
    return named and ("attest" not in needed or claims["attest"] in _ATTESTS)


def _whole(
    token: str, parameters: Mapping[str, str], *, caller: str, called: str, date: datetime
) -> str:
    """Put a compact form together again from what the INVITE says (RFC 8225, 7; RFC 8224, 4).

    Numbers only: the address of somebody without one cannot be told from a user's name alone.
    """
    found = _COMPACT_FORM.fullmatch(token)
    origin, destination = telephone_number(caller), telephone_number(called)
    if found is None or not origin or not destination or "info" not in parameters:
        return ""
    passport = Passport(origin, (destination,), int(date.timestamp()), parameters["info"])
    return f"{_signing_input(passport)}.{found[1]}"


def _signing_input(passport: Passport) -> str:
    parts = (canonical_json(_head_of(passport)), canonical_json(claims_of(passport)))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _head_of(passport: Passport) -> dict[str, str]:
    head = {"alg": _ALGORITHM, "typ": "passport", "x5u": passport.x5u}
    if passport.ppt:
        head["ppt"] = passport.ppt
    return dict(sorted(head.items()))


def _is_for(claims: Mapping[str, Any], called: str) -> bool:
    """The number dialled is among those signed for; an address without a number is not judged."""
    ways = _ways_to_write(called)
    if not ways:
        return True
    dest = claims.get("dest")
    numbers = dest.get("tn") if isinstance(dest, dict) else None
    return isinstance(numbers, list) and any(_digits(str(one)) in ways for one in numbers)


def _ways_to_write(number: str) -> frozenset[str]:
    """The digits of a number as a network may have signed them: with its country, or as dialled."""
    return frozenset({telephone_number(number), _digits(number)} - {""})


def _digits(text: str) -> str:
    digits = re.sub(r"[\s\-().+]", "", text)
    return digits if digits.isascii() and digits.isdecimal() and len(digits) <= 20 else ""


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    if not _FULL_FORM.fullmatch(token):
        return None
    try:
        found = jws.extract_compact(token.encode(), None, _REGISTRY)
        claims = json.loads(found.payload)
    except (JoseError, ValueError, RecursionError):
        return None
    head = found.headers()
    return (head, claims) if isinstance(head, dict) and isinstance(claims, dict) else None


def _told(
    head: Mapping[str, Any], claims: Mapping[str, Any], parameters: Mapping[str, str]
) -> dict[str, str]:
    orig, rcd = claims.get("orig"), claims.get("rcd")
    number = orig.get("tn", "") if isinstance(orig, dict) else ""
    name = rcd.get("nam", "") if isinstance(rcd, dict) else ""
    return {
        "origin": _digits(str(number)),
        "attest": str(claims.get("attest", ""))[:1],
        "name": str(name)[:80],
        "reason": str(claims.get("crn", ""))[:120],
        "signer": str(parameters.get("info") or head.get("x5u", ""))[:300],
    }


def _parameters(header: str) -> dict[str, str]:
    return {
        name.lower(): bracketed or quoted or plain
        for name, bracketed, quoted, plain in _PARAMETER.findall(header[:_LONGEST])
    }
