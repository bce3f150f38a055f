"""ReLU, sigmoid, dense layer, softmax: fill in the seven functions."""

import numpy as np


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, object]:
    """The ReLU of every number of x, which has any shape.

    Returns (out, cache): out has the shape of x, cache is what relu_backward needs.
    """
    raise NotImplementedError("relu_forward is still to be written")


def relu_backward(dout: np.ndarray, cache: object) -> np.ndarray:
    """The gradient with respect to the ReLU's input.

    dout: the gradient of the loss with respect to the ReLU's output
    cache: what relu_forward returned

    Returns dx, of the shape of dout.
    """
    raise NotImplementedError("relu_backward is still to be written")


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) of every number of x, without overflow."""
    raise NotImplementedError("sigmoid is still to be written")


def affine_forward(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, object]:
    """The forward pass of a fully connected layer.

    x: N inputs, (N, D) or (N, C, H, W) with C * H * W = D
    w: weights (D, M), a row for each input and a column for each output
    b: biases (M,)

    Returns (out, cache): out has shape (N, M), cache is what affine_backward needs.
    """
    raise NotImplementedError("affine_forward is still to be written")


def affine_backward(dout: np.ndarray, cache: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The backward pass of a fully connected layer.

    dout: the gradient of the loss with respect to the layer's output (N, M)
    cache: what affine_forward returned

    Returns (dx, dw, db), of the shapes of x, w and b.
    """
    raise NotImplementedError("affine_backward is still to be written")


def softmax(z: np.ndarray, axis: int = 1) -> np.ndarray:
    """The softmax of the scores z along an axis, without overflow; it has the shape of z."""
    raise NotImplementedError("softmax is still to be written")


def softmax_loss(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of the softmax of scores, and its gradient.

    x: scores (N, C), what the last layer gives
    y: the right class of each image (N,), whole numbers from 0 to C - 1

    Returns (loss, dx): a number, and the gradient of the loss with respect to x (N, C).
    """
    raise NotImplementedError("softmax_loss is still to be written")
