"""The store's parts put together over one database: what the service, the command line and tests use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import SignedHead
from sync.protocol import (
    AboutAsked,
    AboutFound,
    AccountsFound,
    DueAsked,
    DueFound,
    Page,
    Path,
    Pull,
    Pushed,
    RecipientsAsked,
    RecipientsFound,
    StoreKeys,
    Urgent,
    UrgentFound,
)

from . import damage, log, pulling, tables
from .about import about
from .admission import Admission
from .database import check_schema
from .documents import Documents
from .due import Due
from .live import Live
from .metrics import Metrics
from .people_search import People
from .recipients import recipients
from .retention import due_records
from .sealing import Secrets
from .sign_in.accounts import Accounts
from .sign_in.delays import Delays
from .sign_in.enrolment import Enrolment
from .sign_in.password import PasswordSignIn
from .sign_in.provider import Providers
from .sign_in.sessions import Caller, Sessions
from .sign_in.single import Directories, Leavers, SingleSignOn
from .store_keys import store_keys
from .streams import Shelf, current_directory
from .urgent import urgent


class Store:
    """Every hub of one database."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        check_schema(engine)
        self.engine = engine
        self.secrets = secrets
        self.clock = clock
        self.shelf = Shelf()
        self.metrics = Metrics()
        self.admission = Admission(
            engine, secrets, self.shelf, announce=lambda hub: self.live.announce(hub), clock=clock
        )
        self.accounts = Accounts(engine, secrets)
        self.sessions = Sessions(engine, secrets, self.shelf, clock, ended=lambda hub: self.live.ended(hub))
        delays = Delays(engine, secrets, self.admission, clock)
        at_hand = (engine, secrets, self.admission, self.accounts, self.sessions, delays, clock)
        self.enrolment = Enrolment(*at_hand)
        self.password = PasswordSignIn(*at_hand)
        self.directories = Directories(engine, secrets, self.sessions)
        self.providers = Providers()
        self.single = SingleSignOn(engine, self.sessions, delays, self.directories, self.providers, clock)
        self.leavers = Leavers(engine, self.sessions, self.directories, self.providers, clock)
        self.people = People(engine, secrets, self.shelf, self.admission)
        self.documents = Documents(engine, secrets)
        self.live = Live(engine, self.sessions, secrets, told=self.metrics.lag_seconds.observe)
        self.due = Due(engine, secrets, self.shelf, self.admission, clock=clock)

    def close(self) -> None:
        self.engine.dispose()

    def audiences(self, caller: Caller) -> frozenset[str]:
        return pulling.all_audiences(caller, self.clock())

    def pull(self, caller: Caller, asked: Pull) -> Page:
        with self.metrics.pull_seconds.time():
            page = pulling.page(self.engine, self.secrets, self.shelf, caller, asked, self.clock())
        self.metrics.rows.inc(len(page.rows))
        damaged = {row.entry: row.position for row in page.rows if row.damaged and row.position is not None}
        if damaged:
            damage.tell(self.admission, caller.hub, damaged, self.clock())
        return page

    def urgent(self, caller: Caller, asked: Urgent) -> UrgentFound:
        return urgent(self.engine, self.secrets, self.shelf, caller, asked, self.clock())

    def push(self, caller: Caller, parcels: tuple[Parcel, ...]) -> Pushed:
        with self.metrics.push_seconds.time():
            outcome = self.admission.push(caller.hub, caller.person, parcels)
        for answer in outcome.answers:
            self.metrics.acts.labels(answer.state, answer.code).inc()
        return Pushed(answers=tuple(outcome.answers), head=outcome.head.signed)

    def held_accounts(self, caller: Caller) -> AccountsFound:
        accounts = self.enrolment.accounts(caller)
        return AccountsFound(accounts=accounts, directory=self.single.ways_in(caller.hub).directory)

    def recipients(self, caller: Caller, asked: RecipientsAsked) -> RecipientsFound:
        return recipients(self.engine, caller, asked, self.clock())

    def about(self, caller: Caller, asked: AboutAsked) -> AboutFound:
        return about(self.engine, self.secrets, caller, asked, self.clock())

    def due_records(self, caller: Caller, asked: DueAsked) -> DueFound:
        return due_records(self.engine, self.secrets, self.shelf, caller, asked, self.clock())

    def store_keys(self, hub: str) -> StoreKeys:
        return store_keys(self.engine, self.secrets, self.shelf, hub)

    def head(self, hub: str) -> SignedHead:
        with self.engine.connect() as db:
            return log.read_head(db, hub).signed

    def inclusion(self, hub: str, position: int, size: int) -> Path:
        with self.engine.connect() as db:
            return Path(path=tuple(log.inclusion(db, hub, position, size)), size=size)

    def consistency(self, hub: str, old: int, new: int) -> Path:
        with self.engine.connect() as db:
            return Path(path=tuple(log.consistency(db, hub, old, new)), size=new)

    def check_ready(self) -> None:
        """``Refusal`` (*not-ready*) unless the database answers, takes writes, holds this program's schema
        and opens with these secrets."""
        h = tables.heads
        try:
            check_schema(self.engine)
            with self.engine.connect() as db:
                if db.scalar(text("show transaction_read_only")) != "off":
                    raise Refusal("read-only", "The hub's database takes no writes.")
                for hub, signed_with in db.execute(select(h.c.hub, h.c.key).order_by(h.c.at.desc()).limit(1)):
                    current_directory(db, self.shelf, self.secrets, hub)
                    if signed_with not in {key.key_id for key in self.secrets.signing_keys(hub)}:
                        raise Refusal("secrets-wrong", "The store's secrets are not this database's.")
        except Refusal as refusal:
            raise Refusal("not-ready", refusal.sentence) from refusal
        except SQLAlchemyError as error:
            raise Refusal("not-ready", "The hub's database does not answer.") from error
