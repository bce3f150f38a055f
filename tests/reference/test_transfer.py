from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its usual name

from grader.authoring.pretrained import pretrained
from reference.models.cost import count_parameters
from reference.models.transfer import SmallCNN, fine_tune, freeze, make_extractor, pretrain, train_head
from reference.shapes import make_shapes

OLD = ("ring", "square", "tri_up", "tri_down", "cross", "hbar")
NEW = ("disc", "frame", "plus", "vbar")


@pytest.fixture(autouse=True)
def one_thread_and_one_seed() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


def images(n: int, seed: int = 1, classes: tuple[str, ...] = NEW) -> tuple[torch.Tensor, torch.Tensor]:
    drawn, labels = make_shapes(n, seed, noise=0.3, classes=classes)
    return torch.from_numpy(drawn), torch.from_numpy(labels)


def ten_of_each(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    drawn, labels = images(400, seed)
    chosen = torch.cat([(labels == label).nonzero()[:10, 0] for label in range(len(NEW))])
    return drawn[chosen], labels[chosen]


def random_model() -> SmallCNN:
    """A model none of whose tensors has the value that it starts with."""
    model = SmallCNN()
    with torch.no_grad():
        for tensor in (*model.parameters(), *(b for b in model.buffers() if b.is_floating_point())):
            tensor.copy_(torch.rand_like(tensor) + 0.1)
    return model.eval()


def state(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def changed(module: nn.Module, before: dict[str, torch.Tensor]) -> set[str]:
    return {name for name, tensor in module.state_dict().items() if not torch.equal(tensor, before[name])}


def test_base_has_the_parameters_that_the_statement_counts() -> None:
    model = SmallCNN()
    kernels = 9 * (1 * 8 + 8 * 16 + 16 * 32 + 32 * 64)
    assert count_parameters(make_extractor(model)) == kernels + 2 * (8 + 16 + 32 + 64)
    assert count_parameters(model.fc) == 6 * 64 + 6


@pytest.mark.parametrize("n", [1, 3])
def test_extractor_gives_what_enters_the_models_classifier(n: int) -> None:
    model, (x, _) = random_model(), images(n)
    features = make_extractor(model)(x)
    assert features.shape == (n, 64)
    torch.testing.assert_close(model.fc(features), model((x - model.mean) / model.std))


def test_extractor_is_the_network_written_out() -> None:
    model, (x, _) = random_model(), images(3)
    maps = (x - model.mean) / model.std
    for first in range(0, 16, 4):
        conv, norm = model.features[first], model.features[first + 1]
        assert isinstance(norm, nn.BatchNorm2d)
        maps = F.conv2d(maps, conv.weight, padding=1)
        mean, variance, scale, shift = (
            tensor[:, None, None] for tensor in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
        )
        maps = ((maps - mean) / (variance + 1e-5).sqrt() * scale + shift).clamp(min=0)
        n, channels, height, width = maps.shape
        maps = maps.view(n, channels, height // 2, 2, width // 2, 2).amax((3, 5))
    torch.testing.assert_close(make_extractor(model)(x), maps.mean((2, 3)), rtol=1e-4, atol=1e-4)


def test_frozen_module_needs_no_gradient_and_a_batch_leaves_its_statistics() -> None:
    model, (x, _) = random_model().train(), images(5)
    before = state(model)
    assert freeze(model) is model
    assert not model(x).requires_grad
    assert not changed(model, before)


@pytest.mark.parametrize("is_training", [False, True])
def test_training_the_head_changes_no_bit_of_the_extractor(is_training: bool) -> None:
    extractor, (x, y) = make_extractor(random_model()).train(is_training), images(20)
    before = state(extractor)
    head = train_head(extractor, x, y)
    assert not changed(extractor, before)
    assert all(parameter.grad is None for parameter in extractor.parameters())
    assert (head.in_features, head.out_features) == (64, 4)
    assert head.weight.requires_grad


def test_head_reaches_the_smallest_loss_that_an_independent_solver_finds() -> None:
    """The cross-entropy of a linear layer is convex: Newton-like steps (L-BFGS) lead to the same minimum."""
    x, y = images(40)
    labels = torch.randint(0, 2, y.shape)
    extractor = nn.Sequential(nn.Flatten(), nn.Linear(1024, 3, bias=False))
    head = train_head(extractor, x, labels, epochs=4000)
    features, other = extractor(x).detach(), nn.Linear(3, 2)
    solver = torch.optim.LBFGS(other.parameters(), max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        value = F.cross_entropy(other(features), labels)
        value.backward()
        return value

    solver.step(loss)
    with torch.no_grad():
        reached, smallest = (float(F.cross_entropy(net(features), labels)) for net in (head, other))
    assert reached == pytest.approx(smallest, abs=1e-3)


def test_fine_tuning_moves_every_weight_in_place_and_ends_in_evaluation_mode() -> None:
    extractor, head, (x, y) = freeze(make_extractor(random_model())), nn.Linear(64, 4), images(20)
    before = state(extractor), state(head)
    fine_tune(extractor, head, x, y, lr_base=1e-3, lr_head=1e-2, epochs=2)
    assert changed(extractor, before[0]) >= {name for name, _ in extractor.named_parameters()}
    assert changed(head, before[1]) == {"weight", "bias"}
    assert not any(module.training for module in extractor.modules())


@pytest.mark.parametrize(("lr_base", "lr_head"), [(0.0, 1e-2), (1e-3, 0.0)])
def test_a_rate_of_zero_moves_nothing(lr_base: float, lr_head: float) -> None:
    extractor, head, (x, y) = make_extractor(random_model()), nn.Linear(64, 4), images(20)
    before = state(extractor), state(head)
    fine_tune(extractor, head, x, y, lr_base, lr_head, epochs=1)
    weights = {name for name, _ in extractor.named_parameters()}
    assert bool(changed(extractor, before[0]) & weights) is (lr_base > 0)
    assert bool(changed(head, before[1])) is (lr_head > 0)


def test_fine_tuning_for_no_epoch_changes_nothing() -> None:
    extractor, head, (x, y) = make_extractor(random_model()), nn.Linear(64, 4), images(20)
    before = state(extractor), state(head)
    fine_tune(extractor, head, x, y, 1e-3, 1e-2, epochs=0)
    assert not changed(extractor, before[0]) | changed(head, before[1])


def test_first_step_of_adam_moves_each_weight_by_its_rate() -> None:
    extractor, head, (x, y) = make_extractor(random_model()), nn.Linear(64, 4), images(10)
    before = state(head)
    fine_tune(extractor, head, x, y, lr_base=1e-4, lr_head=1e-2, epochs=1)
    moved = (head.bias.detach() - before["bias"]).abs()
    np.testing.assert_allclose(moved.numpy(), 1e-2, rtol=1e-3)


def test_pretrained_base_is_trained_once_and_given_as_a_copy() -> None:
    calls = []

    def train(x: torch.Tensor, y: torch.Tensor) -> nn.Module:
        calls.append((len(x), int(y.max())))
        return nn.Linear(2, 2)

    generator = torch.get_rng_state()
    first = pretrained(train, OLD, n=30)
    values = copy.deepcopy(first.weight)
    with torch.no_grad():
        first.weight.zero_()
    assert torch.equal(pretrained(train, OLD, n=30).weight, values)
    assert calls == [(30, 5)]
    assert torch.equal(torch.get_rng_state(), generator)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_ten_labels_a_class_suffice_for_a_pretrained_base_alone(seed: int) -> None:
    base = pretrained(pretrain, OLD)
    x, y = ten_of_each(seed)
    unseen, truth = images(600, seed + 10)

    def share(extractor: nn.Module, head: nn.Module) -> float:
        with torch.no_grad():
            return float((head(extractor(unseen)).argmax(1) == truth).double().mean())

    extractor = make_extractor(base)
    head = train_head(extractor, x, y)
    frozen = share(extractor, head)
    fine_tune(extractor, head, x, y, 3e-4, 3e-3, 20)
    fresh = SmallCNN()
    fresh.mean.copy_(base.mean)
    fresh.std.copy_(base.std)
    scratch, new = make_extractor(fresh), nn.Linear(64, 4)
    fine_tune(scratch, new, x, y, 2e-3, 2e-3, 20)
    assert frozen >= 0.7
    assert share(extractor, head) >= 0.7
    assert share(scratch, new) < min(frozen, share(extractor, head))
