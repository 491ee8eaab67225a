"""What lets a log, an act and a disposal be checked by somebody who trusts nobody: canonical bytes,
commitments, signatures, a Merkle tree, signed heads and feed chains.

Pure: no clock, no store, no rule of safeguarding. What is signed and who may sign it belongs to ``domain``.
"""
