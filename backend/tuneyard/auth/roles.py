"""What each role may do. What is not listed is not allowed."""

from collections.abc import Iterable

from tuneyard.auth.models import MemberRole, Scope

SCOPES: dict[MemberRole, frozenset[Scope]] = {
    MemberRole.VIEWER: frozenset({Scope.READ, Scope.PREDICT}),
    MemberRole.MEMBER: frozenset({Scope.READ, Scope.PREDICT, Scope.WRITE}),
    MemberRole.ADMIN: frozenset(Scope),
    MemberRole.OWNER: frozenset(Scope),
}


def lowest_role(scopes: Iterable[Scope]) -> MemberRole:
    """The role with the fewest rights that still has all of these scopes; never the owner."""
    wanted = frozenset(scopes)
    for role in (MemberRole.VIEWER, MemberRole.MEMBER):
        if wanted <= SCOPES[role]:
            return role
    return MemberRole.ADMIN
