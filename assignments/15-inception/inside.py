"""What the checks have run in the sandbox, beside the submission: each text is one function."""

BRANCHES = """
def branches(net, shape):
    from torch.utils._python_dispatch import TorchDispatchMode

    ran = []

    class Watch(TorchDispatchMode):
        @classmethod
        def _should_skip_dynamo(cls):
            return False  # else torch imports its compiler, which takes longer than all the rest

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            out = function(*args, **(kwargs or {}))
            if function.__name__.startswith("convolution"):
                weight = args[1]
                ran.append([weight.shape[1], weight.shape[0], weight.shape[2], *out.shape[2:]])
            return out

    out, error = None, ""
    with torch.no_grad(), Watch():
        try:
            out = list(net(torch.zeros(2, *shape)).shape)
        except RuntimeError as raised:
            error = str(raised).partition(chr(10))[0]
    return sorted(ran), out, error
"""

LOSS_GRADIENT = """
def loss_gradient(outs, y, w):
    outs = [out.clone().requires_grad_() for out in outs]
    loss = submission.total_loss(tuple(outs), y, w)
    if not isinstance(loss, torch.Tensor) or not loss.requires_grad:
        return None
    return torch.autograd.grad(loss, outs, allow_unused=True)
"""

# Backwards from each output to what it was computed from: is the first convolution's weight among it?
REACHED = """
def reached(net, images):
    outs = net.train()(images)
    outs = outs if isinstance(outs, (tuple, list)) else [outs]
    first = {id(p) for p in net.parameters() if p.shape == (64, 3, 7, 7)}
    found = []
    for out in outs:
        waiting, seen = [out.grad_fn], set()
        while waiting:
            step = waiting.pop()
            if step is not None and step not in seen:
                seen.add(step)
                waiting += [before for before, _ in step.next_functions]
        found.append(any(id(getattr(step, "variable", None)) in first for step in seen))
    return found
"""

# In float64: where rounding makes a ReLU or a maximum fall the other way, gradients jump, other than outputs.
FIRST_GRADIENTS = """
def first_gradients(net, images, labels):
    net.double().train()
    for module in net.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
    first = [p for p in net.parameters() if p.shape == (64, 3, 7, 7)]
    outs = net(images)
    if len(first) != 1 or not isinstance(outs, (tuple, list)):
        return None
    found = []
    for out in outs:
        loss = F.cross_entropy(out, labels)
        found += torch.autograd.grad(loss, first, retain_graph=True, allow_unused=True) if loss.requires_grad else [None]
    return found
"""

# Every hidden unit before the last layer is 1, and the last layer copies each to an output of its own, plus 1.
LEFT_OUT = """
def left_out(net, shape, training, seed):
    with torch.no_grad():
        for p in net.parameters():
            p.fill_(1.0 if p.dim() == 1 else 0.0)
            if p.shape == (1024, 1024):
                p.copy_(torch.eye(1024))
        torch.manual_seed(seed)
        return net.train(training)(torch.ones(2, *shape))
"""

DEPTHS = """
def depths(net, images, labels, seed):
    torch.manual_seed(seed)
    net.train()
    ran, hooks = [], []
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.reset_parameters()
        if isinstance(module, nn.Conv2d) and tuple(module.kernel_size) in ((7, 7), (3, 3)):
            hooks.append(module.register_forward_hook(lambda module, inputs, out: ran.append(module)))
    outs = net(images)
    for hook in hooks:
        hook.remove()
    norms = []
    for loss in (submission.total_loss(outs[0], labels), submission.total_loss(outs, labels)):
        net.zero_grad()
        loss.backward(retain_graph=True)
        norms.append([0.0 if conv.weight.grad is None else float(conv.weight.grad.norm()) for conv in ran])
    return norms
"""
