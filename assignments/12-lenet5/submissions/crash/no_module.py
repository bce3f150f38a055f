"""A class that is no nn.Module, and has none of its abilities."""


class LeNet5:
    def __init__(self, num_classes=10, variant="modern", act="relu", pool="max"):
        self.num_classes = num_classes

    def __call__(self, x):
        raise RuntimeError(f"cannot tell {self.num_classes} classes apart")
