"""Which reference is held against which oracle, over which cases. A new reference joins here."""

from __future__ import annotations

from reference import (
    accountant,
    activations,
    conv,
    dense,
    feature_maps,
    invariance,
    kernels,
    normalisation,
    parameters,
    pooling,
    sizes,
)
from scripts.reference_cases import ends, images, layers, normal, numbers
from scripts.reference_cases.trial import Pair

PAIRS = (
    Pair(conv.conv_forward, "torch", layers.conv_by_torch),
    Pair(conv.conv_forward, "definition", layers.conv_by_definition),
    Pair(conv.conv_forward_im2col, "torch", layers.conv_by_torch),
    Pair(conv.conv_backward, "torch's gradient", layers.conv_gradient),
    Pair(pooling.pool_forward, "torch", layers.pool_by_torch),
    Pair(pooling.pool_forward, "definition", layers.pool_by_definition),
    Pair(pooling.pool_forward_views, "torch", layers.pool_by_torch),
    Pair(pooling.pool_backward, "torch's gradient", layers.pool_gradient),
    Pair(pooling.pool_backward_offsets, "torch's gradient", layers.pool_gradient),
    Pair(sizes.output_size, "counting", numbers.size_by_counting),
    Pair(sizes.same_pad, "trying", numbers.same_by_counting),
    Pair(sizes.receptive_field, "following back", numbers.field_by_following),
    Pair(kernels.correlate2d, "torch", images.correlation),
    Pair(kernels.convolve2d, "torch, transposed", images.convolution),
    Pair(feature_maps.sobel, "differences", images.gradients_of_an_image),
    Pair(feature_maps.feature_maps, "torch", images.maps_of_an_image),
    Pair(feature_maps.grey_levels, "fractions", images.levels),
    Pair(invariance.shift_agreement, "counting in fractions", images.shifted_pooling),
    Pair(parameters.mlp_params, "torch's layers", numbers.dense_parameters),
    Pair(parameters.local_params, "torch's layers", numbers.local_parameters),
    Pair(parameters.conv_params, "torch's layers", numbers.shared_parameters),
    Pair(accountant.analyse, "torch's layers", numbers.network),
    Pair(activations.relu_forward, "torch", ends.relu),
    Pair(activations.relu_backward, "torch's gradient", ends.relu_gradient),
    Pair(activations.sigmoid, "torch", ends.logistic),
    Pair(activations.softmax, "torch", ends.shares),
    Pair(dense.affine_forward, "torch", ends.dense),
    Pair(dense.affine_backward, "torch's gradient", ends.dense_gradient),
    Pair(dense.softmax_loss, "torch and its gradient", ends.loss),
    Pair(normalisation.rescale, "fractions", normal.rescaled),
    Pair(normalisation.batchnorm_forward, "torch", normal.batch_norm),
    Pair(normalisation.batchnorm_backward, "torch's gradient", normal.batch_norm_gradient),
)

NOT_COMPARED = {
    "accountant.lint": "rules, not numbers: its tests go through them",
    **dict.fromkeys((f"networks.{name}" for name in ("conv", "pool", "fc", "relu")), "writes down one layer"),
    **dict.fromkeys(
        (f"networks.{name}" for name in ("lenet5", "alexnet", "vgg16", "mobilenet")), "writes down one network"
    ),
    "dropout.dropout_forward": "draws its mask at random: its tests hold the shares",
    "dropout.dropout_backward": "a product with that mask",
    "invariance.pooled_sizes": "output_size for each window and stride",
    "invariance.rot90_relation": "a word, not a number: its tests go through the three",
    "invariance.turned": "NumPy's quarter turn",
    "invariance.agree": "a comparison",
    "conv.geometry": "a part of the layers that are compared",
    "conv.zero_padded": "a part of the layers that are compared",
    "conv.result_dtype": "a rule on types, not a computation",
    "pooling.window_at": "a part of the layers that are compared",
    "pooling.statistic": "a part of the layers that are compared",
    "pooling.shares": "a part of the layers that are compared",
    "fast_conv.conv_forward_offsets": "what timed calls are held to: its tests hold it to conv",
    "fast_conv.conv_backward_offsets": "what timed calls are held to: its tests hold it to conv",
    "alphabets.make_alphabet": "draws letters at random: there is no right answer to compare with",
    "alphabets.write_letters": "draws images at random: there is no right answer to compare with",
    "sizes.pair": "reads a setting",
    "sizes.extent": "a part of output_size",
    "feature_maps.to_display": "grey_levels, rounded; its tests hold it to half a level",
    "feature_maps.sweep": "output_size for each stride and padding",
    "parameters.memory": "a product with the bytes that NumPy says a number takes",
    "shapes.make_shapes": "draws images at random: there is no right answer to compare with",
}
"""Public functions of the NumPy references that have no oracle of their own, with the reason."""
