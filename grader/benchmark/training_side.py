"""One training of one file: a fresh process trains, its weights leave it, and another one names the test images.

All that both processes do with the submission counts, from the loading of its file on, on the one core that they share
with the judge: what is put off until the images are named, or done ahead while the file is loaded, costs what it costs.
The process that trains never sees a test image, and the one that names them never sees a label; between them go as many
numbers as the network has, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.authoring.snippets import RUNNING
from grader.benchmark.block import Block, like
from grader.benchmark.cores import CoreTime
from grader.benchmark.race import Data, Race
from grader.benchmark.side import LOAD_SECONDS, Place, alive, timed_limits
from grader.contract import Assignment
from grader.sandbox.errors import StudentCrashed
from grader.sandbox.process import Sandbox
from grader.sandbox.wire import Packer

CHUNK = 250
"""Test images that a network gets at a time."""

ALONE = 100
"""Test images that are named once more, each alone."""

MOST_DIFFERENT = 0.05
"""Of those, how many may get another name: two logits can be nearly equal."""

MOST_WORK = 10**15
"""No number of parameters or of mult-adds that a process tells is larger."""

TRAINED = "_trained_numbers"
NAMED = "_named_images"

# These functions run in the sandbox. The first does so before the submission is loaded: a first step of any optimizer
# imports torch's compiler, which takes longer than a fast training does.
WARM = """
def warm(optimizer):
    layer = nn.Conv2d(1, 10, 3)
    loss = F.cross_entropy(layer(torch.zeros(2, 1, 3, 3)).flatten(1), torch.zeros(2, dtype=torch.long))
    loss.backward()
    if optimizer:
        torch.optim.Adam(layer.parameters()).step()
"""

TRAIN = """
def train(entry, network, count):
    learn, kind = getattr(submission, entry), getattr(submission, network)

    def trained(images, labels, seed):
        net = learn(images, labels, seed)
        if not isinstance(net, kind):
            raise TypeError(f"{entry} must return a {network}, not {type(net).__name__[:80]}")
        with torch.no_grad():
            numbers = [t.reshape(-1).float() for t in net.state_dict().values() if t.is_floating_point()]
            numbers = torch.cat(numbers)
        if len(numbers) != count:
            raise ValueError(f"the trained network has {len(numbers)} numbers, a new {network} has {count}")
        return numbers

    submission._trained_numbers = trained
"""

NAME = """
def name(network, chunk):
    def named(numbers, images):
        net = getattr(submission, network)()
        own = [t for t in net.state_dict().values() if t.is_floating_point()]
        with torch.no_grad():
            for tensor, values in zip(own, numbers.split([t.numel() for t in own])):
                tensor.copy_(values.view(tensor.shape))
            net.eval()
            return torch.cat([net(part).argmax(1) for part in images.split(chunk)])

    submission._named_images = named
"""

BUILD = """
def build(network):
    net = getattr(submission, network)()
    if not isinstance(net, nn.Module):
        raise TypeError(f"{network} is no nn.Module")
    return net
"""

SIZE = """
def size(net):
    return sum(t.numel() for t in net.state_dict().values() if t.is_floating_point())
"""


@dataclass(frozen=True, slots=True)
class Racer:
    """A file that trains: its texts by name, and how many numbers its network has, as `measure_network` found."""

    files: Mapping[str, str]
    numbers: int


@dataclass(frozen=True, slots=True)
class Lap:
    """One training: milliseconds on the core, of which `naming` ones for the test images, and their accuracy."""

    milliseconds: float
    naming: float
    accuracy: float


class Inconsistent(Exception):  # noqa: N818
    """A network names an image otherwise when it stands alone; the message is for the student."""


class Process:
    """A fresh process with a submission in it. `milliseconds` is what it and the judge have used for it on the core."""

    def __init__(self, assignment: Assignment, files: Mapping[str, str], place: Place, *, trains: bool) -> None:
        """Start it and load the files. Raises StudentFault, SandboxUnavailable."""
        limits = timed_limits(assignment, place)
        self.assignment, self.place = assignment, place
        self.call_seconds = limits.check_seconds
        self.milliseconds = 0.0
        self.used = 0.0
        self.sandbox: Sandbox = place.launcher.start(assignment.profile, limits, core=place.core)
        self.clock = CoreTime(self.sandbox.pid)
        with ExitStack() as undoing:
            undoing.callback(self.close)
            self.run(WARM, trains)
            self.used = self.clock.process_milliseconds()
            with self.counting():
                self._load(files)
            undoing.pop_all()

    def _load(self, files: Mapping[str, str]) -> None:
        entries = [entry.name for entry in self.assignment.entries]
        refused = list(self.assignment.refused_operators)
        name = self.assignment.filename
        load = {"op": "load", "name": name, "files": dict(files), "entries": entries, "refused": refused}
        self.sandbox.ask(load, Packer(), LOAD_SECONDS)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """What is done meanwhile counts, and what the process has done since the last time."""
        began = self.clock.moment()
        yield
        with alive(self.sandbox):
            ended, used = self.clock.moment(), self.clock.process_milliseconds()
        self.milliseconds += self.clock.spent(began, ended, used - self.used).counted
        self.used = used

    def run(self, source: str, *args: object) -> Any:
        """Run a function of ours beside the submission. Raises StudentFault."""
        packer = Packer()
        packed = [packer.pack(value) for value in args]
        request = {"op": "run", "source": source, "args": packed, "kwargs": {}}
        return self.sandbox.ask(request, packer, LOAD_SECONDS).value

    def call(self, entry: str, arguments: tuple[Any, ...], output: npt.NDArray[Any]) -> None:
        """Call what `run` has put beside the submission once, and copy the tensor that it returns to `output`.

        The arguments' arrays are not to be seen before the call. Counts. Raises StudentFault.
        """
        block = Block(arguments, [(output.dtype, output.shape)])
        try:
            block.poison()
            arrays = like(arguments)
            with self.counting():
                self._share(entry, block)
                block.reveal(arrays)
                self.sandbox.ask({"op": "time"}, Packer(), self.call_seconds)
                block.snapshot([output])
        finally:
            block.close()

    def _share(self, entry: str, block: Block) -> None:
        by_path = self.place.launcher.name == "none"
        share = {
            "op": "share",
            "entry": entry,
            "size": block.size,
            "arguments": block.template,
            "outputs": block.places,
            "picks": [],
            "device": self.place.device,
            "tensors": True,
            "events": False,
            "path": block.path if by_path else "",
        }
        self.sandbox.ask(share, Packer(), LOAD_SECONDS, descriptor=None if by_path else block.descriptor)

    def close(self) -> None:
        """End it."""
        self.clock.close()
        self.sandbox.close()


@contextmanager
def process(assignment: Assignment, files: Mapping[str, str], place: Place, *, trains: bool) -> Iterator[Process]:
    """A fresh process, ended afterwards."""
    started = Process(assignment, files, place, trains=trains)
    try:
        yield started
    finally:
        started.close()


def measure_network(
    assignment: Assignment, files: Mapping[str, str], place: Place, race: Race, shape: Sequence[int]
) -> tuple[int, int]:
    """How many floating-point numbers a new network has, and its mult-adds for one image of `shape` (C, H, W).

    Both are the process's own word: as many numbers as it says are then let through, and mult-adds are for people.
    Raises StudentFault.
    """
    with process(assignment, files, place, trains=False) as asked:
        net = asked.run(BUILD, race.network)
        numbers = asked.run(SIZE, net)
        ran = asked.run(RUNNING, net, list(shape), False)
    rows = ran[0] if isinstance(ran, tuple) and len(ran) == 2 and isinstance(ran[0], list) else [None]
    products: list[Any] = [row[-1] if isinstance(row, list) and row else None for row in rows]
    # What the process says may be anything.
    if not all(type(each) is int and 0 <= each <= MOST_WORK for each in (numbers, *products)):
        raise StudentCrashed("gave an answer about its network that cannot be read")
    return numbers, sum(products)


def run_lap(assignment: Assignment, racer: Racer, data: Data, seed: int, place: Place, race: Race) -> Lap:
    """Train once on fresh data and have the test images named. Raises StudentFault, Inconsistent."""
    weights = np.zeros(racer.numbers, np.float32)
    with process(assignment, racer.files, place, trains=True) as training:
        with training.counting():
            training.run(TRAIN, race.entry, race.network, racer.numbers)
        training.call(TRAINED, (data.images, data.labels, seed), weights)
        spent = training.milliseconds
    names, naming = _names(assignment, racer, weights, data.test_images, place, race, CHUNK)
    few = data.test_images[:ALONE]
    again, _ = _names(assignment, racer, weights, few, place, race, 1)
    different = float((again != names[: len(few)]).mean())
    if different > MOST_DIFFERENT:
        raise Inconsistent(
            f"Of {len(few)} test images, {different:.0%} get another name when the network sees each alone: it must "
            "not learn from the images that it names."
        )
    return Lap(spent + naming, naming, float((names == data.test_labels).mean()))


def _names(
    assignment: Assignment,
    racer: Racer,
    weights: npt.NDArray[np.float32],
    images: npt.NDArray[np.float32],
    place: Place,
    race: Race,
    chunk: int,
) -> tuple[npt.NDArray[np.int64], float]:
    """The class (N,) that a network with these weights names for each image, and the milliseconds that it took."""
    names = np.full(len(images), -1, np.int64)
    with process(assignment, racer.files, place, trains=False) as naming:
        with naming.counting():
            naming.run(NAME, race.network, chunk)
        naming.call(NAMED, (weights, images), names)
        return names, naming.milliseconds
