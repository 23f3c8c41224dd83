"""Why a query may not run, in words that a model or a person can act on."""


class GuardError(Exception):
    """A query is refused.

    `code` is a stable slug such as "unknown_column"; `hint` one sentence of our own, never text of the database's.
    """

    def __init__(self, code: str, hint: str) -> None:
        super().__init__(f"{code}: {hint}")
        self.code = code
        self.hint = hint
