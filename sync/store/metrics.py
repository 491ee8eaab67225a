"""What a Prometheus server may read of this instance: counts and times, never who or what."""

from __future__ import annotations

from typing import Any

from litestar import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """One instance's counters, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "mash_isl_requests", "Requests answered.", ["method", "path"], registry=self._registry
        )
        self.acts = Counter("mash_isl_acts", "Acts answered.", ["state", "code"], registry=self._registry)
        self.push_seconds = Histogram(
            "mash_isl_push_seconds", "Time from a push to its answer.", registry=self._registry
        )
        self.rows = Counter("mash_isl_feed_rows", "Feed rows sent.", registry=self._registry)
        self._live = Gauge("mash_isl_live_connections", "Live connections.", registry=self._registry)

    async def answered(self, request: Request[Any, Any, Any]) -> None:
        """Count a request under its route, which names no person, hub or record."""
        route = request.scope.get("path_template") or "unknown"
        self.requests.labels(request.method, route).inc()

    def shown(self, live: int) -> bytes:
        self._live.set(live)
        return generate_latest(self._registry)
