"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from virtual_card import virtual_card  # noqa: F401  (a fixture)

from assistant.errors import ModelError
from assistant.recognition.model_store import InstalledModel, find_model


@pytest.fixture(scope="session")
def installed_model() -> InstalledModel:
    """The recogniser's model; skips without one, or fails where CI says there must be one."""
    try:
        return find_model()
    except ModelError as error:
        if os.environ.get("CALLCOACH_REQUIRE_MODEL"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def vosk_model_path(installed_model: InstalledModel) -> Path:
    """The folder of the recogniser's model."""
    return installed_model.path


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development recordings beside the checkout; skips without them."""
    folder = Path(__file__).parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip("the development recordings are not beside this checkout")
    return folder


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests out of the settings and data of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CALLCOACH_CONFIG", str(tmp_path_factory.mktemp("config")))
        patch.setenv("CALLCOACH_DATA", str(tmp_path_factory.mktemp("data")))
        yield
