"""What many tests of the services begin with."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.services.desk import Desk, make_desk


@pytest.fixture
def desk(session: Session) -> Desk:
    """A rep, storekeepers and one warehouse."""
    return make_desk(session)
