"""The desk is tested with an instance as the races have it."""

from tests.races.conftest import build_instance, check, onlooker, store

__all__ = ["build_instance", "check", "onlooker", "store"]
