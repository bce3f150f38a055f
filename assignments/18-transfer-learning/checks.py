"""Checks of transfer learning: each function alone on a small network, then six figures learnt and four new ones."""

from __future__ import annotations

import pytest
import torch

from grader.authoring import case, expect, expect_close, expect_shape, seed_of
from grader.authoring.networks import drawn
from grader.authoring.pretrained import pretrained
from grader.authoring.training import figures
from reference.models.transfer import make_extractor, pretrain

from . import inside
from .data import NEW, NOISE, OLD, five_clouds, named, task, weights_of
from .experiment import (
    PASS,
    Experiment,
    expect_learnt,
    expect_tunes,
    our_extractor,
    pretrained_extractor,
    small_cnn,
    untrained,
)


@pytest.mark.points(1.25)
@pytest.mark.title("Extractor: the 64 features of raw images, also of a single one")
def test_features(student, rng):
    right, model = small_cnn(student, rng)
    extractor = student.make_extractor(model)
    for n in (5, 1):
        images = figures(rng, n, NOISE)[0]
        got = student.run(inside.FEATURES, extractor, images)
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
    missing, unreached = student.run(inside.REACHES, extractor, model, figures(rng, 4, NOISE)[0])
    told = "These weights of the model are none of the extractor's parameters: "
    expect(not missing, told + shown(missing))
    expect(not unreached, "While the extractor is not frozen, no gradient reaches " + shown(unreached))


@pytest.mark.points(0.25)
@pytest.mark.title("Extractor: the model itself still classifies as before")
def test_model_stays(student, rng):
    right, model = small_cnn(student, rng)
    student.make_extractor(model)
    images = drawn(rng, 3, 1, 32, 32)
    got = student.run(inside.LOGITS, model, images)
    expect_shape(got, (3, 6), what="the model's logits after make_extractor")
    with torch.no_grad():
        expected = right(images)
    what = "the model's logits after make_extractor"
    expect_close(got, expected, rtol=1e-4, atol=2e-4 * float(expected.abs().max()), what=what)


@pytest.mark.points(0.75)
@pytest.mark.title("freeze: no parameter needs a gradient, every layer is in evaluation mode")
def test_freeze(student, rng):
    _right, model = small_cnn(student, rng)
    is_same, trainable, training = student.run(inside.FROZEN, model)
    expect(not trainable, "After freeze(m) these parameters still have requires_grad=True: " + shown(trainable))
    expect(not training, "After freeze(m) these are still in training mode: " + shown(training))
    expect(is_same, "freeze(m) must return m itself.")


@pytest.mark.points(0.5)
@pytest.mark.title("freeze: a batch changes nothing in the frozen module, and it answers as in evaluation mode")
def test_frozen_in_use(student, rng):
    right, model = small_cnn(student, rng)
    images = figures(rng, 6, NOISE)[0]
    needs_gradient, changed, out = student.run(inside.USED_FROZEN, model, images)
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
        form = student.run(inside.HEAD_FORM, our_extractor(student, rng), images, labels, seed_of(rng))
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
    own, bias = student.run(inside.HEAD_CLOUDS, weight, images, labels, seed_of(rng))
    expect_shape(own, (5, 64), what="the head's weight")
    expect_shape(bias, (5,), what="the head's bias")
    share = named(unseen.flatten(1) @ weight.T, own, bias, truth)
    told = f"The head names {share:.0%} of new features, which lie in five clouds far apart; 95% is expected."
    expect(share >= 0.95, told)


@pytest.mark.parametrize(
    "is_trainable",
    [
        case("frozen", "train_head: a frozen extractor stays as it is, bit by bit", 0.5, False),
        case("trainable", "train_head: so does one that was handed over in training mode and trainable", 1.0, True),
    ],
)
def test_head_leaves_no_trace(student, rng, is_trainable):
    images, labels = task(rng, 4, 10)
    extractor = our_extractor(student, rng)
    changed, graded = student.run(inside.HEAD_TRACES, extractor, images, labels, is_trainable, seed_of(rng))
    expect(not changed, "While the head was trained, these changed in the extractor: " + shown(changed))
    expect(not graded, "While the head was trained, a gradient was computed for " + shown(graded))
    expect_learnt(student, rng)


@pytest.mark.points(1.0)
@pytest.mark.title("fine_tune: every weight of base and head is trained, in place, even if the base comes frozen")
def test_tunes_in_place(student, rng):
    images, labels = task(rng, 3, 4)
    found = student.run(inside.TUNED, our_extractor(student, rng), images, labels, 3, 1e-3, 1e-2, 2, seed_of(rng))
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
        student.run(inside.TUNED, our_extractor(student, rng), images, labels, 3, lr_base, lr_head, 1, seed_of(rng))
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
    state, seed = weights_of(rng).state_dict(), seed_of(rng)
    moved = [
        student.run(
            inside.DISTANCES, student.run(inside.OUR_EXTRACTOR, state, 6), images, labels, 3, lr_base, 1e-2, 1, seed
        )
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
        found = student.run(
            inside.TUNED, our_extractor(student, rng), images, labels, 3, 1e-3, 1e-2, epochs, seed_of(rng)
        )
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
    head = student.run(inside.SEEDED_HEAD, extractor, images, labels, None, seed_of(rng))
    with torch.no_grad():
        expected = make_extractor(right)(images)
    got = student.run(inside.FEATURES, extractor, images)
    expect_close(got, expected, rtol=0.0, atol=1e-3 * float(expected.abs().max()), what="the frozen features")
    student.run(inside.FINE_TUNE, extractor, head, images, labels, 1e-3, 1e-2, 3, seed_of(rng))
    tuned = student.run(inside.FEATURES, extractor, images)
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
    head = student.run(inside.SEEDED_HEAD, extractor, images, labels, None, seed_of(rng))
    own, bias = student.run(inside.WEIGHTS, head)
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
        head = student.run(inside.SEEDED_HEAD, extractor, images, labels, epochs, seed_of(rng))
        frozen = experiment.measure("frozen base", epochs, extractor, head)
    told = f"Fine-tuning starts from the frozen base's head, which names {frozen:.1%} of new images; 70% is expected."
    expect(frozen >= PASS, told)
    tuned = experiment.train("fine-tuned", extractor, head, 3e-4, 3e-3)
    empty = student.make_extractor(student.run(inside.MODEL, untrained(rng, base).state_dict(), 4))
    experiment.train("from scratch", empty, student.run(inside.NEW_LINEAR, 4, seed_of(rng)), 2e-3, 2e-3)
    told = f"After fine-tuning {tuned:.1%} of 400 new images are named; 70% is expected, 86% is usual."
    expect(tuned >= PASS, told)


def shown(names):
    """The first few of several names, as the end of a sentence."""
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(map(str, names[:4]))}{more}."


def article(name):
    """A type's name with its article."""
    return f"{'an' if str(name)[:1].lower() in 'aeiou' else 'a'} {name}"
