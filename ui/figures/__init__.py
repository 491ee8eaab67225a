"""Figures: the measures that the strategy asks for, of what this desk holds, and the view to publish."""

from .screen import FiguresScreen

__all__ = ["FiguresScreen"]
