"""What can go wrong about evaluations."""

from tuneyard.kit.errors import TuneyardError


class JudgeFailed(TuneyardError):
    status_code, code = 422, "judge_failed"
    hint = "Check the address, the name of the model and the key, and try again; what was judged before is kept."
