"""What opens a profile: a passphrase and a secret in the operating system's keyring, neither alone.

``vault.Vault`` is the door. Calls may take a second and may wait for a prompt of the keyring, so they run
on a worker thread. When to lock is not decided here, and nothing of a case is kept here.
"""
