"""What an error that ends a verb means: the exit code, what was kept, what to do. By name, so that nothing is
imported for those that did not come."""

from __future__ import annotations

from workbench.cli.common import BAD, COULD_NOT_TELL, WRONG_USAGE
from workbench.cli.output import fail

_FILES = "the files are as they were"
_CASE = "the case is as it was"
_RUN = "nothing was run"
_DATA = "workbench doctor looks at the data folder"

ENDS: dict[str, tuple[int, str, str]] = {
    "AddressError": (WRONG_USAGE, "nothing was opened", "give ssh://HOST/CASE, or the CASE of this machine"),
    "AdviceError": (BAD, _CASE, "ask another agent, or add a cause yourself on screen (A)"),
    "CaseNotFoundError": (WRONG_USAGE, "no case was changed", "workbench cases lists them: give enough of an id"),
    "ClusterError": (COULD_NOT_TELL, _RUN, "run it here: unset WORKBENCH_EXECUTOR"),
    "ExchangeError": (BAD, "nothing was taken in", "export it anew where it comes from: workbench export"),
    "GitError": (COULD_NOT_TELL, "the repository is as it was", "workbench doctor looks at git and the repository"),
    "IntakeError": (WRONG_USAGE, "nothing was asked", "give a file that can be read: docs/inputs.md names the kinds"),
    "InvitationError": (WRONG_USAGE, "nobody was invited", "workbench invite --help says what is wanted"),
    "NoCaseYetError": (COULD_NOT_TELL, "nothing was done", "workbench investigate QUESTION opens one"),
    "NoChangeError": (COULD_NOT_TELL, _RUN, "mend that, or name another revision or test; workbench doctor looks"),
    "NoInterpreterError": (COULD_NOT_TELL, _RUN, "workbench doctor lists the interpreters that were found"),
    "NoSuchThingError": (WRONG_USAGE, _RUN, "name one that is there"),
    "NoTimeError": (WRONG_USAGE, _RUN, "give a budget such as 90s, 10m or 1h30m"),
    "NothingToFixError": (COULD_NOT_TELL, _FILES, "workbench fix --list shows what there is"),
    "NothingToWriteError": (
        COULD_NOT_TELL,
        "nothing was written",
        "workbench write-test --list says for what",
    ),
    "PlaybookError": (WRONG_USAGE, "nothing was asked", "mend that playbook, or name another with --playbook"),
    "ReadOnlyError": (COULD_NOT_TELL, _CASE, "do it where the case may be written"),
    "RefusedError": (COULD_NOT_TELL, _FILES, "mend what it names, then ask again"),
    "RepositoryError": (WRONG_USAGE, "nothing was opened", "workbench doctor --repo R looks at a repository"),
    "StoreError": (COULD_NOT_TELL, "what was saved stays saved", _DATA),
    "WireError": (WRONG_USAGE, "nothing was opened", "use the same version of workbench on both sides"),
    "WorkerDied": (COULD_NOT_TELL, "what was saved stays saved", "give more --memory, or none; workbench doctor looks"),
}


def ended(error: Exception, about: str = "", kept: str = "", todo: str = "") -> int:
    """Say what ended a verb, ``about`` before it, with words of its own where they are given; gives the exit code."""
    code, known, help_ = next(ENDS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in ENDS)
    fail(f"{about}: {error}" if about else str(error), kept or known, todo or help_)
    return code
