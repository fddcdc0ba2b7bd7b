"""One sandbox for all journeys, and the installations that run against it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.client import Box
from sandbox.process import running_sandbox
from templates.environment import Texts
from tests.conftest import EmptyDatabases
from tests.journeys.house import House
from tests.journeys.houses import Houses


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Look at what was asked of the Bot API when everybody has asked."""
    items.sort(key=lambda item: item.path.name == "test_conformance.py" and item.path.parent.name == "journeys")


@pytest.fixture(scope="session")
def box() -> Iterator[Box]:
    """Telegram and the mail server."""
    with running_sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def houses(box: Box, empty_databases: EmptyDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    """All installations of this run."""
    all_of_them = Houses(box, empty_databases, tmp_path_factory.mktemp("houses"))
    yield all_of_them
    all_of_them.close()


@pytest.fixture
def house(request: pytest.FixtureRequest, houses: Houses) -> Iterator[House]:
    """The installation of the mode and database that the test is run on; no fault outlives the test."""
    mode, backend = request.param
    shared = houses.shared(mode, backend)
    yield shared
    shared.box.clear_faults()
    shared.box.mail_up()


@pytest.fixture(scope="session")
def texts() -> Texts:
    """The texts of the desk, to press buttons in any language."""
    return Texts.load()
