"""The parts that screens are built with. Each asks the theme for its colours and sizes as it paints.

Taken from their modules, so that the door reads no more of them than it shows.
"""
