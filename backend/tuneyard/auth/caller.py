"""Who sent a request, and what they may do."""

from dataclasses import dataclass

from tuneyard.auth.models import MemberRole, Scope


@dataclass(frozen=True)
class Caller:
    """A signed-in browser (`session_id`) or an API key (`api_key_id`), always of one workspace.

    `user_id` of a key is the user who made it, None if it was made on the command line.
    """

    workspace_id: str
    user_id: str | None
    api_key_id: str | None
    role: MemberRole
    scopes: frozenset[Scope]
    session_id: str | None = None
