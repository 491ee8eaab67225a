"""How fast the central store is, each figure beside what bare PostgreSQL or a bare loop does in the same run.

The store is served over HTTPS by a process of its own, on a PostgreSQL that waits for the disk.
"""
