"""Asks all questions, of whichever answers there are: a model, a recording, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from common.config import AskingSettings
from common.nl.model import Model, ModelSettings
from common.nl.prompt import PROMPT_VERSION
from dev.ask_eval.figures import Asked
from dev.ask_eval.pipeline import Pipeline
from dev.ask_eval.questions import Question
from dev.ask_eval.recording import Recorder, Recording, Writer

WriterFor = Callable[[Question], Writer | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Where answers come from; `name` says it in a report. `holds`: whether there is any to a question."""

    name: str
    writer_for: WriterFor
    any: bool = True
    hand_written: bool = False
    recorder: Recorder | None = None
    holds: Callable[[Question], bool] = lambda _: True

    @classmethod
    def of(cls, recording: Recording | None, model: Model | None, *, record: bool) -> Answers:
        """A recording before a model, a model before nothing."""
        if recording is not None:
            version = recording.prompt_version
            name = f"recording, {recording.made_by}"
            if version not in (None, PROMPT_VERSION):
                name += f", of another prompt ({version} instead of {PROMPT_VERSION})"
            return cls(
                name=name, writer_for=recording.writer, hand_written=recording.hand_written, holds=recording.holds
            )
        if model is None:
            return cls(name="verified questions alone, no model", writer_for=lambda _: None, any=False)
        writer = cast("Writer", model)
        if not record:
            return cls(name=f"model {model.name}, prompt {PROMPT_VERSION}", writer_for=lambda _: writer)
        recorder = Recorder(model=writer, prompt_version=PROMPT_VERSION)
        name = f"model {model.name}, prompt {PROMPT_VERSION}, recorded"
        return cls(name=name, writer_for=recorder.writer, recorder=recorder)


def model_of(env: Mapping[str, str], name: str | None) -> Model | None:
    """The model of these settings, None without a key or an address.

    Raises:
        SettingsError: a setting is wrong.
    """
    settings = AskingSettings.from_env({**env, "OPENAI_MODEL": name} if name else env)
    if not settings.has_model:
        return None
    return Model(
        ModelSettings(
            base_url=settings.model_url,
            api_key=settings.model_key,
            model=settings.model,
            seconds=settings.model_seconds,
            prices=settings.model_prices,
        )
    )


def ask_all(
    pipeline: Pipeline,
    questions: Sequence[Question],
    *,
    repeats: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _whole: None,
) -> list[Asked]:
    """Each question so often; `tell` hears how many are done."""
    asked = []
    for done, question in enumerate(questions, 1):
        asked.append(Asked(question=question, tries=[pipeline.ask(question) for _ in range(repeats)]))
        tell(done, len(questions))
    return asked
