"""What the checks have run in the sandbox, beside the submission: each text is one function."""

MAKE = """
def make(channels, **settings):
    torch.manual_seed(0)
    return submission.BatchNorm2d(channels, **settings).double()
"""

STATE = """
def state(layer):
    if not isinstance(layer, nn.Module):
        return None
    return {
        "parameters": {name: p.detach() for name, p in layer.named_parameters()},
        "trained": [name for name, p in layer.named_parameters() if p.requires_grad],
        "saved": {name: value for name, value in layer.state_dict().items() if value.dim()},
    }
"""

WRITE = """
def write(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
"""

TRAIN_STEPS = """
def train_steps(layer, batches):
    layer.train()
    outs = [layer(batch).detach().clone() for batch in batches]
    return outs, layer.running_mean.detach().clone(), layer.running_var.detach().clone()
"""

EVALUATE = """
def evaluate(layer, batches):
    layer.eval()
    with torch.no_grad():
        outs = [layer(batch).clone() for batch in batches]
    return outs, layer.running_mean.detach().clone(), layer.running_var.detach().clone()
"""

GRADIENTS = """
def gradients(layer, batches, douts):
    layer.train()
    found = []
    for batch, dout in zip(batches, douts):
        x = batch.clone().requires_grad_()
        layer.zero_grad()
        (layer(x) * dout).sum().backward()
        found.append([None if t.grad is None else t.grad.clone() for t in (x, layer.weight, layer.bias)])
    return found, layer.running_mean.requires_grad or layer.running_var.requires_grad
"""

# A deep narrow network without biases, trained with large steps: without normalisation it stays at chance.
LEARN = """
def learn(images, labels, unseen, seed, normalises):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    layers, channels = [], 1
    for depth in range(6):
        layers += [nn.Conv2d(channels, 8, 3, padding=1, bias=False)]
        layers += [submission.BatchNorm2d(8), nn.ReLU()] if normalises else [nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if depth in (1, 3) else []
        channels = 8
    net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 4))
    moving, losses = [(p, torch.zeros_like(p)) for p in net.parameters()], []
    for epoch in range(3):
        rate = 0.01 if epoch < 2 else 0.001
        for chosen in torch.randperm(len(images)).split(20):
            net.zero_grad()
            loss = F.cross_entropy(net(images[chosen]), labels[chosen])
            loss.backward()
            losses.append(float(loss.detach()))
            with torch.no_grad():
                for p, velocity in moving:
                    p -= rate * velocity.mul_(0.8).add_(p.grad)
    net.eval()
    with torch.no_grad():
        return net(unseen), losses
"""
