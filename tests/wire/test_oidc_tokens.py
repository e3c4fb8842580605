"""What a token must be to be believed: each fault alone is enough (OIDC Core, 3.1.3.7)."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from cardline.adapters.oidc.provider import OidcProvider
from cardline.core.masking import Secret
from cardline.desk.login.oidc.provider import IdentityAssertion, ProviderAway, ProviderRefused

KEY = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256"})
OTHER = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256"})
NEW = ECKey.generate_key("P-256", {"kid": "2", "alg": "ES256"})
NONCE = "the nonce of this log-in"


class Service:
    """A service that answers as it is told."""

    def __init__(self) -> None:
        self.token = ""
        self.status = 200
        self.keys = [KEY]
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer = service.issuer
                if self.path == "/keys":
                    self._say(KeySet(service.keys).as_dict(private=False))
                else:
                    paths = {
                        "authorization_endpoint": f"{issuer}/go",
                        "token_endpoint": f"{issuer}/token",
                        "jwks_uri": f"{issuer}/keys",
                    }
                    self._say({"issuer": issuer, **paths})

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self._say({"id_token": service.token}, service.status)

            def _say(self, body: object, status: int = 200) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.provider = OidcProvider(
            self.issuer, client_id="cardline", secret=Secret("s"), claim="preferred_username"
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "cardline",
            "sub": "1",
            "exp": now + 300,
            "iat": now,
            "nonce": NONCE,
            "preferred_username": "6101",
            "amr": ["pwd", "mfa"],
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    async def ask(self) -> IdentityAssertion:
        return await self.provider.assertion(
            redirect="http://desk", code=Secret("c"), nonce=Secret(NONCE), verifier=Secret("v")
        )


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.stop()


def signed(claims: dict[str, Any], key: ECKey = KEY, **header: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": "1", **header}, claims, key)


async def test_a_sound_token_tells_who_it_is(service: Service) -> None:
    service.token = signed(service.claims())
    told = await service.ask()
    assert (told.number, told.methods) == ("6101", frozenset({"pwd", "mfa"}))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://somebody.example"},
        {"aud": "another"},
        {"aud": ["cardline", "another"]},
        {"azp": "another"},
        {"exp": 1_700_000_000},
        {"iat": 1_700_000_000},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"nonce": "another"},
        {"nonce": None},
        {"preferred_username": None},
        {"preferred_username": 6101},
        {"preferred_username": ""},
    ],
)
async def test_one_fault_is_enough(service: Service, changed: dict[str, Any]) -> None:
    service.token = signed(service.claims(**changed))
    with pytest.raises(ProviderRefused):
        await service.ask()


async def test_several_audiences_need_us_as_the_authorised_party(service: Service) -> None:
    service.token = signed(service.claims(aud=["cardline", "another"], azp="cardline"))
    assert (await service.ask()).number == "6101"


async def test_a_signature_of_somebody_else_is_refused(service: Service) -> None:
    service.token = signed(service.claims(), OTHER)
    with pytest.raises(ProviderRefused):
        await service.ask()


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # it is right: we forge
async def test_no_signature_and_a_shared_secret_are_refused(service: Service) -> None:
    public = json.dumps(KEY.as_dict(private=False)).encode()
    for algorithm, key in (("none", OctKey.import_key(b"x" * 32)), ("HS256", None)):
        key = key or OctKey.import_key(public)
        service.token = jwt.encode(
            {"alg": algorithm, "kid": "1"}, service.claims(), key, algorithms=[algorithm]
        )
        with pytest.raises(ProviderRefused):
            await service.ask()


async def test_a_key_that_was_changed_is_fetched_again(service: Service) -> None:
    service.token = signed(service.claims())
    await service.ask()
    service.keys = [NEW]
    service.token = signed(service.claims(), NEW, kid="2")
    assert (await service.ask()).number == "6101"


@pytest.mark.parametrize("methods", [None, "mfa", [1], {"mfa": True}])
async def test_methods_that_are_no_list_of_words_prove_nothing(
    service: Service, methods: object
) -> None:
    service.token = signed(service.claims(amr=methods))
    assert (await service.ask()).methods == frozenset()


@pytest.mark.parametrize(("status", "error"), [(400, ProviderRefused), (503, ProviderAway)])
async def test_what_the_service_refuses_and_what_it_cannot_do_are_told_apart(
    service: Service, status: int, error: type[Exception]
) -> None:
    service.status = status
    with pytest.raises(error):
        await service.ask()


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "x" * 300_000])
async def test_garbage_is_refused(service: Service, token: str) -> None:
    service.token = token
    with pytest.raises(ProviderRefused):
        await service.ask()
