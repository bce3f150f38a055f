"""What the checks have run in the sandbox, beside the submission: each text is one function."""

FEATURES = """
def features(net):
    found = getattr(net, "features", None)
    return found if isinstance(found, nn.Module) else None
"""

DENSE_END = """
def dense_end(net, maps, biases, training, seed):
    net.features = nn.Identity()
    linears = [module for module in net.modules() if isinstance(module, nn.Linear)]
    entered = []
    for linear in linears:
        linear.register_forward_pre_hook(lambda _layer, inputs: entered.append(inputs[0].clone()))
    with torch.no_grad():
        for linear, bias in zip(linears, biases):
            if linear.bias is not None and linear.bias.shape == bias.shape:
                linear.bias.copy_(bias)
        torch.manual_seed(seed)
        net.train(training)
        return entered, net(maps)
"""

KEEPS_CFG = """
def keeps_cfg(cfg):
    with torch.device("meta"):
        submission.vgg(cfg, 5, 2)
    return cfg
"""

# fc7 and fc8 are written for the first units alone, and the others stay zero: 58 million numbers would take seconds.
WRITE_DENSE = """
def write_dense(net, weights, biases):
    linears = [module for module in net.modules() if isinstance(module, nn.Linear)]
    with torch.no_grad():
        for linear, weight, bias in zip(linears, weights, biases):
            linear.weight[: weight.shape[0], : weight.shape[1]].copy_(weight)
            linear.bias.copy_(bias)
"""

# Without the weights of the dense layers, whose gradients are as large as they are and come with those of the biases.
REACHED = """
def reached(net, images):
    followed = {name: p for name, p in net.named_parameters() if p.ndim != 2}
    loss = net.train()(images).square().sum()
    if not loss.requires_grad:
        return dict.fromkeys(followed, False)
    gradients = torch.autograd.grad(loss, list(followed.values()), allow_unused=True)
    return {name: g is not None and bool((g != 0).any()) for name, g in zip(followed, gradients)}
"""

# A network with a wide convolution, layers of equal weights with and without biases, buffers and a frozen layer.
MAKE = """
def make(kind, width):
    if kind == "convolution":
        return nn.Sequential(nn.Conv2d(3, width, 5), nn.ReLU(), nn.Flatten(), nn.Linear(width, 10))
    if kind == "biases":
        first = nn.Sequential(nn.Linear(width, width, bias=False), nn.ReLU())
        return nn.Sequential(first, nn.Sequential(nn.Linear(width, width), nn.ReLU()))
    if kind == "blocks":
        block = nn.Sequential(*(nn.Linear(width, width) for _ in range(4)))
        return nn.Sequential(block, nn.Linear(width, 2 * width))
    if kind == "buffers":
        return nn.Sequential(nn.BatchNorm2d(10 * width), nn.Conv2d(3, width, 1), nn.Flatten(), nn.Linear(3 * width, 8))
    frozen = nn.Sequential(nn.Linear(width, 9 * width).requires_grad_(False), nn.ReLU())
    return nn.Sequential(frozen, nn.Linear(9 * width, width), nn.ReLU(), nn.Linear(width, 3))
"""
