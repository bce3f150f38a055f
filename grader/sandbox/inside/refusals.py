# ruff: noqa: SLF001 - torch's dispatcher has no public names for what is asked of it here
"""Operators that refuse while a student's code runs: who is to write a convolution is not to have torch's own.

Every path in torch that computes with an operator ends in its dispatcher: functions, modules, `torch.ops`, TorchScript,
`vmap`, autograd, a redispatch by hand. `install` therefore puts a kernel that raises over every kernel that computes,
for every operator of a family, whatever key it was registered under: below it there is nothing left to redispatch to.

How this could be undone from Python, and why it cannot:

- Kernels come back when the library that holds the new ones is destroyed. It is made by the binding itself, unknown to
  `torch.library` and to the garbage collector, and kept alive by a reference that no Python object holds.
- A newer kernel may be registered over ours, or the code of ours be changed: neither brings back what lies below.
- TorchScript has compilers of its own, which compute convolutions without the dispatcher: oneDNN's graph fuser, the
  tensor expressions and the static runtime. They are taken out of `torch._C`.

What stays open in one process is native code: `ctypes` into torch's libraries, or a search of memory for the library.
`grader.judge.reading` tells the staff about source that goes there, and about Python decompositions (`torch._decomp`,
`torch._refs`), which compute pooling and normalisation from other operators.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NoReturn

CONVOLUTIONS = (
    # What people call, and what it is made of.
    *("aten::conv1d", "aten::conv2d", "aten::conv3d", "aten::conv_tbc", "aten::conv_tbc_backward"),
    *("aten::conv_transpose1d", "aten::conv_transpose2d", "aten::conv_transpose3d"),
    *("aten::convolution", "aten::_convolution", "aten::_convolution_mode", "aten::convolution_overrideable"),
    # The gradient with respect to the input is a convolution with the kernel as well.
    *("aten::convolution_backward", "aten::convolution_backward_overrideable", "aten::_convolution_double_backward"),
    *("aten::_slow_conv2d_forward", "aten::_slow_conv2d_backward", "aten::thnn_conv2d"),
    *("aten::slow_conv3d", "aten::slow_conv3d_forward", "aten::slow_conv_dilated2d", "aten::slow_conv_dilated3d"),
    *("aten::slow_conv_transpose2d", "aten::slow_conv_transpose3d"),
    *("aten::_conv_depthwise2d", "aten::conv_depthwise3d", "aten::_nnpack_spatial_convolution"),
    *("aten::mkldnn_convolution", "aten::mkldnn_reorder_conv2d_weight", "aten::mkldnn_reorder_conv3d_weight"),
    *("mkldnn::_convolution_pointwise", "mkldnn::_convolution_pointwise_", "mkldnn::_convolution_transpose_pointwise"),
    *("mkldnn::_reorder_convolution_weight", "mkldnn::_reorder_convolution_transpose_weight"),
    *("mkldnn_prepacked::conv2d_prepack", "mkldnn_prepacked::conv2d_run"),
    # Other devices.
    *("aten::cudnn_convolution", "aten::cudnn_convolution_add_relu", "aten::cudnn_convolution_relu"),
    *("aten::cudnn_convolution_transpose", "aten::miopen_convolution", "aten::miopen_convolution_add_relu"),
    *("aten::miopen_convolution_relu", "aten::miopen_convolution_transpose", "aten::miopen_depthwise_convolution"),
    *("aten::_mps_convolution", "aten::_mps_convolution_transpose"),
    *("aten::mps_convolution_backward", "aten::mps_convolution_transpose_backward"),
    # In whole numbers.
    *("onednn::qconv_prepack", "onednn::qconv_pointwise"),
    *("onednn::qconv1d_pointwise", "onednn::qconv2d_pointwise", "onednn::qconv3d_pointwise"),
    *("_quantized::conv2d", "_quantized::conv2d_prepack", "_quantized::conv2d_relu"),
    *("_quantized::conv3d", "_quantized::conv3d_prepack", "_quantized::conv3d_relu"),
    *("_quantized::conv_transpose1d", "_quantized::conv_transpose1d_prepack"),
    *("_quantized::conv_transpose2d", "_quantized::conv_transpose2d_prepack", "_quantized::conv_transpose3d_prepack"),
    *("quantized::conv_prepack", "quantized::conv_unpack"),
    *("quantized::conv1d", "quantized::conv1d_dynamic", "quantized::conv1d_prepack", "quantized::conv1d_relu"),
    *("quantized::conv1d_unpack", "quantized::conv2d", "quantized::conv2d_add", "quantized::conv2d_add_relu"),
    *("quantized::conv2d_dilation", "quantized::conv2d_dynamic", "quantized::conv2d_groups"),
    *("quantized::conv2d_output_padding", "quantized::conv2d_padding", "quantized::conv2d_prepack"),
    *("quantized::conv2d_relu", "quantized::conv2d_stride", "quantized::conv2d_transpose"),
    *("quantized::conv2d_unpack", "quantized::conv2d_unpack_sizes"),
    *("quantized::conv3d", "quantized::conv3d_dilation", "quantized::conv3d_dynamic", "quantized::conv3d_groups"),
    *("quantized::conv3d_output_padding", "quantized::conv3d_padding", "quantized::conv3d_prepack"),
    *("quantized::conv3d_relu", "quantized::conv3d_stride", "quantized::conv3d_transpose", "quantized::conv3d_unpack"),
    *("quantized::conv_transpose1d", "quantized::conv_transpose1d_dynamic"),
    *("quantized::conv_transpose1d_prepack", "quantized::conv_transpose1d_unpack"),
    *("quantized::conv_transpose2d", "quantized::conv_transpose2d_dilation", "quantized::conv_transpose2d_dynamic"),
    *("quantized::conv_transpose2d_groups", "quantized::conv_transpose2d_output_padding"),
    *("quantized::conv_transpose2d_padding", "quantized::conv_transpose2d_prepack"),
    *("quantized::conv_transpose2d_stride", "quantized::conv_transpose2d_transpose"),
    "quantized::conv_transpose2d_unpack",
    *("quantized::conv_transpose3d", "quantized::conv_transpose3d_dilation", "quantized::conv_transpose3d_dynamic"),
    *("quantized::conv_transpose3d_groups", "quantized::conv_transpose3d_output_padding"),
    *("quantized::conv_transpose3d_padding", "quantized::conv_transpose3d_prepack"),
    *("quantized::conv_transpose3d_stride", "quantized::conv_transpose3d_transpose"),
    "quantized::conv_transpose3d_unpack",
)
WINDOWS = ("aten::im2col", "aten::col2im")
"""Not Tensor.unfold, which is a view as as_strided makes it: Tensor.repeat is made of it."""

MAX_POOLS = (
    *("aten::max_pool1d", "aten::max_pool2d", "aten::max_pool3d", "aten::max_pool2d_backward"),
    *("aten::max_pool1d_with_indices", "aten::max_pool2d_with_indices", "aten::max_pool3d_with_indices"),
    *("aten::max_pool2d_with_indices_backward", "aten::max_pool3d_with_indices_backward"),
    *("aten::adaptive_max_pool1d", "aten::adaptive_max_pool2d", "aten::adaptive_max_pool3d"),
    *("aten::adaptive_max_pool2d_backward", "aten::adaptive_max_pool3d_backward"),
    *("aten::fractional_max_pool2d", "aten::fractional_max_pool2d_backward"),
    *("aten::fractional_max_pool3d", "aten::fractional_max_pool3d_backward"),
    *("aten::mkldnn_max_pool2d", "aten::mkldnn_max_pool2d_backward"),
    *("aten::mkldnn_max_pool3d", "aten::mkldnn_max_pool3d_backward"),
    *("aten::quantized_max_pool1d", "aten::quantized_max_pool2d", "aten::quantized_max_pool3d"),
    *("quantized::max_pool1d", "quantized::max_pool2d"),
)
AVERAGE_POOLS = (
    *("aten::avg_pool1d", "aten::avg_pool2d", "aten::avg_pool3d"),
    *("aten::avg_pool2d_backward", "aten::avg_pool3d_backward"),
    *("aten::adaptive_avg_pool1d", "aten::adaptive_avg_pool2d", "aten::adaptive_avg_pool3d"),
    *("aten::_adaptive_avg_pool2d", "aten::_adaptive_avg_pool2d_backward"),
    *("aten::_adaptive_avg_pool3d", "aten::_adaptive_avg_pool3d_backward", "aten::adaptive_avg_pool3d_backward"),
    *("aten::mkldnn_adaptive_avg_pool2d", "aten::mkldnn_adaptive_avg_pool2d_backward"),
)
UNPOOLINGS = ("aten::max_unpool2d", "aten::max_unpool3d")
RESIZINGS = (
    *("aten::upsample_nearest1d", "aten::upsample_nearest2d", "aten::upsample_nearest3d"),
    *("aten::upsample_nearest1d_backward", "aten::upsample_nearest2d_backward", "aten::upsample_nearest3d_backward"),
    *("aten::_upsample_nearest_exact1d", "aten::_upsample_nearest_exact2d", "aten::_upsample_nearest_exact3d"),
    *("aten::_upsample_nearest_exact1d_backward", "aten::_upsample_nearest_exact2d_backward"),
    "aten::_upsample_nearest_exact3d_backward",
    *("aten::upsample_linear1d", "aten::upsample_bilinear2d", "aten::upsample_trilinear3d", "aten::upsample_bicubic2d"),
    *("aten::upsample_linear1d_backward", "aten::upsample_bilinear2d_backward"),
    *("aten::upsample_trilinear3d_backward", "aten::upsample_bicubic2d_backward"),
    *("aten::_upsample_bilinear2d_aa", "aten::_upsample_bicubic2d_aa", "aten::_upsample_lanczos2d_aa"),
    *("aten::_upsample_bilinear2d_aa_backward", "aten::_upsample_bicubic2d_aa_backward"),
    "aten::_upsample_lanczos2d_aa_backward",
    *("aten::grid_sampler", "aten::grid_sampler_2d", "aten::grid_sampler_3d", "aten::cudnn_grid_sampler"),
    *("aten::grid_sampler_2d_backward", "aten::grid_sampler_3d_backward", "aten::cudnn_grid_sampler_backward"),
    *("aten::_grid_sampler_2d_cpu_fallback", "aten::_grid_sampler_2d_cpu_fallback_backward"),
)
NORMALISATIONS = (
    # Any of them is another one of a reshaped input.
    *("aten::batch_norm", "aten::_batch_norm_impl_index", "aten::_batch_norm_impl_index_backward"),
    *("aten::_batch_norm_no_update", "aten::_batch_norm_with_update", "aten::_batch_norm_with_update_functional"),
    *("aten::native_batch_norm", "aten::native_batch_norm_backward", "aten::_native_batch_norm_legit"),
    *("aten::_native_batch_norm_legit_functional", "aten::_native_batch_norm_legit_no_training"),
    *("aten::batch_norm_backward", "aten::batch_norm_backward_elemt", "aten::batch_norm_backward_reduce"),
    *("aten::batch_norm_elemt", "aten::batch_norm_stats", "aten::batch_norm_update_stats"),
    *("aten::batch_norm_gather_stats", "aten::batch_norm_gather_stats_with_counts"),
    *("aten::cudnn_batch_norm", "aten::cudnn_batch_norm_backward"),
    *("aten::miopen_batch_norm", "aten::miopen_batch_norm_backward"),
    *("aten::layer_norm", "aten::native_layer_norm", "aten::native_layer_norm_backward", "static_runtime::layer_norm"),
    *("aten::group_norm", "aten::native_group_norm", "aten::native_group_norm_backward"),
    *("aten::instance_norm", "aten::rms_norm", "aten::_fused_rms_norm", "aten::_fused_rms_norm_backward"),
    *("aten::quantized_batch_norm", "onednn::qbatch_norm2d", "quantized::batch_norm", "quantized::batch_norm_relu"),
    *("quantized::batch_norm1d", "quantized::batch_norm1d_relu", "quantized::batch_norm2d"),
    *("quantized::batch_norm2d_relu", "quantized::batch_norm3d", "quantized::batch_norm3d_relu"),
    *("quantized::layer_norm", "quantized::group_norm", "quantized::instance_norm"),
)
DROPOUTS = (
    *("aten::dropout", "aten::dropout_", "aten::native_dropout", "aten::native_dropout_backward"),
    *("aten::feature_dropout", "aten::feature_dropout_", "aten::alpha_dropout", "aten::alpha_dropout_"),
    *("aten::feature_alpha_dropout", "aten::feature_alpha_dropout_", "aten::_fused_dropout", "quantized::dropout"),
)
LINEAR_LAYERS = (
    *("aten::linear", "aten::linear_backward", "aten::bilinear", "aten::_trilinear"),
    *("aten::mkldnn_linear", "aten::mkldnn_linear_backward"),
    *("aten::mkldnn_linear_backward_input", "aten::mkldnn_linear_backward_weights"),
    *("mkl::_mkl_linear", "mkldnn::_linear_pointwise"),
    *("aten::fbgemm_linear_fp16_weight", "aten::fbgemm_linear_fp16_weight_fp32_activation"),
    *("aten::_mixed_dtypes_linear", "aten::_sparse_semi_structured_linear"),
)
SOFTMAXES = (
    *(
        "aten::softmax",
        "aten::_softmax",
        "aten::_softmax_backward_data",
        "aten::special_softmax",
        "aten::_safe_softmax",
    ),
    *("aten::log_softmax", "aten::_log_softmax", "aten::_log_softmax_backward_data", "aten::special_log_softmax"),
    *("aten::_masked_softmax", "aten::_masked_softmax_backward", "aten::_nested_tensor_softmax_with_shape"),
    *("aten::_sparse_softmax", "aten::_sparse_softmax_backward_data"),
    *("aten::_sparse_log_softmax", "aten::_sparse_log_softmax_backward_data", "quantized::softmax"),
    # Attention to an identity matrix is a softmax.
    *("aten::scaled_dot_product_attention", "aten::_scaled_dot_product_attention_math"),
    *("aten::_scaled_dot_product_flash_attention", "aten::_scaled_dot_product_flash_attention_for_cpu"),
    *("aten::_scaled_dot_product_efficient_attention", "aten::_scaled_dot_product_cudnn_attention"),
    *("aten::_flash_attention_forward", "aten::_efficient_attention_forward", "aten::_cudnn_attention_forward"),
    *("aten::_flash_attention_forward_no_dropout_inplace", "aten::_native_multi_head_attention"),
    *("aten::_triton_multi_head_attention", "aten::_triton_scaled_dot_attention"),
)
CROSS_ENTROPIES = (
    *("aten::cross_entropy_loss", "aten::nll_loss", "aten::nll_loss_nd", "aten::nll_loss_forward"),
    *("aten::nll_loss_backward", "aten::nll_loss2d", "aten::nll_loss2d_forward", "aten::nll_loss2d_backward"),
)

FAMILIES = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), CONVOLUTIONS),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), CONVOLUTIONS),
    **dict.fromkeys(("unfold", "fold"), WINDOWS),
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), MAX_POOLS),
    **dict.fromkeys(("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"), MAX_POOLS),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), AVERAGE_POOLS),
    **dict.fromkeys(("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d"), AVERAGE_POOLS),
    **dict.fromkeys(("max_unpool1d", "max_unpool2d", "max_unpool3d"), UNPOOLINGS),
    "interpolate": RESIZINGS,
    **dict.fromkeys(("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"), NORMALISATIONS),
    "dropout": DROPOUTS,
    "linear": LINEAR_LAYERS,
    **dict.fromkeys(("softmax", "log_softmax"), SOFTMAXES),
    **dict.fromkeys(("cross_entropy", "nll_loss"), CROSS_ENTROPIES),
}
"""For each name that an assignment may refuse, the operators that compute the same, as `namespace::name`."""

REGISTERED = re.compile(r"^(\w+)(?:\[alias\])?: registered at", re.MULTILINE)
PASSING_ON = re.compile(r"debug|Tracer|ADInplaceOrView|Functionalize|Autocast\w*")
"""Keys whose kernels only note or convert something and dispatch again; `debug` is a line of the listing, no key."""

COMPILERS = (
    *("_jit_set_llga_enabled", "_jit_override_can_fuse_on_cpu", "_jit_pass_fuse_tensorexprs"),
    *("_jit_set_texpr_fuser_enabled", "_jit_set_te_must_use_llvm_cpu", "_jit_to_static_module"),
)
COMPILED = ("TensorExprKernel", "CodeGen", "SimpleIREvaluator")


def prepare() -> None:
    """Look up every kernel once, in a process whose forks will install refusals: a fork then has less to do."""
    for family in FAMILIES.values():
        _kernels(family)


def install(names: Sequence[str]) -> None:
    """Make these operators of torch refuse in this process, for good. Raises KeyError for one that no family has."""
    if not names:
        return
    import torch

    _take_compilers_away()
    libraries: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            for operator, keys in _kernels(FAMILIES[name]):
                namespace, _, short = operator.partition("::")
                if namespace not in libraries:
                    libraries[namespace] = torch._C._dispatch_library("IMPL", namespace, "", "refusals", 0)
                kernel = _refusing(name, short.partition(".")[0])
                for key in keys:
                    libraries[namespace].impl(short, key, kernel)
    for library in libraries.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))


@cache
def _kernels(family: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every overload of a family's operators, with the keys under which something computes."""
    import torch

    wanted = set(family)
    overloads = [name for name in torch._C._dispatch_get_all_op_names() if name.partition(".")[0] in wanted]
    found = []
    for name in overloads:
        keys = REGISTERED.findall(torch._C._dispatch_dump(name))
        found.append((name, tuple(key for key in keys if not PASSING_ON.fullmatch(key))))
    return tuple(found)


def _refusing(name: str, operator: str) -> Callable[..., NoReturn]:
    same = "it" if operator == name else f"torch's {operator} computes the same and"
    message = f"{name} is what this exercise asks you to write: {same} refuses here"

    def kernel(*_arguments: object, **_options: object) -> NoReturn:
        raise RuntimeError(message)

    return kernel


def _take_compilers_away() -> None:
    """Take TorchScript's own compilers out of torch: their classes are emptied, since pybind11 keeps them alive."""
    import torch

    parts = getattr(torch._C, "_te", None)
    classes = [getattr(parts, name, None) for name in COMPILED] + [getattr(torch._C, "StaticModule", None)]
    for each in classes:
        for attribute in [name for name, value in vars(each).items() if _is_callable(value)] if each else ():
            with contextlib.suppress(AttributeError, TypeError):
                delattr(each, attribute)
    for name in (*COMPILERS, "_te", "StaticModule"):
        if hasattr(torch._C, name):
            delattr(torch._C, name)
    for name in [name for name in sys.modules if name.startswith("torch._C._te")]:
        del sys.modules[name]
    if parts is not None:
        vars(parts).clear()


def _is_callable(value: object) -> bool:
    return callable(value) or isinstance(value, types.FunctionType | classmethod | staticmethod)
