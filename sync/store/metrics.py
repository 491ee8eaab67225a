"""What a Prometheus server may read of this instance: counts and times, never who or what."""

from __future__ import annotations

import logging
import time
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy import Engine, QueuePool

logger = logging.getLogger(__name__)

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})


class Metrics:
    """One instance's counters, in a registry of their own. Times are seconds."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "mash_isl_requests",
            "Requests answered.",
            ["method", "path", "status"],
            registry=self._registry,
        )
        self.acts = Counter("mash_isl_acts", "Acts answered.", ["state", "code"], registry=self._registry)
        self.push_seconds = Histogram(
            "mash_isl_push_seconds", "Time from a push to its answer.", registry=self._registry
        )
        self.pull_seconds = Histogram(
            "mash_isl_pull_seconds", "Time from a pull to its page.", registry=self._registry
        )
        self.rows = Counter("mash_isl_feed_rows", "Feed rows sent.", registry=self._registry)
        self.lag_seconds = Histogram(
            "mash_isl_feed_lag_seconds",
            "Time from an admission, here or at another instance, until live connections are told.",
            registry=self._registry,
        )
        self._live = Gauge("mash_isl_live_connections", "Live connections.", registry=self._registry)
        self._pool = Gauge(
            "mash_isl_database_connections",
            "Connections to the database: in use, and how many there may be.",
            ["state"],
            registry=self._registry,
        )

    def around(self, application: Any) -> Any:
        """The ASGI application, each of its answers counted and logged under its route, which names no
        person, hub or record."""

        async def counted(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await application(scope, receive, send)
                return
            began, status = time.monotonic(), 0

            async def noting(message: Any) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await application(scope, receive, noting)
            finally:
                route = scope.get("path_template") or "unknown"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._requests.labels(method, route, status).inc()
                seconds = round(time.monotonic() - began, 4)
                logger.info(
                    "answered", extra={"method": method, "path": route, "status": status, "seconds": seconds}
                )

        return counted

    def shown(self, live: int, engine: Engine) -> bytes:
        self._live.set(live)
        assert isinstance(engine.pool, QueuePool)
        self._pool.labels("used").set(engine.pool.checkedout())
        self._pool.labels("most").set(engine.pool.size())
        return generate_latest(self._registry)
