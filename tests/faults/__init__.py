"""Faults without end: desktops and a store through cut lines, crashes and lost rights, and what holds after.

``clock`` makes time that passes only while nobody works; ``network`` carries bytes through it and spoils
them; ``world`` is a real store and real desktops on it, and what must hold once all is mended.
``restoring`` gives a store back as it was; ``broken`` breaks the product, to see that it is noticed.
``processes`` are desktops that are killed for real. ``python -m tests.faults`` runs many schedules of both.
"""
