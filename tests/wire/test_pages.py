"""The staff's page as a browser gets it: policy, caching, addresses, and what is not there."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cardline.app.http import pages
from cardline.app.http.application import include

PAGE = '<link nonce="__NONCE__" href="/desk/assets/a-1.css"><script src="/desk/assets/a-1.js">'


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A built page."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "a-1.js").write_text("let a")
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


@pytest.fixture
async def browser(built: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever asks for the page."""
    application = FastAPI()
    include(application, pages.router(built))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


@pytest.mark.parametrize("address", ["/desk", "/desk/", "/desk/call", "/desk/interactions/i1"])
async def test_every_address_of_the_desk_gives_the_page_with_a_nonce_of_its_own(
    browser: httpx.AsyncClient, address: str
) -> None:
    first, second = [await browser.get(address) for _ in range(2)]
    assert first.status_code == 200
    nonces = [re.findall(r'nonce="([^"]+)"', one.text) for one in (first, second)]
    assert nonces[0] != nonces[1]
    policy = first.headers["content-security-policy"]
    assert f"style-src 'self' 'nonce-{nonces[0][0]}'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_files_are_kept_for_good_and_the_page_never(browser: httpx.AsyncClient) -> None:
    told = await browser.get("/desk/assets/a-1.js")
    assert told.text == "let a"
    assert "immutable" in told.headers["cache-control"]
    assert "immutable" not in (await browser.get("/desk")).headers.get("cache-control", "")


@pytest.mark.parametrize("name", ["none.js", "..%2Findex.html", "%2e%2e%2f%2e%2e%2fpages.py"])
async def test_nothing_but_the_built_files_is_given(browser: httpx.AsyncClient, name: str) -> None:
    told = await browser.get(f"/desk/assets/{name}")
    assert told.status_code == 404 or "nonce" in told.text


async def test_a_desk_that_was_not_built_says_so(tmp_path: Path) -> None:
    application = FastAPI()
    include(application, pages.router(tmp_path))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        told = await client.get("/desk/call")
    assert told.status_code == 503
    assert "make run" in told.text
