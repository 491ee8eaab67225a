"""Makes the sample files of ``resources/samples``: the same bytes every time, about people who do not exist.

Run ``python -m tools.samples resources/samples``. Not part of the product: what the product knows of these
formats is in ``mash_desktop.exchange``.
"""
