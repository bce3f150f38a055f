"""The Celery worker that grades and times: takes Jobs and TimingJobs, reports Progress, sends Results and Timings.

Started as `celery -A grader.worker worker -Q grade.cpu`, or `-Q time.cpu -c 1` for one that times. It holds no secret
but the broker's, and refuses to start without a sandbox.
"""

from __future__ import annotations

import dataclasses
import gc
import multiprocessing
import os
import platform
import tempfile
import time
from functools import cache
from typing import Any

import structlog
from celery import Celery
from celery.signals import worker_init, worker_process_init, worker_process_shutdown

from grader.benchmark.places import device_here
from grader.benchmark.run import time_submission
from grader.contract import (
    GRADE_CPU,
    GRADE_TASK,
    PROGRESS_TASK,
    RECORD_TASK,
    RECORD_TIMING_TASK,
    RESULTS,
    TIME_TASK,
    TIMING_BEGUN_TASK,
    Assignment,
    AssignmentError,
    ContractError,
    Job,
    Outcome,
    Progress,
    Result,
    Timing,
    TimingJob,
    Verdict,
    celery_settings,
    load_assignment,
)
from grader.judge.grade import Listener, about_worker, grade, named_files
from grader.progress import Reporter
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import SandboxUnavailable
from grader.sandbox.gpu import GpuBubblewrap
from grader.sandbox.profiles import PROFILES
from grader.settings import Settings

log = structlog.get_logger()
settings = Settings.from_environment()
app = Celery("grader")
app.conf.update(celery_settings(settings.broker_url, settings.data), task_default_queue=GRADE_CPU)


@cache
def launcher() -> Bubblewrap:
    """The sandbox of this process; one that lets the GPU in where the worker is to use it."""
    return new_launcher()


def new_launcher() -> Bubblewrap:
    """A launcher for the worker's device. Raises SandboxUnavailable."""
    return Bubblewrap() if settings.device == "cpu" else GpuBubblewrap()


@worker_init.connect
def refuse_without_sandbox(**_: object) -> None:
    """Start one sandbox before taking any job; say what is missing and end the worker otherwise.

    It is closed again: each child process of the worker has a launcher of its own.
    """
    try:
        with new_launcher() as trial:
            trial.probe()
    except SandboxUnavailable as error:
        log.critical("this worker cannot grade", reason=str(error))
        raise SystemExit(3) from error


@worker_init.connect
def share_memory_without_a_folder(**_: object) -> None:
    """Have the pool's shared memory, a file without a name, made where temporary files are.

    By default it is made in a folder of its own, which stays when the worker is killed.
    """
    multiprocessing.current_process()._config["tempdir"] = tempfile.gettempdir()  # type: ignore[attr-defined]  # noqa: SLF001


@worker_process_init.connect
def warm_up(**_: object) -> None:
    """Have the imports done before the first submission comes."""
    for profile in PROFILES:
        launcher().prepare(profile)
    # What is imported stays: without it, collecting garbage takes half as long, 4 ms less a submission.
    gc.collect()
    gc.freeze()


@worker_process_shutdown.connect
def cool_down(**_: object) -> None:
    """End the warm processes."""
    launcher().close()


@app.task(name=GRADE_TASK)
def grade_submission(data: dict[str, Any]) -> None:
    """Grade one Job and send its Result. The boundary of the task: whatever fails here is an internal error."""
    try:
        job = Job.from_dict(data)
    except ContractError as error:
        log.warning("a message that is no job was dropped", reason=str(error))
        return
    began = time.monotonic()
    try:
        result = _grade(job)
    except Exception as error:
        log.exception("grading failed", submission=job.submission, attempt=job.attempt)
        result = _internal_error(job, f"{type(error).__name__}: {error}")
    message = {"submission": job.submission, "attempt": job.attempt, "result": result.to_dict()}
    app.send_task(RECORD_TASK, args=[message], queue=RESULTS)
    log.info(
        "graded",
        submission=job.submission,
        attempt=job.attempt,
        assignment=job.assignment,
        verdict=result.verdict.value,
        score=result.score,
        seconds=round(time.monotonic() - began, 3),
    )


def _grade(job: Job) -> Result:
    try:
        assignment = _find(job.assignment)
    except AssignmentError as error:
        return _internal_error(job, str(error))
    reporter = Reporter(job, _send_progress)
    try:
        return grade(job, assignment, launcher(), Listener(reporter.start, reporter.check, reporter.figure))
    finally:
        reporter.end()


# Acknowledged at the end: a worker that times holds no second one back from a worker that has nothing to do.
@app.task(name=TIME_TASK, acks_late=True)
def time_one(data: dict[str, Any]) -> None:
    """Time what a TimingJob holds and send its Timing. The boundary of the task, as for a Job."""
    try:
        job = TimingJob.from_dict(data)
    except ContractError as error:
        log.warning("a message that is no timing job was dropped", reason=str(error))
        return
    names = {"run": job.run, "attempt": job.attempt}
    app.send_task(TIMING_BEGUN_TASK, args=[names | {"worker": f"{platform.node()}:{os.getpid()}"}], queue=RESULTS)
    try:
        timing = _time(job)
    except Exception as error:
        log.exception("timing failed", timing=job.run, attempt=job.attempt)
        timing = _failed_timing(job, f"{type(error).__name__}: {error}")
    app.send_task(RECORD_TIMING_TASK, args=[names | {"timing": timing.to_dict()}], queue=RESULTS)
    log.info(
        "timed",
        timing=job.run,
        attempt=job.attempt,
        assignment=job.assignment,
        outcome=timing.outcome.value,
        ratio=timing.ratio,
        seconds=timing.seconds,
    )


def _time(job: TimingJob) -> Timing:
    assignment = _find(job.assignment)
    timing = time_submission(assignment, named_files(job, assignment), launcher(), job.seed)
    return dataclasses.replace(timing, worker=about_worker(launcher()) | timing.worker)


def _failed_timing(job: TimingJob, detail: str) -> Timing:
    return Timing(
        assignment=job.assignment,
        version="",
        seed=job.seed,
        outcome=Outcome.INTERNAL_ERROR,
        device=device_here(launcher()),
        max_points=0.0,
        worker=about_worker(launcher()) | {"error": detail[:4000]},
    )


def _find(name: str) -> Assignment:
    """The assignment as it is now. Raises AssignmentError where this grader lacks it."""
    folder = settings.assignments / name
    if folder.parent != settings.assignments or not folder.is_dir():
        raise AssignmentError(f"this grader has no assignment {name!r}")
    return _assignment(name, _newest_change(folder))


@cache
def _assignment(name: str, _changed: int) -> Assignment:
    """The assignment, read again when a file of its folder has changed."""
    return load_assignment(settings.assignments / name)


def _newest_change(folder: os.PathLike[str]) -> int:
    return max(os.stat(os.path.join(place, name)).st_mtime_ns for place, _, names in os.walk(folder) for name in names)  # noqa: PTH116, PTH118


def _send_progress(progress: Progress) -> None:
    app.send_task(PROGRESS_TASK, args=[progress.to_dict()], queue=RESULTS)


def _internal_error(job: Job, detail: str) -> Result:
    return Result(
        assignment=job.assignment,
        version="",
        seed=job.seed,
        verdict=Verdict.INTERNAL_ERROR,
        score=0.0,
        max_score=0.0,
        worker=about_worker(launcher()) | {"error": detail[:4000]},
    )
