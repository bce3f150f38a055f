"""A class for each type of layer, and each rule as a function of its own."""


class Step:
    def __init__(self, index, layer, shape):
        self.index, self.layer = index, layer
        self.before = self.after = shape
        self.params = self.macs = 0

    def get(self, key, default=None):
        return self.layer.get(key, default)

    @property
    def kernel(self):
        k = self.layer["kernel"]
        return (k, k) if isinstance(k, int) else tuple(k)

    def quotients(self):
        for n, k in zip(self.before[1:], self.kernel):
            yield divmod(n + 2 * self.get("pad", 0) - k, self.get("stride", 1))


def windows(step):
    sizes = []
    for whole, _ in step.quotients():
        if whole < 0:
            raise ValueError(f"layer {step.index}: the window is larger than the map")
        sizes.append(whole + 1)
    return sizes


def run_conv(step):
    groups, c_out, c_in = step.get("groups", 1), step.layer["out"], step.before[0]
    if any(channels % groups for channels in (c_in, c_out)):
        raise ValueError(f"layer {step.index}: {groups} groups")
    kh, kw = step.kernel
    step.after = (c_out, *windows(step))
    fan_in = c_in // groups * kh * kw
    step.params = c_out * (fan_in + step.get("bias", True))
    step.macs = fan_in * c_out * step.after[1] * step.after[2]


def run_pool(step):
    step.after = (step.before[0], *windows(step))


def run_fc(step):
    fan_in = 1
    for side in step.before:
        fan_in *= side
    step.after = (step.layer["out"],)
    step.macs = fan_in * step.layer["out"]
    step.params = step.macs + (step.layer["out"] if step.get("bias", True) else 0)


def run_bn(step):
    step.params = step.before[0] * 2


RUN = {"conv": run_conv, "pool": run_pool, "fc": run_fc, "bn": run_bn}


def walk(spec, in_shape):
    shape = tuple(in_shape)
    for index, layer in enumerate(spec):
        step = Step(index, layer, shape)
        RUN.get(layer["type"], lambda step: None)(step)
        shape = step.after
        yield step


def analyse(spec, in_shape):
    return [{"name": s.layer["name"], "out": s.after, "params": s.params, "macs": s.macs} for s in walk(spec, in_shape)]


def is_large(step):
    return step.layer["type"] == "conv" and step.index != 0 and any(k > 5 for k in step.kernel)


def is_resizing(step):
    return step.layer["type"] == "conv" and list(step.before[1:]) != list(step.after[1:])


def is_unusual_pool(step):
    if step.layer["type"] != "pool" or step.layer["kind"] != "max":
        return False
    return step.kernel != (2, 2) or step.layer["stride"] != 2 or step.get("pad", 0) != 0


def is_fractional(step):
    return step.layer["type"] in ("conv", "pool") and any(rest for _, rest in step.quotients())


RULES = {"R2": is_large, "R3": is_resizing, "R4": is_unusual_pool, "R5": is_fractional}


def lint(spec, in_shape):
    found = [(-1, "R1")] if any(side & 31 for side in in_shape[1:]) else []
    return found + [
        (step.index, name) for step in walk(spec, in_shape) for name, broken in RULES.items() if broken(step)
    ]
