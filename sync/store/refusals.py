"""Refusals that the store answers over HTTP, each with its status. A code without one here is 400."""

from __future__ import annotations

from mash_desktop.domain.errors import Refusal

STATUS = {
    "sign-in-refused": 401,
    "session-ended": 401,
    "device-revoked": 401,
    "directory-left": 401,
    "subject-unknown": 403,
    "standing-not-held": 403,
    "not-permitted": 403,
    "not-found": 404,
    "hub-unknown": 404,
    "directory-none": 404,
    "chunk-unknown": 404,
    "body-too-large": 413,
    "directory-unreachable": 424,
    "sign-in-delayed": 429,
    "too-many-requests": 429,
    "busy": 503,
    "database-away": 503,
    "not-ready": 503,
    "store-key-old": 503,
    "secrets-old": 503,
}


class TooSoon(Refusal):
    """Refused for now; ``retry_after`` is seconds."""

    def __init__(self, code: str, sentence: str, retry_after: int) -> None:
        super().__init__(code, sentence)
        self.retry_after = retry_after


def status_of(refusal: Refusal) -> int:
    return STATUS.get(refusal.code, 400)
