"""``lock.acquire()`` … ``lock.release()`` becomes ``with lock:``, which an exception cannot leave locked."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, assigned, called, dotted, nodes

_NAMES = ("lock", "mutex", "semaphore")
_KINDS = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"})


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite from the ``acquire`` at ``line`` to the ``release`` in the same block."""
    read = Source.of(source)
    for block in reversed(read.covering(cst.IndentedBlock, line)):
        starts = [at for at, each in enumerate(block.body) if read.lines[each][0] <= line <= read.lines[each][1]]
        call = called(block.body[starts[0]]) if starts else None
        owner, _, verb = dotted(call).rpartition(".") if call is not None else ("", "", "")
        if call is None or verb != "acquire" or call.args or not _is_lock(read, owner):
            continue
        start = starts[0]
        end = next((at for at in range(start + 1, len(block.body)) if _is(block.body[at], f"{owner}.release")), 0)
        inner = block.body[start + 1 : end] if end else ()
        if not inner or any(_touches(each, owner) for each in inner):
            return None
        frame = cst.parse_statement(f"with {owner}:\n    pass\n", config=read.module.config_for_parsing)
        assert isinstance(frame, cst.With)
        held = frame.with_changes(
            body=cst.IndentedBlock(body=inner), leading_lines=getattr(block.body[start], "leading_lines", ())
        )
        body = [*block.body[:start], held, *block.body[end + 1 :]]
        return read.replaced(block, block.with_changes(body=body)).code, "whatever happens inside, it is released"
    return None


def _is_lock(read: Source, owner: str) -> bool:
    """Whether ``with`` can be expected to take and let it go: by its name, or by what the file makes it of. Connections
    of a pool are acquired and released too, and ``with`` closes them."""
    name = owner.rpartition(".")[2].lower()
    if any(word in name for word in _NAMES):
        return True
    for line in nodes(read.module, cst.SimpleStatementLine):
        pair = assigned(line)
        if pair is not None and dotted(pair[0]) == owner and dotted(pair[1]).rpartition(".")[2] in _KINDS:
            return True
    return False


def _is(statement: cst.CSTNode, path: str) -> bool:
    call = called(statement)
    return call is not None and dotted(call) == path and not call.args


def _touches(statement: cst.CSTNode, owner: str) -> bool:
    """Whether the lock is taken or let go in between, or the block is left without letting it go."""
    if any(dotted(call).rpartition(".")[0] == owner for call in nodes(statement, cst.Call)):
        return True
    return any(True for kind in (cst.Return, cst.Break, cst.Continue) for _ in nodes(statement, kind))
