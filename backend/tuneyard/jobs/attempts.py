"""What became of one start of a job, in plain words."""

import signal

from tuneyard.jobs.models import Outcome

WORDS: dict[Outcome, str] = {
    Outcome.SUCCEEDED: "It finished.",
    Outcome.FAILED: "It failed.",
    Outcome.CANCELLED: "It was cancelled.",
    Outcome.PAUSED: "It was paused.",
    Outcome.LOST: "Its worker was lost: nothing more was heard of it.",
    Outcome.OOM: "It ran out of memory.",
    Outcome.PREEMPTED: "Its worker was shut down and gave the job back; this does not count against it.",
    Outcome.STALLED: "It took too long and was stopped.",
    Outcome.DISK_FULL: "The disk was full.",
}
SIGNALS: dict[int, str] = {
    signal.SIGKILL: "the system or an administrator killed its process, most often because memory ran out",
    signal.SIGTERM: "its process was asked to end from outside",
    signal.SIGSEGV: "its process crashed: a library read memory that is not its own",
    signal.SIGBUS: "its process crashed: memory or a file it had mapped was taken away",
    signal.SIGILL: "its process crashed: the processor lacks an instruction that a library needs",
    signal.SIGABRT: "its process gave up: a library found itself in a state it can't go on from",
    signal.SIGFPE: "its process crashed on an impossible calculation",
}


def explained(outcome: Outcome | None, exit_signal: int | None) -> str:
    """As `Its worker was lost …`; with a signal, what that signal means."""
    if outcome is None:
        return "It is running."
    if outcome == Outcome.LOST and exit_signal is not None:
        meaning = SIGNALS.get(exit_signal, "its process was ended by a signal")
        return f"It broke off: {meaning} ({signal_name(exit_signal)})."
    return WORDS[outcome]


def signal_name(number: int) -> str:
    """As `SIGKILL`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
