"""What the app is told by its surroundings, once."""

from collections.abc import Mapping
from dataclasses import dataclass

LOCAL_ANALYST = "analyst@example.com"
METADATA_HOST = "metadata.google.internal"


class NotSetUp(Exception):  # noqa: N818 - it says what went wrong
    """A setting is missing or may not be there; the message is for whoever runs the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """Where the functions are, and how the app shows them who is asking.

    Either `sign_in` is set (a laptop: it gives out both tokens) or `audience` (Google Cloud: the service's own token
    comes from the metadata server, the analyst's assertion from Identity-Aware Proxy).
    """

    api: str
    sign_in: str | None
    audience: str | None
    analyst: str = LOCAL_ANALYST
    metadata_host: str = METADATA_HOST

    @classmethod
    def read(cls, env: Mapping[str, str], secrets: Mapping[str, object]) -> "AppSettings":
        """The settings in the environment, else in secrets.toml.

        Raises:
            NotSetUp: one is missing, or the laptop's way to sign in is set on Cloud Run.
        """

        def setting(name: str) -> str | None:
            found = env.get(name) or secrets.get(name)
            return str(found) if found else None

        api, sign_in, audience = setting("GAVEL_API"), setting("GAVEL_SIGN_IN"), setting("GAVEL_AUDIENCE")
        if api is None:
            raise NotSetUp("Set GAVEL_API to the address of the functions, /api included.")
        if sign_in is not None and env.get("K_SERVICE"):
            raise NotSetUp("GAVEL_SIGN_IN lets everybody in as anybody. It is for a laptop; remove it on Cloud Run.")
        if sign_in is None and audience is None:
            raise NotSetUp("Set GAVEL_AUDIENCE to the audience of the functions (on a laptop: GAVEL_SIGN_IN).")
        return cls(
            api=api.rstrip("/"),
            sign_in=sign_in,
            audience=audience,
            analyst=setting("GAVEL_ANALYST") or LOCAL_ANALYST,
            metadata_host=setting("GCE_METADATA_HOST") or METADATA_HOST,
        )
