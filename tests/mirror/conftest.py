"""Instances' mirrors on the emulator, and the public's eyes on the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from common.config import MirrorSettings, Settings
from dev.stack.emulator import RULES, Emulator
from tests.mirror.public import Public
from tests.mirror.writers import Writer
from tests.races.conftest import build_instance, check, onlooker, store, two

__all__ = ["build_instance", "check", "onlooker", "store", "two"]


@pytest.fixture(scope="session")
def mirrored(mirrored_env: dict[str, str]) -> Settings:
    """The settings of a function with the mirror."""
    return Settings.from_env(mirrored_env)


@pytest.fixture
def public(emulator: Emulator, project: str) -> Iterator[Public]:
    """Everybody, under the repository's rules."""
    with Public(emulator.address, project) as public:
        public.load_rules(RULES.read_text())
        yield public


@pytest.fixture
def build_writer(emulator: Emulator, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Writer]]:
    """Makes the mirrors of further instances, with an address and limits of their own."""
    with ExitStack() as stack:

        def build(*, address: str = emulator.address, **limits: float) -> Writer:
            monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", address)
            settings = MirrorSettings(enabled=True, project=project, writes_in_flight=32)
            return stack.enter_context(Writer.open(settings, **limits))

        yield build
