"""What can go wrong about evaluations."""

from tuneyard.kit.errors import TuneyardError


class JudgeFailed(TuneyardError):
    status_code, code = 422, "judge_failed"
    hint = "Check the address, the name of the model and the key, and try again; what was judged before is kept."


class TooManyJudges(TuneyardError):
    status_code, code = 429, "too_many_judges"
    hint = "Try again in half a minute."
