"""Checks of transfer learning: each function alone on a small network, then six figures learnt and four new ones."""

from __future__ import annotations

import copy
import inspect
import textwrap

import numpy as np
import pytest
import torch

from grader.authoring import Chart, Curve, expect, expect_close, expect_shape
from grader.authoring.pretrained import pretrained
from grader.authoring.training import accuracy, figures
from reference.models.transfer import Extractor, SmallCNN, make_extractor, pretrain

# As in the sandbox: replayed on the sample solutions, a check then rounds as it did for the student.
torch.set_num_threads(1)

OLD = ("ring", "square", "tri_up", "tri_down", "cross", "hbar")
NEW = ("disc", "frame", "plus", "vbar")
NOISE = 0.3
PASS = 0.7
CLASSES = "".join(textwrap.indent(inspect.getsource(each), "    ") + "\n" for each in (SmallCNN, Extractor))

# These functions run in the sandbox, beside the submission.
MODEL = f"""
def model(state, num_classes):
{CLASSES}
    torch.manual_seed(0)
    net = SmallCNN(num_classes)
    net.load_state_dict(state)
    return net.eval()
"""

OUR_EXTRACTOR = f"""
def our_extractor(state, num_classes):
{CLASSES}
    net = SmallCNN(num_classes)
    net.load_state_dict(state)
    return Extractor(net).eval()
"""

FEATURES = """
def features(extractor, images):
    if not isinstance(extractor, nn.Module):
        return None
    extractor.eval()
    with torch.no_grad():
        return extractor(images)
"""

LOGITS = """
def logits(net, images):
    net.eval()
    with torch.no_grad():
        return net(images)
"""

REACHES = """
def reaches(extractor, model, images):
    extractor.eval()
    extractor.requires_grad_(True)
    extractor.zero_grad()
    owned = [(tuple(p.shape), p.detach().numpy().tobytes(), p) for p in extractor.parameters()]
    out = extractor(images)
    if out.requires_grad:
        out.square().sum().backward()
    missing, unreached = [], []
    for name, weight in model.features.named_parameters():
        value = weight.detach().numpy().tobytes()
        found = [p for shape, own, p in owned if shape == tuple(weight.shape) and own == value]
        if not found:
            missing.append(f"features.{name}")
        elif all(p.grad is None for p in found):
            unreached.append(f"features.{name}")
    return missing, unreached
"""

FROZEN = """
def frozen(m):
    m.requires_grad_(True)
    m.train()
    returned = submission.freeze(m)
    trainable = [name for name, p in m.named_parameters() if p.requires_grad]
    training = [name or "the module itself" for name, each in m.named_modules() if each.training]
    return returned is m, trainable, training
"""

USED_FROZEN = """
def used_frozen(m, images):
    m.requires_grad_(True)
    m.train()
    submission.freeze(m)
    before = {name: value.numpy().tobytes() for name, value in m.state_dict().items()}
    out = m(images)
    changed = [name for name, value in m.state_dict().items() if value.numpy().tobytes() != before[name]]
    return bool(out.requires_grad), changed, out
"""

HEAD_FORM = """
def head_form(extractor, X, y, seed):
    torch.manual_seed(seed)
    head = submission.train_head(extractor, X, y, epochs=2)
    if not isinstance(head, nn.Linear):
        return type(head).__name__
    return [list(head.weight.shape), head.bias is not None, head.weight.requires_grad]
"""

HEAD_CLOUDS = """
def head_clouds(weight, X, y, seed):
    extractor = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64, bias=False))
    with torch.no_grad():
        extractor[1].weight.copy_(weight)
    torch.manual_seed(seed)
    head = submission.train_head(extractor, X, y)
    return head.weight, head.bias
"""

HEAD_NAMES = """
def head_names(weight, X, y, unseen, seed):
    extractor = nn.Sequential(nn.Flatten(), nn.Linear(1024, 64, bias=False))
    with torch.no_grad():
        extractor[1].weight.copy_(weight)
    torch.manual_seed(seed)
    head = submission.train_head(extractor, X, y)
    if not isinstance(head, nn.Module):
        return None
    with torch.no_grad():
        return head(unseen.flatten(1) @ weight.T)
"""

HEAD_TRACES = """
def head_traces(extractor, X, y, is_trainable, seed):
    extractor.requires_grad_(is_trainable)
    extractor.train(is_trainable)
    before = {name: value.numpy().tobytes() for name, value in extractor.state_dict().items()}
    torch.manual_seed(seed)
    submission.train_head(extractor, X, y, epochs=3)
    changed = [name for name, value in extractor.state_dict().items() if value.numpy().tobytes() != before[name]]
    return changed, [name for name, p in extractor.named_parameters() if p.grad is not None]
"""

TUNED = """
def tuned(extractor, X, y, classes, lr_base, lr_head, epochs, seed):
    torch.manual_seed(seed)
    head = nn.Linear(64, classes)
    extractor.requires_grad_(False)
    extractor.eval()
    both = {"extractor": extractor, "head": head}
    before = {part: {n: v.numpy().tobytes() for n, v in net.state_dict().items()} for part, net in both.items()}
    seen = []

    def watch(net, inputs, output):
        if torch.is_grad_enabled():
            seen.append(len(output))

    hook = extractor.register_forward_hook(watch)
    submission.fine_tune(extractor, head, X, y, lr_base, lr_head, epochs)
    hook.remove()
    moved = {
        part: [n for n, v in net.state_dict().items() if v.numpy().tobytes() != before[part][n]]
        for part, net in both.items()
    }
    parameters = {part: [name for name, _ in net.named_parameters()] for part, net in both.items()}
    training = [type(each).__name__ for each in extractor.modules() if each.training]
    graded = [name for name, p in extractor.named_parameters() if p.grad is not None]
    trainable = [name for name, p in extractor.named_parameters() if p.requires_grad]
    found = {"moved": moved, "parameters": parameters, "training": training, "seen": sum(seen)}
    return found | {"graded": graded, "trainable": trainable}
"""

DISTANCES = """
def distances(extractor, X, y, classes, lr_base, lr_head, epochs, seed):
    torch.manual_seed(seed)
    head = nn.Linear(64, classes)
    extractor.requires_grad_(False)
    extractor.eval()
    parts = [list(extractor.parameters()), list(head.parameters())]
    before = [[p.detach().clone() for p in part] for part in parts]
    submission.fine_tune(extractor, head, X, y, lr_base, lr_head, epochs)
    return [
        sum(float((p.detach() - old).abs().sum()) for p, old in zip(part, olds))
        for part, olds in zip(parts, before)
    ]
"""

SEEDED_HEAD = """
def seeded_head(extractor, X, y, epochs, seed):
    torch.manual_seed(seed)
    submission.freeze(extractor)
    if epochs is None:
        return submission.train_head(extractor, X, y)
    return submission.train_head(extractor, X, y, epochs)
"""

WEIGHTS = """
def weights(head):
    return head.weight, head.bias
"""

JOIN = """
def join(extractor, head):
    return nn.Sequential(extractor, head)
"""

NEW_LINEAR = """
def new_linear(classes, seed):
    torch.manual_seed(seed)
    return nn.Linear(64, classes)
"""

FINE_TUNE = """
def fine_tune(extractor, head, X, y, lr_base, lr_head, epochs, seed):
    torch.manual_seed(seed)
    submission.fine_tune(extractor, head, X, y, lr_base, lr_head, epochs)
"""


@pytest.mark.points(1.25)
@pytest.mark.title("Extractor: the 64 features of raw images, also of a single one")
def test_features(student, rng):
    right, model = small_cnn(student, rng)
    extractor = student.make_extractor(model)
    for n in (5, 1):
        images = figures(rng, n, NOISE)[0]
        got = student.run(FEATURES, extractor, images)
        expect(got is not None, "make_extractor returns no nn.Module.")
        expect_shape(got, (n, 64), what=f"the features of {n} image{'s' if n > 1 else ''}")
        with torch.no_grad():
            expected = make_extractor(right)(images)
        expect_close(got, expected, rtol=1e-4, atol=2e-4 * float(expected.abs().max()), what="the features")


@pytest.mark.points(0.75)
@pytest.mark.title("Extractor: it has the base's weights as its parameters, and gradients reach them")
def test_extractor_parameters(student, rng):
    _right, model = small_cnn(student, rng)
    extractor = student.make_extractor(model)
    missing, unreached = student.run(REACHES, extractor, model, figures(rng, 4, NOISE)[0])
    told = "These weights of the model are none of the extractor's parameters: "
    expect(not missing, told + shown(missing))
    expect(not unreached, "While the extractor is not frozen, no gradient reaches " + shown(unreached))


@pytest.mark.points(0.25)
@pytest.mark.title("Extractor: the model itself still classifies as before")
def test_model_stays(student, rng):
    right, model = small_cnn(student, rng)
    student.make_extractor(model)
    images = torch.from_numpy(rng.normal(size=(3, 1, 32, 32))).float()
    got = student.run(LOGITS, model, images)
    expect_shape(got, (3, 6), what="the model's logits after make_extractor")
    with torch.no_grad():
        expected = right(images)
    what = "the model's logits after make_extractor"
    expect_close(got, expected, rtol=1e-4, atol=2e-4 * float(expected.abs().max()), what=what)


@pytest.mark.points(0.75)
@pytest.mark.title("freeze: no parameter needs a gradient, every layer is in evaluation mode")
def test_freeze(student, rng):
    _right, model = small_cnn(student, rng)
    is_same, trainable, training = student.run(FROZEN, model)
    expect(not trainable, "After freeze(m) these parameters still have requires_grad=True: " + shown(trainable))
    expect(not training, "After freeze(m) these are still in training mode: " + shown(training))
    expect(is_same, "freeze(m) must return m itself.")


@pytest.mark.points(0.5)
@pytest.mark.title("freeze: a batch changes nothing in the frozen module, and it answers as in evaluation mode")
def test_frozen_in_use(student, rng):
    right, model = small_cnn(student, rng)
    images = figures(rng, 6, NOISE)[0]
    needs_gradient, changed, out = student.run(USED_FROZEN, model, images)
    expect(not changed, "A frozen module has seen one batch, and these have changed: " + shown(changed))
    expect(not needs_gradient, "The frozen module's output has requires_grad=True.")
    with torch.no_grad():
        expected = right(images)
    limit = 2e-4 * float(expected.abs().max())
    expect_close(out, expected, rtol=1e-4, atol=limit, what="the frozen module's output for a batch")


@pytest.mark.points(0.5)
@pytest.mark.title("train_head: a linear layer with bias from 64 features to the classes in y")
def test_head_form(student, rng):
    for classes in (3, 5):
        images, labels = task(rng, classes, 4)
        form = student.run(HEAD_FORM, our_extractor(student, rng), images, labels, draw(rng))
        expect(isinstance(form, list), f"train_head returns {article(form)}; nn.Linear is expected.")
        shape, has_bias, is_trainable = form
        told = f"With labels 0 to {classes - 1} the head's weight is {tuple(shape)}; ({classes}, 64) is expected."
        expect(tuple(shape) == (classes, 64), told)
        expect(has_bias, "The head has no bias.")
        expect(is_trainable, "The head itself is frozen: fine-tuning could not train it further.")
    expect_learnt(student, rng)


@pytest.mark.points(0.75)
@pytest.mark.title("train_head: five clouds of features are told apart")
def test_head_learns(student, rng):
    weight, images, labels, unseen, truth = five_clouds(rng)
    own, bias = student.run(HEAD_CLOUDS, weight, images, labels, draw(rng))
    expect_shape(own, (5, 64), what="the head's weight")
    expect_shape(bias, (5,), what="the head's bias")
    share = named(unseen.flatten(1) @ weight.T, own, bias, truth)
    told = f"The head names {share:.0%} of new features, which lie in five clouds far apart; 95% is expected."
    expect(share >= 0.95, told)


@pytest.mark.parametrize(
    "is_trainable",
    [
        pytest.param(
            False,
            id="frozen",
            marks=[
                pytest.mark.points(0.5),
                pytest.mark.title("train_head: a frozen extractor stays as it is, bit by bit"),
            ],
        ),
        pytest.param(
            True,
            id="trainable",
            marks=[
                pytest.mark.points(1.0),
                pytest.mark.title("train_head: so does one that was handed over in training mode and trainable"),
            ],
        ),
    ],
)
def test_head_leaves_no_trace(student, rng, is_trainable):
    images, labels = task(rng, 4, 10)
    extractor = our_extractor(student, rng)
    changed, graded = student.run(HEAD_TRACES, extractor, images, labels, is_trainable, draw(rng))
    expect(not changed, "While the head was trained, these changed in the extractor: " + shown(changed))
    expect(not graded, "While the head was trained, a gradient was computed for " + shown(graded))
    expect_learnt(student, rng)


@pytest.mark.points(1.0)
@pytest.mark.title("fine_tune: every weight of base and head is trained, in place, even if the base comes frozen")
def test_tunes_in_place(student, rng):
    images, labels = task(rng, 3, 4)
    found = student.run(TUNED, our_extractor(student, rng), images, labels, 3, 1e-3, 1e-2, 2, draw(rng))
    for part in ("extractor", "head"):
        still = [name for name in found["parameters"][part] if name not in found["moved"][part]]
        expect(not still, f"After two epochs these parameters of the {part} are what they were: {shown(still)}")
    told = "After fine_tune these layers are still in training mode, in which an image's class depends on its batch: "
    expect(not found["training"], told + shown(list(dict.fromkeys(found["training"]))))


@pytest.mark.points(0.75)
@pytest.mark.title("fine_tune: with one rate at 0 only the other part moves")
def test_two_rates(student, rng):
    images, labels = task(rng, 3, 4)
    cases = (("head", "extractor", 0.0, 1e-2), ("extractor", "head", 1e-3, 0.0))
    answers = [
        student.run(TUNED, our_extractor(student, rng), images, labels, 3, lr_base, lr_head, 1, draw(rng))
        for _moving, _still, lr_base, lr_head in cases
    ]
    for (moving, still, lr_base, lr_head), found in zip(cases, answers, strict=True):
        rates = f"With lr_base={lr_base:g} and lr_head={lr_head:g}"
        own = {part: [n for n in found["parameters"][part] if n in found["moved"][part]] for part in (moving, still)}
        expect(not own[still], f"{rates} these parameters of the {still} changed: {shown(own[still])}")
        expect(own[moving], f"{rates} no parameter of the {moving} changed.")


@pytest.mark.points(0.25)
@pytest.mark.title("fine_tune: ten times the rate moves the base about ten times as far")
def test_rate_sets_the_distance(student, rng):
    images, labels = task(rng, 3, 4)
    state, seed = weights_of(rng).state_dict(), draw(rng)
    moved = [
        student.run(DISTANCES, student.run(OUR_EXTRACTOR, state, 6), images, labels, 3, lr_base, 1e-2, 1, seed)
        for lr_base in (1e-4, 1e-3)
    ]
    factor = moved[1][0] / max(moved[0][0], 1e-12)
    told = f"With lr_base=0.001 the base moves {factor:.1f} times as far as with 0.0001; about 10 is expected."
    expect(3 <= factor <= 30, told)


@pytest.mark.points(0.5)
@pytest.mark.title("fine_tune: an epoch goes once through all images, none changes nothing")
def test_epochs(student, rng):
    images, labels = task(rng, 3, 9)
    for epochs in (0, 1, 3):
        found = student.run(TUNED, our_extractor(student, rng), images, labels, 3, 1e-3, 1e-2, epochs, draw(rng))
        changed = [name for part in found["moved"].values() for name in part]
        expect(epochs > 0 or not changed, f"With epochs=0 these changed: {shown(changed)}")
        told = f"With epochs={epochs} and {len(images)} images the base saw {found['seen']} images in training"
        expect(found["seen"] == epochs * len(images), f"{told}; {epochs * len(images)} are expected.")


@pytest.mark.points(0.25)
@pytest.mark.undiagnosed
@pytest.mark.title("Your four functions one after the other, on other numbers of images and classes")
def test_whole_chain(student, rng):
    right, model = small_cnn(student, rng)
    extractor = student.make_extractor(model)
    images, labels = task(rng, 2, 7)
    head = student.run(SEEDED_HEAD, extractor, images, labels, None, draw(rng))
    with torch.no_grad():
        expected = make_extractor(right)(images)
    got = student.run(FEATURES, extractor, images)
    expect_close(got, expected, rtol=0.0, atol=1e-3 * float(expected.abs().max()), what="the frozen features")
    student.run(FINE_TUNE, extractor, head, images, labels, 1e-3, 1e-2, 3, draw(rng))
    tuned = student.run(FEATURES, extractor, images)
    expect_shape(tuned, (14, 64), what="the features after fine-tuning")
    expect(float((tuned - expected).abs().max()) > 1e-4, "Fine-tuning has not changed the extractor's features.")


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(20)
@pytest.mark.title("Four new figures, ten labels each: the frozen base's features suffice for 70% of new images")
def test_frozen_transfer(student, rng):
    base = pretrained(pretrain, OLD, noise=NOISE)
    extractor = pretrained_extractor(student, rng, base)
    images, labels = task(rng, 4, 10)
    unseen, truth = figures(rng, 600, NOISE, classes=NEW)
    with torch.no_grad():
        features = make_extractor(base)(unseen)
    head = student.run(SEEDED_HEAD, extractor, images, labels, None, draw(rng))
    own, bias = student.run(WEIGHTS, head)
    expect_shape(own, (4, 64), what="the head's weight")
    expect_shape(bias, (4,), what="the head's bias")
    share = named(features, own, bias, truth)
    told = f"The head on the frozen base names {share:.1%} of 600 new images; 70% is expected, 87% is usual."
    expect(share >= PASS, told)


@pytest.mark.points(0.5)
@pytest.mark.undiagnosed
@pytest.mark.seconds(60)
@pytest.mark.title("Frozen, fine-tuned and from scratch: at least 70% after fine-tuning")
def test_fine_tuned_transfer(student, rng):
    base = pretrained(pretrain, OLD, noise=NOISE)
    extractor = pretrained_extractor(student, rng, base)
    expect_tunes(student, rng)
    images, labels = task(rng, 4, 10)
    experiment = Experiment(student, rng, images, labels, *figures(rng, 400, NOISE, classes=NEW))
    for epochs in (1, 5, 10, 20, 40):
        head = student.run(SEEDED_HEAD, extractor, images, labels, epochs, draw(rng))
        frozen = experiment.measure("frozen base", epochs, extractor, head)
    told = f"Fine-tuning starts from the frozen base's head, which names {frozen:.1%} of new images; 70% is expected."
    expect(frozen >= PASS, told)
    tuned = experiment.train("fine-tuned", extractor, head, 3e-4, 3e-3)
    empty = student.make_extractor(student.run(MODEL, untrained(rng, base).state_dict(), 4))
    experiment.train("from scratch", empty, student.run(NEW_LINEAR, 4, draw(rng)), 2e-3, 2e-3)
    told = f"After fine-tuning {tuned:.1%} of 400 new images are named; 70% is expected, 86% is usual."
    expect(tuned >= PASS, told)


class Experiment:
    """Accuracy over epochs of several ways to train on the same few images, shown as it grows."""

    def __init__(self, student, rng, images, labels, unseen, truth):
        self.student, self.rng = student, rng
        self.images, self.labels, self.unseen, self.truth = images, labels, unseen, truth
        self.measured = {}

    def measure(self, name, epoch, extractor, head):
        """The accuracy on new images now, as one more point of a curve."""
        share = accuracy(self.student, self.student.run(JOIN, extractor, head), self.unseen, self.truth)
        self.measured.setdefault(name, []).append((epoch, share))
        curves = tuple(Curve.of(each, *zip(*((y, x) for x, y in at))) for each, at in self.measured.items())
        title = "Ten labels a class: accuracy on new images"
        note = (
            "The pretrained base knows edges and corners already; forty images are too few to learn them from scratch."
        )
        self.student.show(Chart(title, "epochs", "accuracy", curves, limit=PASS, note=note))
        return share

    def train(self, name, extractor, head, lr_base, lr_head):
        """Forty epochs of the student's fine_tune, ten at a time, the first ten in two parts."""
        share, done = self.measure(name, 0, extractor, head), 0
        for epochs in (5, 5, 10, 10, 10):
            given = (self.images, self.labels, lr_base, lr_head, epochs, draw(self.rng))
            self.student.run(FINE_TUNE, extractor, head, *given)
            done += epochs
            share = self.measure(name, done, extractor, head)
        return share


def pretrained_extractor(student, rng, base):
    """The student's extractor of the pretrained base, which freezing and a new head leave as it was."""
    extractor = student.make_extractor(student.run(MODEL, base.state_dict(), len(OLD)))
    images, labels = task(rng, 4, 2)
    student.run(SEEDED_HEAD, extractor, images, labels, 1, draw(rng))
    got = student.run(FEATURES, extractor, images)
    expect(got is not None, "make_extractor returns no nn.Module.")
    with torch.no_grad():
        expected = make_extractor(base)(images)
    limit = 1e-3 * float(expected.abs().max())
    expect_close(got, expected, rtol=0.0, atol=limit, what="the frozen features")
    return extractor


def expect_learnt(student, rng):
    """What a head leaves as it was, and what form it has, counts where it has learnt something at all."""
    weight, images, labels, unseen, truth = five_clouds(rng)
    logits = student.run(HEAD_NAMES, weight, images, labels, unseen, draw(rng))
    told = "train_head returns no nn.Module that gives a row of logits for each row of features."
    expect(getattr(logits, "ndim", 0) == 2 and len(logits) == len(truth), told)
    share = float((torch.as_tensor(logits).argmax(1) == truth).double().mean())
    told = f"It names {share:.0%} of new features in five clouds far apart; here 75% would do."
    expect(share >= 0.75, f"This counts for a head that has learnt something. {told}")


def expect_tunes(student, rng):
    """Only a fine_tune that trains all of the network is worth the experiment."""
    images, labels = task(rng, 2, 5)
    found = student.run(TUNED, our_extractor(student, rng), images, labels, 2, 1e-3, 1e-2, 1, draw(rng))
    moves = all(name in found["moved"][part] for part, names in found["parameters"].items() for name in names)
    told = "The experiment is made with a fine_tune that trains all weights and goes through all images: see above."
    expect(moves and found["seen"] == len(images), told)


def untrained(rng, base):
    """A network that has learnt nothing; its images are normalised as the base's."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw(rng))
        net = SmallCNN(len(NEW))
    net.mean.copy_(base.mean)
    net.std.copy_(base.std)
    return net


def small_cnn(student, rng):
    """A SmallCNN with random weights, ours and the same in the sandbox."""
    right = weights_of(rng)
    return right, student.run(MODEL, right.state_dict(), 6)


def our_extractor(student, rng):
    """Our own extractor of a random SmallCNN, in the sandbox."""
    return student.run(OUR_EXTRACTOR, weights_of(rng).state_dict(), 6)


def weights_of(rng):
    """A SmallCNN whose weights, statistics and normalisation are random."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw(rng))
        net = SmallCNN(6)
        with torch.no_grad():
            for name, value in net.state_dict().items():
                if name.endswith(("running_var", "std")):
                    value.copy_(torch.empty_like(value).uniform_(0.3, 0.9))
                elif name.endswith(("running_mean", "mean", "bias")):
                    value.copy_(torch.empty_like(value).uniform_(0.05, 0.4))
    return net.eval()


def task(rng, classes, labels_each):
    """So many images of each of the new figures, and their labels, in random order."""
    images, labels = figures(rng, 60 * classes, NOISE, classes=NEW[:classes] if classes <= 4 else (*NEW, "ring"))
    chosen = torch.cat([(labels == label).nonzero()[:labels_each, 0] for label in range(classes)])
    chosen = chosen[torch.from_numpy(rng.permutation(len(chosen)))]
    return images[chosen], labels[chosen]


def five_clouds(rng):
    """The weight (64, 1024) of a linear extractor, 40 images of five patterns with labels, and 200 new ones."""
    weight = torch.from_numpy(rng.normal(size=(64, 1024)) / 32).float()
    patterns = rng.normal(size=(5, 1, 32, 32))
    return weight, *clouds(rng, patterns, 8), *clouds(rng, patterns, 40)


def clouds(rng, patterns, each):
    """Noisy copies of patterns (K, 1, 32, 32), as many of each, and which pattern each shows."""
    labels = rng.permutation(np.repeat(np.arange(len(patterns)), each))
    images = patterns[labels] + rng.normal(size=(len(labels), *patterns.shape[1:])) / 2
    return torch.from_numpy(images).float(), torch.from_numpy(labels)


def named(features, weight, bias, truth):
    """The share of features whose largest logit is their class's."""
    logits = features @ torch.as_tensor(weight).T + torch.as_tensor(bias)
    return float((logits.argmax(1) == truth).double().mean())


def draw(rng):
    """A seed."""
    return int(rng.integers(2**31))


def shown(names):
    """The first few of several names, as the end of a sentence."""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(map(str, names[:4]))}{more}."


def article(name):
    """A type's name with its article."""
    return f"{'an' if str(name)[:1].lower() in 'aeiou' else 'a'} {name}"
