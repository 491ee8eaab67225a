"""The central ISL over HTTPS: routes, problems, headers. Each handler says what is asked and hands it on.

Whatever is refused is a :class:`~sync.protocol.Problem`. No SQL here, no rules, nothing of TLS.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from litestar import Litestar, MediaType, Request, Response, Router, get, post, put
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Stream
from litestar.types import Message, Scope
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import SignedHead
from sync.protocol import (
    CHUNK_BYTES,
    MOST_ACTS,
    VERSION,
    VERSION_HEADER,
    AboutAsked,
    AboutFound,
    AccountsAsked,
    AccountsFound,
    BeginSingle,
    DueAsked,
    DueFound,
    Enrol,
    Enrolled,
    EnrolmentCode,
    FinishSingle,
    NewDevice,
    Page,
    Path,
    PeopleFound,
    PeopleSearch,
    Presence,
    Problem,
    Pull,
    Push,
    Pushed,
    RecipientsAsked,
    RecipientsFound,
    Renew,
    Renewed,
    Session,
    SignIn,
    SingleBegun,
    StoreKeys,
    Unlink,
    Urgent,
    UrgentFound,
    WaysIn,
)

from .composition import Store
from .describing import described
from .live import HEARTBEAT, Listener
from .rates import Rates
from .refusals import TooSoon, status_of
from .sign_in.sessions import Caller

logger = logging.getLogger(__name__)

DEVICE_RATE = 100.0
LARGEST_REQUEST = 8 * 1024 * 1024
LARGEST_OF_A_STRANGER = 16 * 1024
AWAY_SECONDS = 2
"""How soon a desktop may ask again when the database does not answer."""

STRICT_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def problem(refusal: Refusal) -> Response[Problem]:
    retry = refusal.retry_after if isinstance(refusal, TooSoon) else None
    headers = {"Retry-After": str(retry)} if retry is not None else {}
    status = status_of(refusal)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(
        Problem(code=refusal.code, sentence=refusal.sentence, field=refusal.field, retry_after=retry),
        status_code=status,
        headers=headers,
        media_type=MediaType.JSON,
    )


async def _strict(message: Message, _: Scope) -> None:
    """Put the strict headers on whatever is answered, a refusal and a fault too."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in STRICT_HEADERS.items():
            headers[name] = value


def _refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[Problem]:
    return problem(refusal)


def _http(_: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """What the framework itself refuses, in our words."""
    words = {
        400: ("request-unreadable", "The request is not in a shape that this hub can read."),
        404: ("not-found", "There is nothing at this address."),
        405: ("method-wrong", "This address is not used that way."),
        413: ("body-too-large", "The request is too large. Send less at a time."),
    }
    code, sentence = words.get(error.status_code, ("not-answered", "The hub could not answer this request."))
    return Response(
        Problem(code=code, sentence=sentence), status_code=error.status_code, media_type=MediaType.JSON
    )


def _broken(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """A fault of ours: told without its content, which may hold a person's details."""
    logger.error(
        "request failed",
        extra={
            "path": request.scope.get("path_template"),
            "error": type(error).__name__,
            "where": _where(error),
        },
    )
    return Response(
        Problem(
            code="hub-fault",
            sentence="Something went wrong in the hub. Your work is kept; try again in a moment.",
        ),
        status_code=500,
        media_type=MediaType.JSON,
    )


def _away(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The database is gone, or changes its primary. What was sent may have been admitted: sent again, it is
    known."""
    logger.warning("database does not answer", extra={"error": type(error).__name__})
    return problem(
        TooSoon(
            "database-away",
            "The hub's database does not answer at the moment. Your work is kept and is sent again.",
            AWAY_SECONDS,
        )
    )


def _unkept(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """A character or a number that was sent and that PostgreSQL does not keep, whatever it was for."""
    logger.warning("value refused by the database", extra={"path": request.scope.get("path_template")})
    return problem(
        Refusal("value-wrong", "The request holds a character or a number that a hub does not keep.")
    )


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""


def _version(request: Request[Any, Any, Any]) -> None:
    if not request.url.path.startswith("/v1/"):
        return
    spoken = request.headers.get(VERSION_HEADER)
    if spoken != str(VERSION):
        raise Refusal(
            "protocol-wrong",
            f"This hub speaks version {VERSION} of the protocol. "
            "Bring this program and the hub to one version.",
            VERSION_HEADER,
        )


def _address(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from; no header that anybody may write says it otherwise."""
    return request.client.host if request.client else ""


def application(store: Store, rate: float = DEVICE_RATE) -> Litestar:
    """The service over one store. ``rate`` is the requests a second that one device may make of it."""
    devices, strangers = Rates(rate), Rates(rate / 5)

    def of_a_stranger(request: Request[Any, Any, Any]) -> None:
        """Before anything else of a request is looked at that needs no session, whatever it brings along."""
        strangers.take(_address(request))
        _version(request)

    def of_a_session(request: Request[Any, Any, Any]) -> None:
        """As :func:`of_a_stranger`; whether what it brings along is a session, ``provide_caller`` says."""
        if "Authorization" not in request.headers:
            strangers.take(_address(request))
        _version(request)

    def provide_caller(request: Request[Any, Any, Any]) -> Caller:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Refusal("session-ended", "You are signed out. Sign in again.")
        try:
            caller = store.sessions.caller(token.strip())
        except Refusal:
            strangers.take(_address(request))
            raise
        devices.take((caller.hub, caller.device))
        hub = request.path_params.get("hub")
        if hub is not None and hub != caller.hub:
            raise Refusal("hub-unknown", "There is no such hub here.")
        return caller

    @post("/sign-in", status_code=200, sync_to_thread=True)
    def sign_in(data: SignIn, request: Request[Any, Any, Any]) -> Session:
        return store.password.sign_in(data, _address(request))

    @post("/enrol", status_code=200, sync_to_thread=True)
    def enrol(data: Enrol, request: Request[Any, Any, Any]) -> Enrolled:
        return store.enrolment.enrol(data, _address(request))

    @get("/ways-in", sync_to_thread=True)
    def ways_in(hub: str) -> WaysIn:
        return store.single.ways_in(hub)

    @post("/single-sign-on", status_code=200, sync_to_thread=True)
    def begin_single(hub: str, data: BeginSingle) -> SingleBegun:
        return store.single.begin(hub, data)

    @post("/single-sign-on/finish", status_code=200, sync_to_thread=True)
    def finish_single(hub: str, data: FinishSingle, request: Request[Any, Any, Any]) -> Session:
        return store.single.finish(hub, data, _address(request))

    @post("/recovery-codes", status_code=200, sync_to_thread=True)
    def recovery_codes(caller: Caller, data: Renew, request: Request[Any, Any, Any]) -> Renewed:
        return store.password.renew(caller, data, _address(request))

    @post("/sign-out", status_code=204, sync_to_thread=True)
    def sign_out(caller: Caller) -> None:
        store.sessions.sign_out(caller)

    @post("/enrolment-codes", status_code=200, sync_to_thread=True)
    def enrolment_code(hub: str, caller: Caller, data: NewDevice) -> EnrolmentCode:
        return store.enrolment.code_for(caller, data)

    @post("/accounts", status_code=200, sync_to_thread=True)
    def accounts(hub: str, caller: Caller, data: AccountsAsked) -> AccountsFound:
        return store.held_accounts(caller)

    @post("/unlinked", status_code=200, sync_to_thread=True)
    def unlinked(hub: str, caller: Caller, data: Unlink) -> EnrolmentCode:
        return store.enrolment.reset_for(caller, data)

    @post("/acts", status_code=200, sync_to_thread=True)
    def push(hub: str, caller: Caller, data: Push) -> Pushed:
        if len(data.acts) > MOST_ACTS:
            raise Refusal("too-many-acts", f"Send at most {MOST_ACTS} acts at a time.", "acts")
        return store.push(caller, data.acts)

    @post("/feed", status_code=200, sync_to_thread=True)
    def feed(hub: str, caller: Caller, data: Pull) -> Page:
        return store.pull(caller, data)

    @post("/urgent", status_code=200, sync_to_thread=True)
    def urgent(hub: str, caller: Caller, data: Urgent) -> UrgentFound:
        return store.urgent(caller, data)

    @get("/head", sync_to_thread=True)
    def head(hub: str, caller: Caller) -> SignedHead:
        return store.head(hub)

    @get("/store-keys", sync_to_thread=True)
    def store_keys(hub: str, caller: Caller) -> StoreKeys:
        return store.store_keys(hub)

    @get("/inclusion", sync_to_thread=True)
    def inclusion(hub: str, caller: Caller, position: int, size: int) -> Path:
        return store.inclusion(hub, position, size)

    @get("/consistency", sync_to_thread=True)
    def consistency(hub: str, caller: Caller, old: int, new: int) -> Path:
        return store.consistency(hub, old, new)

    @post("/presence", status_code=204, sync_to_thread=True)
    def presence(hub: str, caller: Caller, data: Presence) -> None:
        store.live.present(caller, data, datetime.now(UTC))

    @post("/people", status_code=200, sync_to_thread=True)
    def people(hub: str, caller: Caller, data: PeopleSearch) -> PeopleFound:
        return store.people.search(caller, data)

    @post("/recipients", status_code=200, sync_to_thread=True)
    def recipients(hub: str, caller: Caller, data: RecipientsAsked) -> RecipientsFound:
        return store.recipients(caller, data)

    @post("/about", status_code=200, sync_to_thread=True)
    def about(hub: str, caller: Caller, data: AboutAsked) -> AboutFound:
        return store.about(caller, data)

    @post("/due", status_code=200, sync_to_thread=True)
    def due(hub: str, caller: Caller, data: DueAsked) -> DueFound:
        return store.due_records(caller, data)

    @put("/chunks/{chunk:str}", status_code=204, request_max_body_size=CHUNK_BYTES)
    async def take_chunk(hub: str, chunk: str, caller: Caller, request: Request[Any, Any, Any]) -> None:
        content = await request.body()
        await asyncio.to_thread(store.documents.take, caller, chunk, content)

    @get("/chunks/{chunk:str}", media_type="application/octet-stream", sync_to_thread=True)
    def give_chunk(hub: str, chunk: str, caller: Caller) -> bytes:
        return store.documents.give(caller, chunk)

    @get("/live")
    async def live(hub: str, caller: Caller) -> Stream:
        listener = Listener(caller, store.audiences(caller), asyncio.get_running_loop())

        async def told() -> AsyncGenerator[bytes, None]:
            try:
                await asyncio.to_thread(store.live.add, listener)
                async for event in listener.events():
                    yield HEARTBEAT if event is None else event.sent
            finally:
                store.live.remove(listener)

        return Stream(told(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncGenerator[None, None]:
        store.live.start()
        store.due.start()
        store.leavers.start()
        try:
            yield
        finally:
            await asyncio.to_thread(store.leavers.stop)
            await asyncio.to_thread(store.due.stop)
            await asyncio.to_thread(store.live.stop)

    @get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return described()

    @get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @get("/metrics", media_type="text/plain", sync_to_thread=True)
    def metrics() -> bytes:
        return store.metrics.shown(store.live.connections, store.engine)

    @get("/readyz", sync_to_thread=True)
    def readyz() -> dict[str, str]:
        store.check_ready()
        return {"status": "ready"}

    caller = {"caller": Provide(provide_caller, sync_to_thread=True)}
    hub_router = Router(
        "/hubs/{hub:str}",
        route_handlers=[
            enrolment_code,
            accounts,
            unlinked,
            push,
            feed,
            urgent,
            head,
            store_keys,
            inclusion,
            consistency,
            people,
            due,
            recipients,
            about,
            take_chunk,
            give_chunk,
            presence,
            live,
        ],
        dependencies=caller,
        before_request=of_a_session,
    )
    # Whoever has no session yet has little to say.
    open_router = Router("/", route_handlers=[sign_in, enrol], request_max_body_size=LARGEST_OF_A_STRANGER)
    single_router = Router(
        "/hubs/{hub:str}",
        route_handlers=[ways_in, begin_single, finish_single],
        request_max_body_size=LARGEST_OF_A_STRANGER,
    )
    session_router = Router(
        "/",
        route_handlers=[recovery_codes, sign_out],
        dependencies=caller,
        before_request=of_a_session,
    )
    return Litestar(
        route_handlers=[
            Router("/v1", route_handlers=[open_router, single_router, session_router, hub_router]),
            openapi,
            healthz,
            readyz,
            metrics,
        ],
        before_request=of_a_stranger,
        exception_handlers={
            Refusal: _refused,
            HTTPException: _http,
            OperationalError: _away,
            NoneFree: _away,
            DataError: _unkept,
            Exception: _broken,
        },
        before_send=[_strict],
        request_max_body_size=LARGEST_REQUEST,
        lifespan=[running],
        logging_config=None,
        openapi_config=None,
    )
