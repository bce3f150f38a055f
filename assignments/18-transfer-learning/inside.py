"""What the checks have run in the sandbox, beside the submission: each text is one function."""

from __future__ import annotations

import inspect
import textwrap

from reference.models.transfer import Extractor, SmallCNN

CLASSES = "".join(textwrap.indent(inspect.getsource(each), "    ") + "\n" for each in (SmallCNN, Extractor))

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
