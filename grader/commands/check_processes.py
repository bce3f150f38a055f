"""The processes that `stride check` shares its work among: each takes the next piece when it is done with one."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.command_line import FAILED

T = TypeVar("T")


def done_by_processes(
    work: Sequence[Callable[[], T]], processes: int, title: str, name_of: Callable[[T], str], console: Console
) -> Iterator[T]:
    """What each piece of work gives, in the order in which they end; with a bar while it goes on.

    Pieces are begun in the order given, so those that take longest should come first. They are pickled. Raises what a
    piece raises.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_parent) as pool,
        Progress(*columns, console=console, transient=True) as bar,
    ):
        task = bar.add_task(title, total=len(work))
        for future in as_completed([pool.submit(piece) for piece in work]):
            found = future.result()
            bar.update(task, advance=1, description=name_of(found)[:40])
            yield found


def _end_with_parent() -> None:
    """Let this process end when the command is killed: it would wait for ever for more work, its sandboxes warm."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(FAILED)

    threading.Thread(target=follow, daemon=True, name="end with parent").start()
