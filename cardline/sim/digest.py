"""Digest access authentication for SIP requests (RFC 7616 with MD5, RFC 3261 section 22)."""

import hashlib
import re
import secrets

_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


def parse_challenge(header: str) -> dict[str, str]:
    """Return the parameters of a ``WWW-Authenticate`` or ``Proxy-Authenticate`` value."""
    _, _, rest = header.strip().partition(" ")
    return {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}


def answer_challenge(
    header: str,
    *,
    user: str,
    password: str,
    method: str,
    uri: str,
    count: int = 1,
    cnonce: str = "",
) -> str:
    """Return the ``Authorization`` value that answers a challenge for one request.

    ``count`` is how often the nonce was used; ``cnonce`` is made up where none is given. Raises
    ``ValueError`` for another scheme than Digest with MD5 and ``qop`` absent or ``auth``.
    """
    challenge = parse_challenge(header)
    qops = [qop.strip() for qop in challenge.get("qop", "").split(",") if qop.strip()]
    is_digest = header.strip().lower().startswith("digest ")
    if not is_digest or challenge.get("algorithm", "MD5").upper() != "MD5":
        raise ValueError("not a Digest challenge with MD5")
    if qops and "auth" not in qops:
        raise ValueError("the challenge wants another quality of protection than auth")
    realm, nonce = challenge.get("realm", ""), challenge.get("nonce", "")
    parts = [_quoted("username", user), _quoted("realm", realm), _quoted("nonce", nonce)]
    parts += [_quoted("uri", uri), "algorithm=MD5"]
    secret, request = _md5(f"{user}:{realm}:{password}"), _md5(f"{method}:{uri}")
    if qops:
        cnonce = cnonce or secrets.token_hex(8)
        between = f"{nonce}:{count:08x}:{cnonce}:auth"
        parts += ["qop=auth", f"nc={count:08x}", _quoted("cnonce", cnonce)]
    else:
        between = nonce
    parts.append(_quoted("response", _md5(f"{secret}:{between}:{request}")))
    if "opaque" in challenge:
        parts.append(_quoted("opaque", challenge["opaque"]))
    return "Digest " + ", ".join(parts)


def _quoted(name: str, value: str) -> str:
    return f'{name}="{value}"'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
