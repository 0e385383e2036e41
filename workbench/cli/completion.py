"""``workbench completion SHELL``: a script that completes verbs, options and paths."""

from __future__ import annotations

import argparse

from workbench.cli.common import GOOD, verb_parser

_BASH = r"""_workbench() {
    local word="${COMP_WORDS[COMP_CWORD]}" verb="${COMP_WORDS[1]}"
    if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then
        COMPREPLY=($(compgen -W "@VERBS@" -- "$word") $(compgen -d -- "$word"))
    elif [[ $word == -* ]]; then
        [[ " @VERBS@ " == *" $verb "* ]] || verb=""
        local options="$(workbench $verb --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]+' | sort -u)"
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _workbench workbench
"""
_ZSH = "autoload -Uz bashcompinit && bashcompinit\n" + _BASH
_FISH = """complete -c workbench -n __fish_use_subcommand -a "@VERBS@"
complete -c workbench -n "string match -q -- '-*' (commandline -ct)" -a \
"(workbench (commandline -opc)[2] --help 2>/dev/null | string match -ar -- '--[a-z][a-z-]+' | sort -u)"
"""
SHELLS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def run(argv: list[str], common: argparse.Namespace) -> int:
    """Print the script of one shell."""
    from workbench.cli.main import VERBS

    parser = verb_parser("completion", "Print a script that completes the command line.", common)
    parser.add_argument("shell", choices=SHELLS, help='bash: eval "$(workbench completion bash)" in ~/.bashrc')
    print(SHELLS[parser.parse_args(argv).shell].replace("@VERBS@", " ".join(VERBS)), end="")
    return GOOD
