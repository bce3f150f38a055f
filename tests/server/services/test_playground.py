"""The playgrounds' computing: built-in images, uploads under limits, and results that are the references'."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from reference.definition import convolve
from server.services.playground import convolution, images, kernels, pooling
from server.services.playground.typed import Typed


def packed(array: np.ndarray, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("name", images.DRAWINGS)
@pytest.mark.parametrize("size", images.SIZES)
def test_built_in_images_have_their_size_and_range(name, size):
    grey, colour = (images.built_in(name, size, colour=colour) for colour in (False, True))
    assert (grey.shape, colour.shape) == ((1, size, size), (3, size, size))
    assert min(grey.min(), colour.min()) >= 0
    assert max(grey.max(), colour.max()) <= 255
    assert np.ptp(grey) > 50, "there is something to see"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_an_upload_is_scaled_to_256_pixels_and_keeps_its_proportions(kind):
    assert images.decode(packed(np.full((300, 900, 3), 90, np.uint8), kind)).shape == (85, 256, 3)


def test_a_small_upload_comes_through_exactly():
    rgb = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    np.testing.assert_array_equal(images.decode(packed(rgb)), rgb)
    np.testing.assert_array_equal(images.kept(images.keep(rgb)), rgb)
    np.testing.assert_array_equal(images.uploaded(rgb, 256, colour=True), rgb.transpose(2, 0, 1))


def test_what_is_transparent_becomes_white():
    rgba = np.zeros((5, 5, 4), np.uint8)
    assert (images.decode(packed(rgba)) == 255).all()


def test_sixteen_bits_become_eight():
    array = np.array([[0, 65535, 32896]], np.uint16)
    assert images.decode(packed(array))[0, :, 0].tolist() == [0, 255, 128]


def test_a_palette_and_a_sideways_photograph_are_understood():
    image = Image.fromarray(np.zeros((10, 20, 3), np.uint8))
    file, turned = io.BytesIO(), Image.Exif()
    image.quantize(4).save(file, "PNG")
    assert images.decode(file.getvalue()).shape == (10, 20, 3)
    turned[0x0112] = 6
    assert images.decode(packed(np.zeros((10, 20, 3), np.uint8), "JPEG", exif=turned)).shape == (20, 10, 3)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def with_a_long_text() -> bytes:
    info = PngInfo()
    info.add_text("comment", "x" * 20_000_000, zip=True)
    return packed(np.zeros((5, 5), np.uint8), pnginfo=info)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither a PNG nor a JPEG"),
        (b"GIF89a" + bytes(100), "neither a PNG nor a JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a PNG nor a JPEG"),
        (bytes(images.MOST_BYTES + 1), "2 MiB at most"),
        (bomb(5_000), "16 million are the most"),
        (bomb(60_000), "more than 16 million pixels"),
        (packed(np.random.default_rng(1).integers(0, 256, (99, 99), dtype=np.uint8))[:4000], "damaged"),
        (packed(np.random.default_rng(1).integers(0, 256, (99, 99), dtype=np.uint8), "JPEG")[:900], "damaged"),
        (with_a_long_text(), "damaged"),
    ],
    ids=["empty", "gif", "svg", "large", "bomb", "huge bomb", "cut PNG", "cut JPEG", "long text"],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(content, reason):
    with pytest.raises(images.PictureError, match=reason):
        images.decode(content)


def test_a_damaged_hidden_field_is_refused():
    with pytest.raises(images.PictureError, match="damaged"):
        images.kept("not base64!")


@pytest.mark.parametrize("operation", convolution.OPERATIONS)
@pytest.mark.parametrize("own", ["1 2 3; 4 5 6", "-1 0 1\n-2 0 2\n-1 0 1", "7"])
@pytest.mark.parametrize(("stride", "pad", "dilation"), [(1, 0, 1), (2, 1, 1), (3, 2, 2)])
def test_the_sum_shown_for_every_output_pixel_is_the_output(operation, own, stride, pad, dilation):
    texts = {"image": "scene", "size": "8", "colour": "colour", "kernel": "own", "numbers": own}
    texts |= {"operation": operation, "stride": str(stride), "pad": str(pad), "dilation": str(dilation)}
    typed = Typed(texts)
    _, _, outcome = convolution.play(typed)
    assert typed.errors == {}
    sums = [
        [
            [sum(t.product for line in outcome.terms(c, i, j) for t in line) for j in range(plane.shape[1])]
            for i in range(plane.shape[0])
        ]
        for c, plane in enumerate(outcome.output)
    ]
    np.testing.assert_allclose(sums, outcome.output, atol=1e-9)
    assert tuple(side.outputs for side in outcome.sides) == outcome.output.shape[1:]


def test_the_output_is_what_the_definition_says():
    texts = {"size": "16", "stride": "2", "pad": "1", "dilation": "2", "kernel": "sobel_y"}
    settings, image, outcome = convolution.play(Typed(texts))
    weights = settings.weights[None, None].tolist()
    np.testing.assert_allclose(
        outcome.output[None], convolve(image[None].tolist(), weights, [0.0], (2, 2), (1, 1), (2, 2)), atol=1e-9
    )


@pytest.mark.parametrize(
    ("texts", "field", "reason"),
    [
        ({"stride": "0"}, "stride", "Stride must be at least 1, not 0."),
        ({"stride": "1.5"}, "stride", "Stride must be a whole number, not “1.5”."),
        ({"pad": "-1"}, "pad", "Padding must be at least 0, not -1."),
        ({"pad": "99999"}, "pad", "Padding can be 32 at most here, not 99999."),
        ({"dilation": "x"}, "dilation", "Dilation must be a whole number, not “x”."),
        ({"size": "8", "dilation": "8"}, "numbers", "A kernel that spans 17 pixels does not fit into 8."),
        ({"kernel": "nope"}, "kernel", "Kernel must be one of identity"),
        ({"image": "nope"}, "image", "Image must be one of scene"),
        ({"image": "own"}, "image", "Choose a PNG or JPEG file"),
        ({"size": "7"}, "size", "Size must be one of 8, 16"),
        ({"kernel": "own", "numbers": ""}, "numbers", "A kernel needs at least one number."),
        ({"kernel": "own", "numbers": "1 2; 3"}, "numbers", "The rows have different lengths: 2, 1 numbers."),
        ({"kernel": "own", "numbers": "1 two"}, "numbers", "“two” is not a number."),
        ({"kernel": "own", "numbers": "1/0"}, "numbers", "“1/0” is not a number."),
        ({"kernel": "own", "numbers": "nan"}, "numbers", "“nan” is not a number from"),
        ({"kernel": "own", "numbers": "1 " * 8}, "numbers", "The kernel has 1 × 8 numbers; 7 × 7 are the most."),
    ],
)
def test_an_impossible_convolution_is_refused_beside_its_field(texts, field, reason):
    typed = Typed(texts)
    assert convolution.play(typed)[-1] is None
    assert set(typed.errors) == {field}
    assert typed.errors[field].startswith(reason)


@pytest.mark.parametrize(
    ("texts", "field", "reason"),
    [
        ({"size": "8", "height": "9"}, "height", "A kernel that spans 9 pixels does not fit into 8."),
        ({"size": "8", "width": "9"}, "width", "A kernel that spans 9 pixels does not fit into 8."),
        ({"height": "0"}, "height", "The window's height must be at least 1, not 0."),
        ({"stride": "0"}, "stride", "Stride must be at least 1, not 0."),
        ({"p": "0"}, "p", "P must be a number from 0.1 to 64, not “0”."),
        ({"kind": "min"}, "kind", "Kind must be one of max, mean, median, power"),
        ({"dx": "40"}, "dx", "Dx can be 32 at most here"),
        ({"size": "8", "dx": "7"}, "dx", "After this shift no window lies inside both images"),
        ({"size": "256", "height": "20", "width": "20", "stride": "1"}, "height", "These windows hold 22,467,600"),
    ],
)
def test_an_impossible_pooling_is_refused_beside_its_field(texts, field, reason):
    typed = Typed(texts)
    pooling.play(typed)
    assert set(typed.errors) == {field}
    assert typed.errors[field].startswith(reason)


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, -1), (1, 1), (-2, 1)])
def test_noise_keeps_what_the_theory_says(k, dx, dy):
    texts = {"image": "noise", "size": "256", "height": str(k), "width": str(k), "stride": str(k)}
    *_, found = pooling.play(Typed(texts | {"dx": str(dx), "dy": str(dy)}))
    kept = {each.kind: each.share for each in found.kept}
    windows = found.kept[0].changed.size
    assert abs(kept["max"] - found.theory) < 4 * (0.25 / windows) ** 0.5 + 1e-9
    assert kept["mean"] == 0
    if abs(dx) + abs(dy) == 1:
        assert found.theory == pytest.approx((k - 1) / (k + 1))


def test_without_a_shift_everything_stays():
    *_, found = pooling.play(Typed({"dx": "0", "dy": "0"}))
    assert [each.share for each in found.kept] == [1.0, 1.0]


def test_the_part_of_the_image_that_both_have_is_compared():
    image = np.arange(100.0).reshape(1, 10, 10)
    settings = pooling.Settings(height=1, width=1, stride=1)
    assert pooling.invariance(image, settings, 1, 0).kept[0].changed.shape == (10, 9)
    constant = np.full((1, 10, 10), 7.0)
    assert pooling.invariance(constant, settings, -3, 2).kept[1].share == 1.0


@pytest.mark.parametrize("name", kernels.KERNELS)
def test_a_named_kernel_can_be_written_out_and_read_back(name):
    weights = kernels.KERNELS[name].weights
    np.testing.assert_allclose(kernels.read_kernel(kernels.written(weights)), weights, rtol=1e-11)
