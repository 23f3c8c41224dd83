"""The question desk of these settings."""

from __future__ import annotations

from common.asking.desk import Desk
from common.asking.learning import Learning
from common.asking.notebook import Notebook
from common.asking.planner import Planner
from common.asking.reading import Reading
from common.config import AskingSettings, Settings, SettingsError
from common.nl.model import Model, ModelSettings
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer
from common.nl.verified import catalogue
from common.store.reporting import Reporting
from common.store.store import Store


def question_desk(settings: Settings, store: Store) -> Desk:
    """The desk; the model is optional, the analysts' database user is not.

    Raises:
        SettingsError: REPORTING_DB_USER is not set.
    """
    if settings.reporting is None:
        raise SettingsError("REPORTING_DB_USER is not set")
    layer = semantic_layer()
    planner = Planner(layer, catalogue(), Policy.of(layer), _model(settings.asking))
    reading = Reading(Reporting(settings.reporting), keep_seconds=settings.asking.keep_seconds)
    learning = Learning(planner)
    notebook = Notebook(store, planner, layer, learning=learning, settings=settings.asking)
    return Desk(store, planner, reading, notebook=notebook, learning=learning, settings=settings.asking)


def _model(asking: AskingSettings) -> Model | None:
    if not asking.has_model:
        return None
    return Model(
        ModelSettings(
            base_url=asking.model_url,
            api_key=asking.model_key,
            model=asking.model,
            seconds=asking.model_seconds,
            prices=asking.model_prices,
        )
    )
