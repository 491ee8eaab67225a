"""The round table: the console that the facilitator works at, and the display that the room looks at."""

from ui.round_table.screen import RoundTable

__all__ = ["RoundTable"]
