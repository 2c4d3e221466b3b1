"""What the tests of jobs share."""

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from workspaces import services as services_of

from tuneyard.kit.services import Services


@pytest.fixture
def services(app: FastAPI) -> Services:
    """Those of the app, with no job of another test in the queues."""
    services = services_of(app)
    with services.database.system() as session:
        session.execute(text("UPDATE jobs SET status = 'cancelled', lease_token = NULL WHERE status <> 'succeeded'"))
    return services
