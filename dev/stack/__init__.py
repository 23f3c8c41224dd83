"""The local stack: everything Gavel needs, on one machine, behind one gateway.

`python -m dev.stack up` starts it and stays; tests and benches reuse its parts one by one:
`database.private_server`, `emulator.private_emulator`, `issuer.Issuer`, `functions.function_process`.
"""
