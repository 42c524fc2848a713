"""Settings that are given whole: nothing comes from the environment, so that no company's own leak into a rehearsal."""

from __future__ import annotations

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.settings.config import Settings


class Given(Settings):
    """Settings as they are handed over, and nothing else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic names them all
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)
