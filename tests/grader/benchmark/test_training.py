"""Trainings against the clock: what counts, what is refused, and that nothing but training helps."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch

from grader.benchmark.cores import held_core
from grader.benchmark.race import Race
from grader.benchmark.run import time_submission
from grader.benchmark.side import Place
from grader.benchmark.training import compressed_bytes, time_training
from grader.benchmark.training_side import Inconsistent, Lap, Racer, measure_network, run_lap
from grader.contract import Assignment, AssignmentError, Outcome, Timing
from grader.sandbox.bubblewrap import Bubblewrap
from grader.sandbox.errors import StudentFault
from tests.grader.benchmark.short_race import HONEST, RACE, TARGET, TRAINING, draw, write_race

BURNT_SECONDS = 1.5
BURN = f"""
import time
began = time.process_time()
while time.process_time() - began < {BURNT_SECONDS}:
    pass
"""


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return write_race(tmp_path_factory.mktemp("assignments") / "90-short-race")


@pytest.fixture(scope="module")
def lap(assignment: Assignment, bubblewrap: Bubblewrap) -> Callable[..., Lap]:
    """One training of a source text."""

    def run(source: str, race: Race = RACE, seed: int = 5) -> Lap:
        data = race.draw(np.random.default_rng(seed))
        with held_core() as core:
            place = Place(bubblewrap, core)
            numbers, _ = measure_network(assignment, {"race.py": source}, place, race, (1, 32, 32))
            return run_lap(assignment, Racer({"race.py": source}, numbers), data, seed, place, race)

    return run


@pytest.fixture(scope="module")
def honest(lap: Callable[..., Lap]) -> Lap:
    return lap(HONEST)


@pytest.fixture
def timed(assignment: Assignment, bubblewrap: Bubblewrap) -> Callable[..., Timing]:
    def run(source: str, **settings: object) -> Timing:
        return time_training(assignment, {"race.py": source}, bubblewrap, 7, **settings)

    return run


def test_a_race_against_oneself_is_a_tie_with_the_same_accuracies(assignment, bubblewrap):
    signs = []
    timing = time_submission(assignment, {"race.py": HONEST}, bubblewrap, 7, on_progress=signs.append)
    assert timing.outcome is Outcome.TIMED, timing.message
    assert 0.4 < timing.ratio < 2.5
    assert 0 < timing.null_milliseconds < timing.milliseconds / 4
    assert (timing.tier, timing.points) == ("gold", 2.0)
    assert timing.training["accuracies"] == timing.training["reference_accuracies"]
    assert min(timing.training["accuracies"]) >= timing.training["target"] == TARGET
    assert len(timing.samples) == timing.training["seeds"] == RACE.seeds
    assert [sign.done for sign in signs] == [1, 2]
    assert Timing.from_dict(timing.to_dict()) == timing


def test_parameters_and_mult_adds_are_those_of_the_network(assignment, bubblewrap):
    with held_core() as core:
        found = measure_network(assignment, {"race.py": HONEST}, Place(bubblewrap, core), RACE, (1, 32, 32))
    weights = (12 * 25 + 12) + 4 * 12 + (32 * 12 * 25 + 32) + 4 * 32 + (320 + 10)
    assert found == (weights, 12 * 25 * 64 + 32 * 12 * 25 * 64 + 320)


def test_work_while_the_file_is_loaded_counts_in_both_processes(lap, honest):
    burning = lap(HONEST + BURN)
    assert burning.accuracy == honest.accuracy
    assert burning.milliseconds > honest.milliseconds + 1000 * 1.8 * BURNT_SECONDS


def test_work_in_building_the_network_for_the_test_images_counts(lap, honest):
    burn = "\n".join(f"        {line}" for line in BURN.strip().split("\n"))
    burning = lap(HONEST.replace("        super().__init__()\n", f"        super().__init__()\n{burn}\n"))
    assert burning.naming > honest.naming + 900 * BURNT_SECONDS


def test_a_network_that_is_not_trained_is_refused_by_its_first_miss(timed):
    timing = timed(HONEST.replace("    fit(net, images, labels)\n", ""))
    assert timing.outcome is Outcome.REFUSED
    assert "ended below the target" in timing.message
    assert len(timing.training["accuracies"]) == 1
    assert (timing.ratio, timing.points) == (None, 0.0)


def test_training_that_is_put_off_until_the_first_image_finds_no_images_to_learn_from(lap):
    source = HONEST.replace("    fit(net, images, labels)\n", "    LATER.append((images.clone(), labels.clone()))\n")
    forward = "    def forward(self, x):\n"
    lazy = "        if LATER:\n            fit(self, *LATER.pop())\n"
    assert lap(f"LATER = []\n{source}".replace(forward, forward + lazy)).accuracy < 0.4


def test_images_that_are_smuggled_in_the_weights_are_learnt_from_at_the_cheats_own_cost(lap, honest):
    # Every image as 64 numbers beside the network's own: learning from them is put off, and takes its time there.
    buffers = (
        f"        self.register_buffer('kept', torch.zeros({TRAINING}, 64))\n"
        f"        self.register_buffer('names', torch.zeros({TRAINING}))\n        self.late = False\n"
    )
    source = HONEST.replace("        super().__init__()\n", "        super().__init__()\n" + buffers)
    packed = "    net.kept.copy_(F.avg_pool2d(images, 4).flatten(1)); net.names.copy_(labels.float())\n"
    source = source.replace("    fit(net, images, labels)\n", packed)
    late = """        if not self.training and not self.late:
            self.late = True
            with torch.enable_grad():
                fit(self, F.interpolate(self.kept.view(-1, 1, 8, 8), scale_factor=4), self.names.long())
            self.eval()
"""
    forward = "    def forward(self, x):\n"
    smuggled = lap(source.replace(forward, forward + late), dataclasses.replace(RACE, most_numbers=100_000))
    assert smuggled.naming > 3 * honest.naming
    assert smuggled.milliseconds > 0.7 * honest.milliseconds


def test_stored_weights_do_not_fit_into_the_file(timed):
    stored = "".join(random.Random(3).choices("0123456789abcdef", k=8000))
    source = f"STORED = '{stored}'\n{HONEST}"
    assert compressed_bytes({"race.py": HONEST}) < RACE.most_bytes < compressed_bytes({"race.py": source})
    timing = timed(source)
    assert timing.outcome is Outcome.REFUSED
    assert "no weights are stored" in timing.message


def test_what_was_learnt_from_one_alphabet_does_not_name_the_next(lap):
    names: dict = {}
    exec(HONEST, names)
    data = draw(np.random.default_rng(1))
    net = names["train"](torch.from_numpy(data.images), torch.from_numpy(data.labels), 1)
    numbers = [round(float(n), 4) for t in net.state_dict().values() if t.is_floating_point() for n in t.flatten()]
    read = f"""
NUMBERS = torch.tensor({numbers})

def train(images, labels, seed):
    net = Net()
    own = [t for t in net.state_dict().values() if t.is_floating_point()]
    for tensor, values in zip(own, NUMBERS.split([t.numel() for t in own])):
        tensor.copy_(values.view(tensor.shape))
    return net
"""
    assert lap(HONEST + read, seed=1).accuracy >= TARGET
    assert lap(HONEST + read, seed=2).accuracy < 0.5


def test_a_reply_before_the_end_of_the_training_leaves_no_weights(lap):
    early = """
    import sys
    frame = sys._getframe()
    while frame.f_code.co_name != "serve":
        frame = frame.f_back
    names, sender = frame.f_locals, frame.f_globals["send"]
    sender(names["channel"], {"seq": names["request"]["seq"], "value": None}, [])
"""
    assert (
        lap(HONEST.replace("    torch.manual_seed(seed)\n", f"    torch.manual_seed(seed)\n{early}\n")).accuracy < 0.4
    )


def test_a_network_that_learns_from_the_test_images_is_found_out(lap):
    # It evens out how often each class is named, by the other images of the batch.
    last = "        return self.out(F.relu(self.norm2(self.conv2(x))).amax((2, 3)))\n"
    evened = (
        last.replace("return", "logits =") + "        return logits if self.training else logits - logits.mean(0)\n"
    )
    assert last in HONEST
    with pytest.raises(Inconsistent, match="another name when the network sees each alone"):
        lap(HONEST.replace(last, evened))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("    return net\n", "    return lambda x: net(x)\n"), "must return a Net, not function"),
        (("    return net\n", "    net.more = nn.Linear(3, 3)\n    return net\n"), "numbers, a new Net has"),
        (
            (
                "    net = Net()\n",
                "    import threading\n    threading.Thread(target=print).start()\n    net = Net()\n",
            ),
            "thread",
        ),
    ],
    ids=["a closure", "another network", "a thread"],
)
def test_what_is_no_training_of_a_network_is_refused_in_words(lap, change, told):
    assert change[0] in HONEST
    with pytest.raises(StudentFault, match=told):
        lap(HONEST.replace(*change))


def test_patched_functions_of_torch_name_no_image(lap):
    patched = """
torch.manual_seed = lambda seed: None
torch.Tensor.argmax = lambda self, dim: torch.zeros(len(self), dtype=torch.long)
torch.Tensor.__eq__ = lambda self, other: torch.ones(len(self), dtype=torch.bool)
"""
    assert lap(HONEST + patched).accuracy < 0.4


def test_another_state_of_torchs_random_numbers_changes_the_weights_and_not_the_race(lap, honest):
    other = lap(HONEST.replace("torch.manual_seed(seed)", "torch.manual_seed(1)"))
    assert other.accuracy != honest.accuracy
    assert other.accuracy >= TARGET


def test_a_network_with_too_many_numbers_is_refused(timed):
    timing = timed(HONEST.replace("self.out =", "self.wide = nn.Linear(300, 300)\n        self.out ="))
    assert timing.outcome is Outcome.REFUSED
    assert "floating-point numbers; 1 to 50,000 are allowed" in timing.message


def test_a_process_that_lies_about_its_network_is_refused(timed):
    timing = timed(HONEST + "\nNet.state_dict = lambda self, *_, **__: {'a': Liar()}\nclass Liar:\n"
                   "    def is_floating_point(self): return True\n    def numel(self): return -5\n")  # fmt: skip
    assert timing.outcome is Outcome.REFUSED
    assert "cannot be read" in timing.message


def test_a_reference_that_misses_is_not_the_submissions_fault(timed):
    lazy = HONEST.replace("    fit(net, images, labels)\n", "")
    with pytest.raises(AssignmentError, match="timed against fails: Of 1 trainings, 1 ended below the target"):
        timed(HONEST, against={"race.py": lazy})


def test_a_case_that_there_is_not_is_refused(timed):
    with pytest.raises(AssignmentError, match="has no case 'lecture'"):
        timed(HONEST, case="lecture")
