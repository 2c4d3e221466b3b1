"""Accounts, sessions and API keys as the REST API shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from tuneyard.auth import passwords
from tuneyard.auth.models import MemberRole, Scope

PRINTABLE = r"^[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f\s][^\x00-\x1f\x7f]*$"


def _tidy(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


Email = Annotated[
    str,
    BeforeValidator(_tidy),
    Field(
        pattern=r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        max_length=254,
        description="Email address; upper and lower case are the same.",
        examples=["ada@example.com"],
    ),
]
Name = Annotated[str, BeforeValidator(_trimmed), Field(pattern=PRINTABLE, min_length=1, max_length=80)]
NewPassword = Annotated[
    str,
    Field(
        min_length=passwords.SHORTEST,
        max_length=passwords.LONGEST,
        description=f"At least {passwords.SHORTEST} characters.",
        examples=["correct horse battery staple"],
    ),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SetupState(BaseModel):
    needed: bool = Field(description="Whether nobody has an account yet.")


class SetupRequest(Body):
    email: Email
    password: NewPassword
    workspace: Name = Field(description="Name of the first workspace.", examples=["Acme"])


class SignInRequest(Body):
    email: Email
    password: str = Field(
        max_length=passwords.LONGEST, description="The password.", examples=["correct horse battery staple"]
    )


class PasswordChange(Body):
    current_password: str = Field(
        max_length=passwords.LONGEST,
        description="The password until now.",
        examples=["correct horse battery staple"],
    )
    new_password: NewPassword


class ProfileChange(Body):
    email: Email
    current_password: str = Field(
        max_length=passwords.LONGEST,
        description="The password you sign in with.",
        examples=["correct horse battery staple"],
    )


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the user.", examples=["usr_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    email: str = Field(description="Email address, in lower case.")


class WorkspaceRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the workspace.", examples=["ws_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Name of the workspace.")


class SessionRead(BaseModel):
    user: UserRead | None = Field(description="Who is signed in; null for a key made on the command line.")
    workspace: WorkspaceRead = Field(description="Where they work.")
    role: MemberRole = Field(description="Their role in it.")
    scopes: list[Scope] = Field(description="What they may do.")


class BrowserRead(BaseModel):
    """A browser that is signed in to your account."""

    user_agent: str = Field(description="What the browser says it is.", examples=["Mozilla/5.0 (X11; Linux x86_64)"])
    created_at: datetime = Field(description="When it signed in.")
    last_seen_at: datetime = Field(description="When it was last used, to the minute.")
    is_current: bool = Field(description="Whether it is the one that asks.")


class BrowserList(BaseModel):
    data: list[BrowserRead] = Field(description="The last used first.")


class ApiKeyRequest(Body):
    name: Name = Field(description="What the key is for.", examples=["website"])
    scopes: list[Scope] = Field(
        default=[Scope.READ, Scope.PREDICT],
        min_length=1,
        max_length=len(Scope),
        description="What the key may do; no more than you may do yourself.",
    )
    expires_at: AwareDatetime | None = Field(None, description="When it stops working; never if not given.")


class ApiKeyRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the key, not the key itself.", examples=["key_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="What the key is for.")
    scopes: list[Scope] = Field(description="What it may do.")
    created_at: datetime = Field(description="When it was made.")
    expires_at: datetime | None = Field(description="When it stops working; null for never.")
    revoked_at: datetime | None = Field(description="When it was revoked; null while it works.")
    last_used_at: datetime | None = Field(description="When it was last used, to the minute; null for never.")


class ApiKeyCreated(ApiKeyRead):
    key: str = Field(description="The key itself. It is shown this once.", examples=["ty_01k9…_…"])
