"""The bank's OpenID provider: discovery, authorisation code with PKCE, ID tokens.

OpenID Connect Core 1.0 and Discovery 1.0, RFC 7636 (PKCE). Only signed tokens of asymmetric kinds
are taken; issuer, audience, nonce and times are checked before anything in a token is believed.
"""

import base64
import hashlib
import time
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from cardline.core.errors import Invalid
from cardline.core.masking import Secret
from cardline.desk.login.oidc.provider import IdentityAssertion, ProviderAway, ProviderRefused

_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
_LEEWAY_SECONDS: Final = 60
_OLDEST_SECONDS: Final = 600
"""An ID token older than this is a replay, whatever its ``exp`` says."""
_DISCOVERED_FOR_SECONDS: Final = 3600.0
_MOST_BYTES: Final = 256 * 1024
_TIMEOUT_SECONDS: Final = 10.0

Told = TypeVar("Told")


class _Metadata(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Tokens(msgspec.Struct):
    id_token: str


class OidcProvider:
    """``ports.IdentityProvider`` over HTTP."""

    def __init__(self, issuer: str, *, client_id: str, secret: Secret, claim: str) -> None:
        """``claim`` is the one that holds the staff number.

        Raises :class:`Invalid` for an issuer that is neither HTTPS nor on this machine.
        """
        _check_address(issuer)
        self._issuer = issuer
        self._client_id = client_id
        self._secret = secret
        self._claim = claim
        self._metadata: tuple[float, _Metadata] | None = None
        self._keys: KeySet | None = None

    async def authorisation(
        self, *, redirect: str, state: Secret, nonce: Secret, verifier: Secret
    ) -> str:
        """Return the address to which the browser is sent."""
        async with _client() as client:
            metadata = await self._discover(client)
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._client_id,
                "redirect_uri": redirect,
                "scope": "openid profile",
                "state": state.reveal(),
                "nonce": nonce.reveal(),
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
            }
        )
        joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{joint}{query}"

    async def assertion(
        self, *, redirect: str, code: Secret, nonce: Secret, verifier: Secret
    ) -> IdentityAssertion:
        """Exchange a code for who it is."""
        async with _client() as client:
            metadata = await self._discover(client)
            answer = await _ask(
                client.post(
                    metadata.token_endpoint,
                    data={
                        "grant_type": "authorization_code",
                        "code": code.reveal(),
                        "redirect_uri": redirect,
                        "code_verifier": verifier.reveal(),
                    },
                    auth=(self._client_id, self._secret.reveal()),
                )
            )
            tokens = _decode(answer, _Tokens)
            claims = await self._claims(client, metadata, tokens.id_token)
        if claims.get("nonce") != nonce.reveal():
            raise ProviderRefused("the token was made for another log-in")
        return _assertion(claims, self._claim)

    async def _discover(self, client: httpx.AsyncClient) -> _Metadata:
        now = time.monotonic()
        if self._metadata and now - self._metadata[0] < _DISCOVERED_FOR_SECONDS:
            return self._metadata[1]
        path = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = _decode(await _ask(client.get(path)), _Metadata)
        if metadata.issuer != self._issuer:
            raise ProviderRefused("the provider calls itself by another name than the setting")
        for address in (
            metadata.authorization_endpoint,
            metadata.token_endpoint,
            metadata.jwks_uri,
        ):
            _check_address(address)
        self._metadata = (now, metadata)
        return metadata

    async def _claims(
        self, client: httpx.AsyncClient, metadata: _Metadata, token: str
    ) -> Mapping[str, Any]:
        for renewed in (False, True):
            if self._keys is None or renewed:  # a key that is not known may be a new one
                answer = await _ask(client.get(metadata.jwks_uri))
                self._keys = KeySet.import_key_set(_decode(answer, KeySetSerialization))
            try:
                claims = jwt.decode(token, self._keys, algorithms=list(_ALGORITHMS)).claims
            except (JoseError, ValueError):
                continue
            self._check(claims)
            return claims
        raise ProviderRefused("the token is not signed by the provider")

    def _check(self, claims: Mapping[str, Any]) -> None:
        audience = claims.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        registry = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except JoseError as error:
            raise ProviderRefused(f"the token does not hold: {error.error}") from error
        # OpenID Connect Core 1.0, 3.1.3.7: several audiences need an authorised party.
        if claims.get("azp", self._client_id) != self._client_id or (
            several and "azp" not in claims
        ):
            raise ProviderRefused("the token is for somebody else")
        if time.time() - float(claims["iat"]) > _OLDEST_SECONDS:
            raise ProviderRefused("the token is too old")


def _assertion(claims: Mapping[str, Any], claim: str) -> IdentityAssertion:
    number, methods = claims.get(claim), claims.get("amr", [])
    if not isinstance(number, str) or not number:
        raise ProviderRefused(f"the token has no {claim}")
    known = isinstance(methods, list) and all(isinstance(one, str) for one in methods)
    return IdentityAssertion(number=number, methods=frozenset(methods) if known else frozenset())


def _challenge(verifier: Secret) -> str:
    digest = hashlib.sha256(verifier.reveal().encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _client() -> httpx.AsyncClient:
    # No redirects: they would carry the code and our secret to somebody else.
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)


async def _ask(request: Awaitable[httpx.Response]) -> httpx.Response:
    try:
        answer = await request
    except httpx.HTTPError as error:
        raise ProviderAway("the log-in service of the bank does not answer") from error
    if answer.status_code >= 500:
        raise ProviderAway("the log-in service of the bank is out of order")
    if answer.status_code != 200:
        raise ProviderRefused(f"the log-in service answered {answer.status_code}")
    return answer


def _decode(answer: httpx.Response, kind: type[Told]) -> Told:
    if len(answer.content) > _MOST_BYTES:
        raise ProviderRefused("the log-in service said too much")
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError as error:
        raise ProviderRefused("the log-in service did not speak OpenID Connect") from error


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not local:
        raise Invalid(f"an address of the log-in service must begin with https://: {address}")
