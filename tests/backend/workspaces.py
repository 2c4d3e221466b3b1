"""Workspaces for tests, each with a key and a client of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tuneyard.auth import keys
from tuneyard.auth.models import MemberRole, Membership, Scope, User, Workspace
from tuneyard.auth.passwords import hash_password
from tuneyard.kit.ids import new_id
from tuneyard.kit.services import Services

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class WorkspaceUnderTest:
    """A workspace with a key that may do everything."""

    id: str
    name: str
    key: str
    client: TestClient
    app: FastAPI

    def client_with(self, *scopes: Scope) -> TestClient:
        """A client whose key has these scopes only."""
        return keyed_client(self.app, make_key(self.app, self.id, *scopes))

    def add_user(self, role: MemberRole) -> str:
        """Email address of a new member, whose password is PASSWORD."""
        email = f"{new_id('user')}@example.com"
        with services(self.app).database.system() as session:
            user = User(id=new_id("usr"), email=email, password_hash=hash_password(PASSWORD))
            session.add(user)
            session.flush()
            session.add(Membership(id=new_id("mem"), workspace_id=self.id, user_id=user.id, role=role))
        return email

    def browser(self, role: MemberRole = MemberRole.OWNER) -> TestClient:
        """A client that has signed in as a new member, and sends what our own pages send."""
        client = TestClient(self.app, headers={"origin": "http://testserver", "x-tuneyard-csrf": "1"})
        answer = client.post("/api/v1/session", json={"email": self.add_user(role), "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return client


MakeWorkspace = Callable[[], WorkspaceUnderTest]


def make_workspace(app: FastAPI) -> WorkspaceUnderTest:
    workspace_id = new_id("ws")
    name = f"Workspace {workspace_id}"
    with services(app).database.system() as session:
        session.add(Workspace(id=workspace_id, name=name))
    key = make_key(app, workspace_id, *Scope)
    return WorkspaceUnderTest(workspace_id, name, key, keyed_client(app, key), app)


def make_key(app: FastAPI, workspace_id: str, *scopes: Scope) -> str:
    """The text of a new key."""
    with services(app).database.system() as session:
        pepper = services(app).settings.required("secret")
        return keys.issue(session, pepper, workspace_id=workspace_id, name="test", scopes=scopes)[1]


def keyed_client(app: FastAPI, key: str) -> TestClient:
    return TestClient(app, headers={"authorization": f"Bearer {key}"})


def services(app: FastAPI) -> Services:
    found = app.state.services
    assert isinstance(found, Services)
    return found
