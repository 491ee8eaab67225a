"""The desktop's measurements: the encrypted cache, its synchronising, its lists and its windows.

`made` says what is in the caches that are measured.
"""
