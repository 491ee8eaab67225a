"""Who comes in: accounts and their factors, devices by one-time code, sign-in, sessions.

What a person may do once in is the directory's. Nothing here tells a stranger which accounts exist.
"""
