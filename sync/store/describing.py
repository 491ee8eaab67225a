"""The service in the words of OpenAPI 3.1: what each endpoint takes and answers, with an example of each.

Shapes are those of ``protocol``, taken from the examples; which refusals share a status is read from
``refusals``. That it is so of the running service is for a test to show. No routes here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from mash_desktop.domain.acts import OpenBody, Parcel, SignedAct
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import SignedHead
from sync import protocol

from .refusals import STATUS

JSON = "application/json"
_ENTRY = "0199d0c1-7a52-7c3e-8f00-5d2b1c0a9e11"
_PERSON = "0199d0c1-6b11-7a2c-9d0e-3f4a5b6c7d8e"
_REFERRAL = "referral:0199d0c1-7a00-7b6d-8a00-1c2d3e4f5a6b"
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_AT = datetime(2026, 11, 12, 13, 58, tzinfo=UTC)
_RESEARCHER = protocol.Standing(agency="police", role=Role.RESEARCHER)
_GOVERNANCE = protocol.Standing(agency="mash", role=Role.INFORMATION_GOVERNANCE)
_HEAD = SignedHead(
    head=b'{"at":"2026-11-12T13:58:00Z","epoch":1,"hub":"staffordshire"}', signature=bytes(64), key="0" * 32
)
_SIGNED = SignedAct(act=b'{"agency":"police","author":"...","entries":[]}', signature=bytes(64))
_BODY = OpenBody(entry=_ENTRY, body=b'{"words":"The school rang again."}', salt=bytes(32))
_PARCEL = Parcel(signed=_SIGNED, bodies=(_BODY,))
_SESSION = protocol.Session(
    token="kF3c9wq8yR2m",
    person=_PERSON,
    name="Sam Iqbal",
    standings=(_RESEARCHER,),
    idle_seconds=1800,
    expires_at=_AT,
    server_time=_AT,
)


class Operation(msgspec.Struct, frozen=True):
    """One endpoint. ``asks`` and ``answers`` are examples, and their types the shapes; bytes are a document's
    piece, ``None`` is no body. ``refuses`` are the statuses beside those that every endpoint has."""

    summary: str
    answers: msgspec.Struct | dict[str, str] | bytes | str | None
    asks: msgspec.Struct | bytes | None = None
    refuses: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    """Whole numbers in the query, all needed."""
    signed_in: bool = True


_HUB = "/v1/hubs/{hub}"

OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "/v1/sign-in"): Operation(
        "Sign in with a password and a code",
        _SESSION,
        protocol.SignIn(
            account="sam.iqbal",
            password="harbour lantern thistle",
            code="492039",
            device=_PERSON,
            proof=bytes(64),
        ),
        refuses=(401, 413),
        signed_in=False,
    ),
    ("POST", "/v1/enrol"): Operation(
        "Tie a device's key to a person",
        protocol.Enrolled(
            person=_PERSON,
            account="sam.iqbal",
            key="0" * 32,
            hub="staffordshire",
            store_key=bytes(32),
            totp_uri="otpauth://totp/MASH:sam.iqbal?secret=JBSWY3DPEHPK3PXP&issuer=MASH",
            recovery_codes=("k7mf-2q9x",),
        ),
        protocol.Enrol(
            code="hq7k-w2mf-9dcx",
            device=_PERSON,
            device_name="Desk in the hub",
            public=bytes(32),
            proof=bytes(64),
            password="harbour lantern thistle",
        ),
        refuses=(413,),
        signed_in=False,
    ),
    ("POST", "/v1/sign-out"): Operation("End the session", None),
    ("POST", "/v1/recovery-codes"): Operation(
        "Replace the recovery codes, and the authenticator too where that is asked for",
        protocol.Renewed(recovery_codes=("k7mf-2q9x",)),
        protocol.Renew(password="harbour lantern thistle", code="492039"),
        refuses=(413,),
    ),
    ("GET", f"{_HUB}/ways-in"): Operation(
        "How people of a hub sign in", protocol.WaysIn(directory="Staffordshire's directory"), signed_in=False
    ),
    ("POST", f"{_HUB}/single-sign-on"): Operation(
        "Begin to sign in through the hub's directory",
        protocol.SingleBegun(
            attempt="kF3c9wq8yR2m",
            url="https://login.example.org/authorize?client_id=mash",
            issuer="https://login.example.org",
        ),
        protocol.BeginSingle(
            device=_PERSON, challenge="E9Melhoa2Ow", state="af0ifjsl", redirect_uri="http://127.0.0.1:49152/"
        ),
        refuses=(401, 404, 413, 424),
        signed_in=False,
    ),
    ("POST", f"{_HUB}/single-sign-on/finish"): Operation(
        "Finish signing in with what the browser brought back",
        _SESSION,
        protocol.FinishSingle(
            attempt="kF3c9wq8yR2m", code="SplxlOBe", verifier="dBjftJeZ4CVP", proof=bytes(64)
        ),
        refuses=(401, 403, 404, 413, 424),
        signed_in=False,
    ),
    ("POST", f"{_HUB}/enrolment-codes"): Operation(
        "A one-time code for a person's device, made by an administrator",
        protocol.EnrolmentCode(code="hq7k-w2mf-9dcx", expires_at=_AT),
        protocol.NewDevice(person=_PERSON, account="sam.iqbal"),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/accounts"): Operation(
        "Who signs in as what, for administrators",
        protocol.AccountsFound(
            accounts=(protocol.HeldAccount(person=_PERSON, account="sam.iqbal", linked=True),),
            directory="Staffordshire's directory",
        ),
        protocol.AccountsAsked(),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/unlinked"): Operation(
        "Have neither the directory nor a password sign somebody in any more; the code lets them choose one",
        protocol.EnrolmentCode(code="hq7k-w2mf-9dcx", expires_at=_AT),
        protocol.Unlink(person=_PERSON),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/acts"): Operation(
        "Push acts; each is admitted or refused by itself",
        protocol.Pushed(
            answers=(protocol.Answer(act=_ENTRY, state="admitted", positions=(4711,), admitted_at=_AT),),
            head=_HEAD,
        ),
        protocol.Push(acts=(_PARCEL,)),
        refuses=(413,),
    ),
    ("POST", f"{_HUB}/urgent"): Operation(
        "What is open and most urgent for a standing, before its feeds are read the first time",
        protocol.UrgentFound(
            rows=(
                protocol.Row(
                    audience="",
                    n=0,
                    op="grant",
                    entry=_ENTRY,
                    because=4711,
                    chain=b"",
                    position=4711,
                    admitted_at=_AT,
                    signed=_SIGNED,
                    body=_BODY,
                ),
            ),
            head=_HEAD,
        ),
        protocol.Urgent(standing=_RESEARCHER),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/feed"): Operation(
        "A page of the rows of a standing's feeds",
        protocol.Page(
            audiences=(protocol.Cursor(audience="agency:police", epoch=1, n=0),),
            rows=(
                protocol.Row(
                    audience="agency:police",
                    n=1,
                    op="grant",
                    entry=_ENTRY,
                    because=4711,
                    chain=bytes(32),
                    position=4711,
                    admitted_at=_AT,
                    signed=_SIGNED,
                    body=_BODY,
                ),
            ),
            cursors=(protocol.Cursor(audience="agency:police", epoch=1, n=1),),
            more=False,
            head=_HEAD,
        ),
        protocol.Pull(
            standing=_RESEARCHER, cursors=(protocol.Cursor(audience="agency:police", epoch=1, n=0),)
        ),
        refuses=(403, 413),
    ),
    ("GET", f"{_HUB}/head"): Operation("The signed head of the log", _HEAD),
    ("GET", f"{_HUB}/store-keys"): Operation(
        "The keys that have signed heads, and how each was handed on",
        protocol.StoreKeys(keys=(bytes(32),), handed_on=(), retired=()),
    ),
    ("GET", f"{_HUB}/inclusion"): Operation(
        "The proof that an entry is in the log at a position",
        protocol.Path(path=(bytes(32),), size=2),
        numbers=("position", "size"),
    ),
    ("GET", f"{_HUB}/consistency"): Operation(
        "The proof that a log only grew", protocol.Path(path=(bytes(32),), size=2), numbers=("old", "new")
    ),
    ("POST", f"{_HUB}/people"): Operation(
        "Search for a person by the facts typed so far",
        protocol.PeopleFound(
            found=(
                protocol.Found(
                    key=f"{_REFERRAL}#mia",
                    band="likely",
                    score=0.93,
                    reasons=("Same birth date",),
                    agency="scc-children",
                    name="Mia Carter",
                    birth=PartialDate(2017, 3),
                    episodes=(protocol.Episode(on=PartialDate(2025, 10), what="Early help", closed=None),),
                ),
            ),
            took_ms=4.2,
        ),
        protocol.PeopleSearch(
            standing=_RESEARCHER, forenames="Mia", surname="Carter", birth=PartialDate(2017, 3), because=""
        ),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/due"): Operation(
        "Records that are due under the retention schedule, for governance",
        protocol.DueFound(
            due=(
                protocol.DueRecord(
                    target=_REFERRAL,
                    reference="ISL-26-04711",
                    record="referral",
                    label="Children's referrals",
                    on=date(2026, 11, 12),
                    action="dispose",
                ),
            ),
            next=None,
        ),
        protocol.DueAsked(standing=_GOVERNANCE),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/recipients"): Operation(
        "Who received an entry, for governance",
        protocol.RecipientsFound(recipients=(protocol.Recipient(audience="agency:police", since=_AT),)),
        protocol.RecipientsAsked(standing=_GOVERNANCE, entry=_ENTRY),
        refuses=(403, 413),
    ),
    ("POST", f"{_HUB}/about"): Operation(
        "By what the trail of accesses names somebody, for governance",
        protocol.AboutFound(streams=(_REFERRAL,), references=("ISL-26-04417",)),
        protocol.AboutAsked(standing=_GOVERNANCE, person="ISL-26-04417"),
        refuses=(403, 413),
    ),
    ("PUT", f"{_HUB}/chunks/{{chunk}}"): Operation(
        "Send a piece of a document, under the SHA-256 of it", None, b"%PDF-1.7", refuses=(413,)
    ),
    ("GET", f"{_HUB}/chunks/{{chunk}}"): Operation("A piece of a document", b"%PDF-1.7"),
    ("POST", f"{_HUB}/presence"): Operation(
        "Say that one has a referral open, or has left it",
        None,
        protocol.Presence(stream=_REFERRAL, doing="looking"),
        refuses=(403, 413),
    ),
    ("GET", f"{_HUB}/live"): Operation(
        "What happens, as server-sent events: *grown* (the feed has), *presence*, *locked* (lock now)",
        'event: grown\ndata: {"size":4711}\n\n',
    ),
    ("GET", "/healthz"): Operation("Whether the service runs", {"status": "alive"}, signed_in=False),
    ("GET", "/readyz"): Operation("Whether it can admit", {"status": "ready"}, signed_in=False),
    ("GET", "/metrics"): Operation("Its figures, for Prometheus", "mash_isl_acts_total 1\n", signed_in=False),
}


def described() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method.lower()] = _described(method, path, operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "MASH central ISL", "version": str(protocol.VERSION)},
        "paths": paths,
        "components": {
            "schemas": _shapes(),
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _shapes() -> dict[str, Any]:
    examples = [one for operation in OPERATIONS.values() for one in (operation.asks, operation.answers)]
    kinds = {type(one) for one in examples if isinstance(one, msgspec.Struct)} | {protocol.Problem}
    _, shapes = msgspec.json.schema_components(
        sorted(kinds, key=lambda kind: kind.__name__), ref_template="#/components/schemas/{name}"
    )
    return {name: _spelt(shape) for name, shape in shapes.items()}


def _spelt(shape: Any) -> Any:
    """Bytes are spelt in base64, which a reader of JSON Schema may take for a remark: it is a format too."""
    if isinstance(shape, dict):
        more = {"format": "byte"} if shape.get("contentEncoding") == "base64" else {}
        return {name: _spelt(value) for name, value in shape.items()} | more
    return [_spelt(one) for one in shape] if isinstance(shape, list) else shape


def _described(method: str, path: str, operation: Operation) -> dict[str, Any]:
    about: dict[str, Any] = {
        "summary": operation.summary,
        "operationId": "_".join(
            (method.lower(), *path.strip("/").replace("{", "").replace("}", "").split("/"))
        ),
        "parameters": list(_parameters(path, operation)),
        "responses": _responses(path, operation),
        "security": [{"session": []}] if operation.signed_in else [],
    }
    if operation.asks is not None:
        about["requestBody"] = {"required": True, "content": _content(operation.asks)}
    return about


def _parameters(path: str, operation: Operation) -> Iterator[dict[str, Any]]:
    if path.startswith("/v1/"):
        version = {"type": "string", "const": str(protocol.VERSION)}
        yield {"name": protocol.VERSION_HEADER, "in": "header", "required": True, "schema": version}
    if "{hub}" in path:
        yield _parameter("hub", "path", {"type": "string", "minLength": 1}, "staffordshire")
    if "{chunk}" in path:
        yield _parameter("chunk", "path", {"type": "string", "pattern": "^[0-9a-f]{64}$"}, _DIGEST)
    for number in operation.numbers:
        yield _parameter(number, "query", {"type": "integer"}, 1)


def _parameter(name: str, where: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": schema, "example": example}


def _responses(path: str, operation: Operation) -> dict[str, Any]:
    status = "200" if operation.answers is not None else "204"
    answered: dict[str, Any] = {"description": "Done"}
    if operation.answers is not None:
        answered["content"] = _content(operation.answers)
    refuses = {*operation.refuses}
    if path.startswith("/v1/"):
        refuses |= {400, 429, 500, 503}
    if operation.signed_in:
        refuses |= {401}
        refuses |= {404} if "{hub}" in path else set()
    if path == "/readyz":
        refuses |= {503}
    return {status: answered} | {str(one): _refusal(one) for one in sorted(refuses)}


def _refusal(status: int) -> dict[str, Any]:
    codes = sorted(code for code, one in STATUS.items() if one == status)
    code = (codes or ["request-unreadable"])[0]
    example = protocol.Problem(code=code, sentence="What is wrong, and what to do.")
    return {
        "description": f"Refused: {', '.join(codes)}" if codes else "Refused",
        "content": {JSON: {"schema": _reference(protocol.Problem), "example": msgspec.to_builtins(example)}},
    }


def _content(example: msgspec.Struct | dict[str, str] | bytes | str) -> dict[str, Any]:
    if isinstance(example, bytes):
        return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    if isinstance(example, str):
        media = "text/event-stream" if example.startswith("event:") else "text/plain"
        return {media: {"schema": {"type": "string"}, "example": example}}
    if isinstance(example, dict):
        shape: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}
        return {JSON: {"schema": shape, "example": example}}
    return {JSON: {"schema": _reference(type(example)), "example": msgspec.to_builtins(example)}}


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
