"""Who may do what: workspaces, users, memberships, sessions and API keys."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from tuneyard.kit.db import Base, Created
from tuneyard.kit.tenancy import WorkspaceRow, tenant_key, workspace_reference


class MemberRole(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What an API key may do; a session may do what its member's role allows."""

    READ = "read"
    WRITE = "write"
    PREDICT = "predict"
    ADMIN = "admin"


class Workspace(Base, Created):
    __tablename__ = "workspaces"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class User(Base, Created):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True, comment="Lower case.")
    password_hash: Mapped[str] = mapped_column(comment="argon2id.")


class Membership(WorkspaceRow, Base, Created):
    __tablename__ = "memberships"
    __table_args__ = (tenant_key(), workspace_reference(), UniqueConstraint("workspace_id", "user_id"))

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    role: Mapped[MemberRole]
    activity_seen_at: Mapped[datetime | None]


class BrowserSession(WorkspaceRow, Base, Created):
    """A signed-in browser; `id` is the SHA-256 of the opaque token in its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (tenant_key(), workspace_reference())

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(server_default="")


class ApiKey(WorkspaceRow, Base, Created):
    """A key as `ty_<id>_<secret>`; only an HMAC of the secret is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (tenant_key(), workspace_reference())

    name: Mapped[str]
    secret_hmac: Mapped[str]
    scopes: Mapped[list[str]]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class IdempotentRequest(Base, Created):
    """A creating request that named itself, so that it can be repeated: at work, or answered."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (
        workspace_reference(),
        CheckConstraint("(status_code IS NULL) = (answer IS NULL)", name="answered"),
        Index(None, "created_at"),
    )

    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True, comment="Method and path.")
    key_sha256: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(comment="Of the request that is, or was, at work.")
    fingerprint: Mapped[str | None] = mapped_column(comment="SHA-256 of what was asked for.")
    status_code: Mapped[int | None] = mapped_column(SmallInteger, comment="Null while the request is at work.")
    answer: Mapped[str | None] = mapped_column(comment="JSON, without what is shown only once.")


class LoginAttempt(Base):
    """A failed sign-in, counted by account and by address."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index(None, "account", "at"),
        Index(None, "address", "at"),
        CheckConstraint("account <> ''", name="account"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
