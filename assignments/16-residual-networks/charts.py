"""What students see of the two experiments."""

from __future__ import annotations

from grader.authoring import Chart, Curve

LEAST_GRADIENT = 1e-4
LEAST_ACCURACY = 0.5


def gradient_chart(measured):
    """The norm of the gradient at each convolution, from the input to the output."""
    return Chart(
        title="How much gradient arrives at each convolution",
        x_label="convolution, counted from the image",
        y_label="norm of the gradient",
        curves=tuple(Curve.of(name, norms) for name, norms in measured.items()),
        limit=LEAST_GRADIENT,
        is_log=True,
        note="28 convolutions before any training. Read from right to left, as the gradient travels.",
    )


def loss_chart(runs, named):
    """The loss of each network, epoch by epoch, with the accuracies once they are known."""
    parts = [f"{name} {share:.1%}" for name, share in named.items()]
    told = f" Named of 1 000 new figures: {', '.join(parts)}; {LEAST_ACCURACY:.0%} is asked for." if parts else ""
    return Chart(
        title="20 convolutions in training",
        x_label="epoch",
        y_label="training loss (cross-entropy)",
        curves=tuple(Curve.of(name, training.losses) for name, training in runs.items()),
        note=f"Both have batch norm, the same images and the same steps: only the shortcut differs.{told}",
    )
