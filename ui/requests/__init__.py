"""My agency's requests: what we are asked, and our answer."""

from ui.requests.screen import Requests

__all__ = ["Requests"]
