"""What the server and the grader agree on: assignments, jobs, results and the broker.

Standard library only, but for nbformat, which is imported when a notebook comes.
"""

from grader.contract.assignment import (
    REFUSABLE,
    Assignment,
    AssignmentError,
    Entry,
    Limits,
    Trained,
    load_assignment,
    load_assignments,
)
from grader.contract.benchmark import BENCHMARK_FILE, Benchmark, Tier
from grader.contract.broker import (
    GRADE_CPU,
    GRADE_GPU,
    GRADE_TASK,
    PROGRESS_TASK,
    RECORD_TASK,
    RECORD_TIMING_TASK,
    RESULTS,
    TIME_CPU,
    TIME_TASK,
    TIMING_BEGUN_TASK,
    celery_settings,
)
from grader.contract.errors import ContractError
from grader.contract.handed_in import HandedIn, WeightsFile, read_handed_in, weights_of_sample
from grader.contract.job import Job, Progress
from grader.contract.result import LIMITS, CheckResult, Flag, Model, Result, Status, Verdict, Visibility
from grader.contract.samples import EventTimes, ProcessPair, event_times
from grader.contract.timing import Comparison, Device, Outcome, Timing, TimingJob
from grader.contract.upload import UploadRefused, check_upload
from grader.contract.weights import Tensor, Weights, read_weights

__all__ = [
    "BENCHMARK_FILE",
    "GRADE_CPU",
    "GRADE_GPU",
    "GRADE_TASK",
    "LIMITS",
    "PROGRESS_TASK",
    "RECORD_TASK",
    "RECORD_TIMING_TASK",
    "REFUSABLE",
    "RESULTS",
    "TIME_CPU",
    "TIME_TASK",
    "TIMING_BEGUN_TASK",
    "Assignment",
    "AssignmentError",
    "Benchmark",
    "CheckResult",
    "Comparison",
    "ContractError",
    "Device",
    "Entry",
    "EventTimes",
    "Flag",
    "HandedIn",
    "Job",
    "Limits",
    "Model",
    "Outcome",
    "ProcessPair",
    "Progress",
    "Result",
    "Status",
    "Tensor",
    "Tier",
    "Timing",
    "TimingJob",
    "Trained",
    "UploadRefused",
    "Verdict",
    "Visibility",
    "Weights",
    "WeightsFile",
    "celery_settings",
    "check_upload",
    "event_times",
    "load_assignment",
    "load_assignments",
    "read_handed_in",
    "read_weights",
    "weights_of_sample",
]
