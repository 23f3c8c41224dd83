"""The guard as tests of it ask it: with the analysts' policy."""

import pytest

from common.nl.guard import GuardError, guard
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer

POLICY = Policy.of(semantic_layer())


def refused(sql: str) -> str:
    """The code of the refusal."""
    with pytest.raises(GuardError) as error:
        guard(sql, POLICY)
    return error.value.code


def hint(sql: str) -> str:
    """What the refusal advises."""
    with pytest.raises(GuardError) as error:
        guard(sql, POLICY)
    return error.value.hint


def runs(sql: str) -> str:
    """What would run."""
    return guard(sql, POLICY).sql
