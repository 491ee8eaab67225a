"""A desk that listens to its live stream, for tests: what it hears, in a thread of its own."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from httpx_sse import connect_sse

from tests.support.store import Desk, ServedStore

Heard = tuple[str, dict[str, object]]


class Ear:
    """Listens to one desk's live stream in a thread."""

    def __init__(self, client: httpx.Client, hub: str) -> None:
        self._client = client
        self._path = f"/v1/hubs/{hub}/live"
        self._heard: queue.Queue[Heard] = queue.Queue()
        self.ended = threading.Event()
        self.broken = False
        """Whether the stream broke off, in place of being ended."""
        self._response: httpx.Response | None = None
        self._thread = threading.Thread(target=self._listen, name="ear")

    def _listen(self) -> None:
        try:
            with connect_sse(self._client, "GET", self._path, timeout=30) as source:
                self._response = source.response
                for event in source.iter_sse():
                    self._heard.put((event.event, json.loads(event.data)))
        except (httpx.HTTPError, OSError, RuntimeError, ValueError):
            self.broken = True
        finally:
            self.ended.set()

    def next(
        self, wanted: str, where: Callable[[dict[str, object]], bool] = lambda _: True
    ) -> dict[str, object]:
        deadline = time.monotonic() + 60
        while True:
            name, data = self._heard.get(timeout=max(0.01, deadline - time.monotonic()))
            if name == wanted and (where is None or where(data)):
                return data

    def grew_within(self, seconds: float) -> bool:
        """Whether a feed has grown; returns as soon as that is heard."""
        return not self.nothing("grown", seconds)

    def nothing(self, unwanted: str, seconds: float = 0.7) -> bool:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                name, _ = self._heard.get(timeout=left)
            except queue.Empty:
                return True
            if name == unwanted:
                return False
        return True

    def within(self, wanted: str, seconds: float) -> dict[str, object]:
        """What is told of this kind in so many seconds; empty where nothing is."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                name, data = self._heard.get(timeout=left)
            except queue.Empty:
                break
            if name == wanted:
                return data
        return {}

    def hears_nothing(self, seconds: float) -> bool:
        """Whether all is still: no event of any kind."""
        try:
            self._heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@contextmanager
def listening(served: ServedStore, desk: Desk) -> Iterator[Ear]:
    """An open live stream that has been told how far the log is."""
    with served.client(desk.session.token) as client:
        ear = Ear(client, desk.hub)
        ear._thread.start()
        try:
            ear.next("grown")
            yield ear
        finally:
            # Shutting the socket down is what ends a blocked read at once.
            stream = ear._response.extensions["network_stream"] if ear._response else None
            if stream is not None and not ear.ended.is_set():
                raw = stream.get_extra_info("socket")
                raw.shutdown(2)
            ear._thread.join()


def grown_to(position: int) -> Callable[[dict[str, object]], bool]:
    return lambda data: isinstance(data["size"], int) and data["size"] >= position
