"""What the checks have run in the sandbox, beside the submission: each text is one function."""

INPUT_GRADIENT = """
def input_gradient(net, images, weights):
    net.train()
    images = images.clone().requires_grad_()
    (net(images) * weights).sum().backward()
    return images.grad
"""

MIXED = """
def mixed(widths):
    first, second, third = widths
    net = nn.Sequential(
        nn.Conv2d(3, first, 3, bias=False), nn.BatchNorm2d(first), nn.ReLU(), nn.Conv2d(first, second, 1),
        nn.BatchNorm2d(second), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(second, third),
    )
    net[3].requires_grad_(False)
    return net
"""

CONVOLUTIONS = """
def convolutions(net):
    from torch.utils._python_dispatch import TorchDispatchMode

    ran = []

    class Watch(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls):
            return False  # torch would import its compiler to do so, which takes seconds

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if function.__name__.startswith("convolution"):
                ran.append([list(args[1].shape), args[8]])
            return function(*args, **(kwargs or {}))

    net.eval()
    with torch.no_grad(), Watch():
        net(torch.zeros(1, 1, 32, 32))
    return ran
"""
