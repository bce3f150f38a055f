"""What the checks have run in the sandbox, beside the submission: each text is one function."""

OF_ZEROS = """
def of_zeros(name, args, images, training):
    block = getattr(submission, name)(*args)
    block.train(training)
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
        return block(images.clone())
"""

PROBE = """
def probe(name, args, images, training):
    block = getattr(submission, name)(*args)
    block.train(training)
    given = images.clone()
    with torch.no_grad():
        for number, parameter in enumerate(block.parameters(), 1):
            parameter.copy_(torch.cos(torch.arange(parameter.numel()) * number).view(parameter.shape))
        return block(given), given
"""

BACKWARD = """
def backward(name, args, images, weights):
    block = getattr(submission, name)(*args).eval()
    with torch.no_grad():
        for number, parameter in enumerate(block.parameters(), 1):
            parameter.copy_(torch.cos(torch.arange(parameter.numel()) * number).view(parameter.shape))
    images = images.clone().requires_grad_()
    (block(images * 1) * weights).sum().backward()
    return images.grad
"""

SHAPES = """
def shapes(depth):
    with torch.device("meta"):
        net = submission.resnet(depth)
    if not isinstance(net, nn.Module):
        return None
    return [list(parameter.shape) for parameter in net.parameters() if parameter.requires_grad]
"""

RESIDUAL = """
def residual(width, strides, seed):
    torch.manual_seed(seed)
    channels = [1] + [width] * (len(strides) - 1)
    blocks = [submission.BasicBlock(c_in, width, stride) for c_in, stride in zip(channels, strides)]
    net = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
    for module in net.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return net
"""

PLAIN = """
def plain(width, strides, seed, is_normalised):
    torch.manual_seed(seed)
    layers, c_in = [], 1
    for stride in strides:
        for step in (stride, 1):
            layers.append(nn.Conv2d(c_in, width, 3, step, 1, bias=not is_normalised))
            layers += [nn.BatchNorm2d(width), nn.ReLU()] if is_normalised else [nn.ReLU()]
            c_in = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))
"""

GRADIENT_NORMS = """
def gradient_norms(net, images, labels, training):
    net.train(training)
    net.zero_grad()
    F.cross_entropy(net(images), labels).backward()
    kernels = [p for p in net.parameters() if tuple(p.shape[2:]) == (3, 3)]
    return [0.0 if kernel.grad is None else float(kernel.grad.norm()) for kernel in kernels]
"""
