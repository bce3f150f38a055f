"""What the checks have run in the sandbox, beside the submission: each text is one function."""

STRUCTURE = """
def structure(net, names):
    if not isinstance(net, nn.Module):
        return None
    seen = {}

    def watch(name):
        def hook(layer, inputs, output):
            seen.setdefault(name, []).append(list(output.shape[1:]))
        return hook

    layers = {name: getattr(net, name, None) for name in names}
    hooks = [layer.register_forward_hook(watch(name)) for name, layer in layers.items() if isinstance(layer, nn.Module)]
    with torch.no_grad():
        net(torch.zeros(2, 1, 32, 32))
    for hook in hooks:
        hook.remove()
    counts = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            layer = name.partition(".")[0]
            counts[layer] = counts.get(layer, 0) + parameter.numel()
    return {
        "missing": [name for name, layer in layers.items() if not isinstance(layer, nn.Module)],
        "shapes": seen,
        "counts": counts,
    }
"""

WRITE = """
def write(net, values):
    problems = []
    with torch.no_grad():
        for layer, tensors in values.items():
            for kind, value in tensors.items():
                own = [p for name, p in getattr(net, layer).named_parameters() if name.rpartition(".")[2] == kind]
                if len(own) == 1 and own[0].numel() == value.numel() and len(own[0]) == len(value):
                    own[0].copy_(value.reshape(own[0].shape))
                else:
                    problems.append([f"{layer}.{kind}", [list(p.shape) for p in own], list(value.shape)])
    others = [name for name, _ in net.named_parameters() if name.partition(".")[0] not in values]
    return problems, others
"""

WRITE_CODES = """
def write_codes(net, codes):
    own = dict(net.out.named_buffers()).get("codes")
    if own is None:
        return None
    before = own.clone()
    if own.shape == codes.shape:
        own.copy_(codes)
    return before
"""

READ_C3 = """
def read_c3(net, seed, images):
    generator = torch.Generator().manual_seed(seed)
    impulses = torch.zeros(39, 6, 14, 14)
    for number in range(150):
        image, part = divmod(number, 4)
        channel, row, column = number // 25, number // 5 % 5, number % 5
        impulses[1 + image, channel, part // 2 * 5 + row, part % 2 * 5 + column] = 1
    with torch.no_grad():
        for parameter in net.c3.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / 8)
        answers = net.c3(impulses)[:, :, ::5, ::5]
        bias = answers[0, :, 0, 0]
        kernel = (answers[1:] - bias[:, None, None]).permute(0, 2, 3, 1).reshape(152, -1)[:150]
        return kernel.T.reshape(-1, 6, 5, 5), bias, net.c3(images)
"""
