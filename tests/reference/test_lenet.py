from __future__ import annotations

import pytest
import torch
from torch import nn

from reference.models.cost import count_parameters, mult_adds
from reference.models.lenet import C3_TABLE, LeNet5, scaled_tanh

LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6", "out")
SHAPES = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84,), (10,)]


@pytest.mark.parametrize(
    ("variant", "counts"),
    [("modern", [156, 0, 2416, 0, 48120, 10164, 850]), ("1998", [156, 12, 1516, 32, 48120, 10164, 0])],
)
def test_lenet_parameters_of_each_layer(variant: str, counts: list[int]) -> None:
    net = LeNet5(variant=variant)
    assert [count_parameters(getattr(net, name)) for name in LAYERS] == counts
    assert count_parameters(net) == {"modern": 61_706, "1998": 60_000}[variant]


@pytest.mark.parametrize(("variant", "expected"), [("modern", 416_520), ("1998", 325_680)])
def test_lenet_mult_adds(variant: str, expected: int) -> None:
    assert mult_adds(LeNet5(variant=variant), (1, 32, 32)) == expected


@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("batch", [1, 7])
def test_lenet_shapes_of_each_layer(variant: str, batch: int) -> None:
    net, seen = LeNet5(variant=variant), []
    for name in LAYERS:
        getattr(net, name).register_forward_hook(lambda _layer, _inputs, output: seen.append(tuple(output.shape)))
    net(torch.zeros(batch, 1, 32, 32))
    assert seen == [(batch, *shape) for shape in SHAPES]


def test_c3_table_has_sixty_kernels_and_ten_readers_of_every_map() -> None:
    assert [len(sources) for sources in C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    assert [sum(source in sources for sources in C3_TABLE) for source in range(6)] == [10] * 6
    assert len(set(C3_TABLE)) == 16


def test_lenet_1998_c3_reads_only_its_table() -> None:
    c3 = LeNet5(variant="1998").c3
    x = torch.randn(1, 6, 5, 5, requires_grad=True)
    maps = c3(x)[0, :, 0, 0]
    for number, sources in enumerate(C3_TABLE):
        (gradient,) = torch.autograd.grad(maps[number], x, retain_graph=True)
        read = gradient[0].abs().sum(dim=(1, 2)) > 0
        assert tuple(read.nonzero().flatten().tolist()) == sources


def test_lenet_1998_output_is_largest_for_the_nearest_code() -> None:
    out = LeNet5(variant="1998").out
    logits = out(out.codes)
    assert torch.equal(logits.argmax(1), torch.arange(10))
    assert torch.equal(logits.diagonal(), torch.zeros(10))
    different = (out.codes[0] != out.codes[1]).sum()
    assert logits[0, 1] == -4 * different


def test_lenet_1998_is_the_network_written_out() -> None:
    """The same weights through torch's functions: the partial convolution as a full one with zeros."""
    torch.manual_seed(0)
    net, x = LeNet5(variant="1998").double(), torch.randn(3, 1, 32, 32).double()
    kernel, bias = torch.zeros(16, 6, 5, 5).double(), torch.zeros(16).double()
    for number, sources in enumerate(C3_TABLE):
        kernel[number, list(sources)] = net.c3.maps[number].weight[0]
        bias[number] = net.c3.maps[number].bias[0]

    def subsample(layer: nn.Module, maps: torch.Tensor) -> torch.Tensor:
        sums = sum(maps[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1))
        return scaled_tanh(sums * layer.weight.reshape(1, -1, 1, 1) + layer.bias.reshape(1, -1, 1, 1))

    s2 = subsample(net.s2, scaled_tanh(net.c1(x)))
    s4 = subsample(net.s4, scaled_tanh(nn.functional.conv2d(s2, kernel, bias)))
    c5 = scaled_tanh(s4.reshape(3, 400) @ net.c5.weight.reshape(120, 400).T + net.c5.bias)
    f6 = scaled_tanh(c5 @ net.f6.weight.T + net.f6.bias)
    expected = -(torch.cdist(f6, net.out.codes.double()) ** 2)
    torch.testing.assert_close(net(x), expected)


def test_lenet_modern_is_the_network_written_out() -> None:
    torch.manual_seed(0)
    net, x = LeNet5(act="tanh", pool="avg").double(), torch.randn(2, 1, 32, 32).double()
    plain = nn.Sequential(
        *(net.c1, nn.Tanh(), nn.AvgPool2d(2), net.c3, nn.Tanh(), nn.AvgPool2d(2)),
        *(net.c5, nn.Tanh(), nn.Flatten(), net.f6, nn.Tanh(), net.out),
    )
    torch.testing.assert_close(net(x), plain(x))
    assert not torch.allclose(net(x), LeNet5()(x.float()).double())


def test_scaled_tanh_maps_one_to_one() -> None:
    assert scaled_tanh(torch.tensor([-1.0, 0.0, 1.0])).tolist() == pytest.approx([-1, 0, 1], abs=1e-4)


@pytest.mark.parametrize("wrong", [{"variant": "1989"}, {"act": "swish"}, {"pool": "median"}])
def test_lenet_names_a_setting_that_is_unknown(wrong: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong.values()))):
        LeNet5(**wrong)


@pytest.mark.slow
def test_lenet_learns_the_shapes() -> None:
    """The budget that the assignment grants: 4 000 images, 8 epochs."""
    from reference.shapes import make_shapes

    torch.manual_seed(1)
    net = LeNet5()
    images, labels = map(torch.from_numpy, make_shapes(4000, 1))
    unseen, truth = map(torch.from_numpy, make_shapes(1000, 2))
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(8):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(images[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        accuracy = (net(unseen).argmax(1) == truth).float().mean()
    assert accuracy >= 0.85
