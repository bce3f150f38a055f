"""What is published of the architectures: counts and shapes, as data."""

from __future__ import annotations

COSTS = {
    "lenet5-1998": (32, 60_000, 840, 325_680),
    "lenet5": (32, 61_706, 0, 416_520),
    "lenet5-28": (28, 61_706, 0, 416_520),
    "alexnet": (227, 60_965_224, 0, 724_406_816),
    "alexnet-ungrouped": (227, 62_378_344, 0, 1_135_256_096),
    "alexnet-torchvision": (224, 61_100_840, 0, 714_188_480),
    "zfnet": (224, 62_357_608, 0, 1_168_032_896),
    "zfnet-wide": (224, 107_627_624, 0, 2_476_704_896),
    "vgg11": (224, 132_863_336, 0, 7_609_090_048),
    "vgg16": (224, 138_357_544, 0, 15_470_264_320),
    "vgg19": (224, 143_667_240, 0, 19_632_062_464),
    "googlenet": (224, 6_998_552, 0, 1_582_671_872),
    "googlenet-aux": (224, 13_378_280, 0, 1_591_044_096),
    "googlenet-torchvision": (224, 6_624_904, 14_560, 1_498_376_192),
    "googlenet-torchvision-aux": (224, 13_004_888, 15_072, 1_506_748_416),
    "resnet18": (224, 11_689_512, 9_600, 1_814_073_344),
    "resnet34": (224, 21_797_672, 17_024, 3_663_761_408),
    "resnet50": (224, 25_557_032, 53_120, 4_089_184_256),
    "resnet50-v1": (224, 25_557_032, 53_120, 3_857_973_248),
    "resnet101": (224, 44_549_160, 105_344, 7_801_405_440),
    "resnet101-v1": (224, 44_549_160, 105_344, 7_570_194_432),
    "resnet152": (224, 60_192_808, 151_424, 11_513_626_624),
    "resnet152-v1": (224, 60_192_808, 151_424, 11_282_415_616),
    "resnet34-a": (224, 21_623_848, 15_232, 3_644_493_824),
    "densenet121": (224, 7_978_856, 83_648, 2_834_161_664),
    "mobilenet": (224, 4_231_976, 21_888, 568_740_352),
    "mobilenet-conv": (224, 29_294_088, 11_968, 4_867_293_184),
    "mobilenet-no-bn": (224, 4_221_032, 0, 568_740_352),
    "mobilenet-conv-no-bn": (224, 29_288_104, 0, 4_867_293_184),
    "mobilenet-0.75": (224, 2_585_560, 16_416, 325_400_448),
    "mobilenet-shallow": (224, 2_887_976, 11_648, 307_323_392),
    "mobilenet-192": (192, 4_231_976, 21_888, 418_121_728),
}
"""Side of the input, parameters, buffers, mult-adds: computed from the papers' tables, apart from the references."""

PUBLISHED_PARAMETERS = {
    "lenet5-1998": 60_000,
    "alexnet-torchvision": 61_100_840,
    "zfnet": 62_357_608,
    "vgg11": 132_863_336,
    "vgg13": 133_047_848,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "googlenet-torchvision": 6_624_904,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "densenet121": 7_978_856,
}
"""As the paper of LeNet-5, a later table for ZFNet, and torchvision's pages print them."""

PUBLISHED_GIGA_MULT_ADDS = {
    "vgg16": "15.47",
    "googlenet-torchvision": "1.498",
    "resnet18": "1.814",
    "resnet34": "3.664",
    "resnet50": "4.089",
    "resnet101-v1": "7.6",
    "resnet152-v1": "11.3",
    "densenet121": "2.834",
    "mobilenet": "0.569",
    "mobilenet-0.75": "0.325",
    "mobilenet-shallow": "0.307",
    "mobilenet-192": "0.418",
}
"""Torchvision's pages, table 1 of ResNet (where its 3.8 for 50 layers is cut off, not rounded), MobileNet's tables."""

PUBLISHED_MEGA_PARAMETERS = {
    "mobilenet": "4.2",
    "mobilenet-conv": "29.3",
    "mobilenet-0.75": "2.6",
    "mobilenet-shallow": "2.9",
    "mobilenet-192": "4.2",
}
"""Tables 4 to 7 of MobileNet."""

ALEXNET = "96x55x55 96x27x27 256x27x27 256x13x13 384x13x13 384x13x13 256x13x13 256x6x6 4096 4096 1000"
ZFNET_START = "96x110x110 96x55x55 256x26x26 256x13x13"
RESNET_BOTTLENECK = "64x112x112 64x56x56 256x56x56 512x28x28 1024x14x14 2048x7x7 2048x1x1 1000"
RESNET_BASIC = "64x112x112 64x56x56 64x56x56 128x28x28 256x14x14 512x7x7 512x1x1 1000"
GOOGLENET = (
    "64x112x112 64x56x56 192x56x56 192x28x28 256x28x28 480x28x28 480x14x14 512x14x14 512x14x14 512x14x14 528x14x14"
    " 832x14x14 832x7x7 832x7x7 1024x7x7 1024x1x1 1000"
)
MOBILENET = (
    "32x112x112 64x112x112 128x56x56 128x56x56 256x28x28 256x28x28 512x14x14 512x14x14 512x14x14 512x14x14 512x14x14"
    " 512x14x14 1024x7x7 1024x7x7 1024x1x1 1024 1000"
)
STAGES = {
    "lenet5-1998": "6x28x28 6x14x14 16x10x10 16x5x5 120x1x1 84 10",
    "lenet5": "6x28x28 6x14x14 16x10x10 16x5x5 120x1x1 84 10",
    "lenet5-28": "6x28x28 6x14x14 16x10x10 16x5x5 120x1x1 84 10",
    "alexnet": ALEXNET,
    "alexnet-ungrouped": ALEXNET,
    "alexnet-torchvision": "64x55x55 64x27x27 192x27x27 192x13x13 384x13x13 256x13x13 256x13x13 256x6x6 256x6x6"
    " 4096 4096 1000",
    "zfnet": f"{ZFNET_START} 384x13x13 384x13x13 256x13x13 256x6x6 4096 4096 1000",
    "zfnet-wide": f"{ZFNET_START} 512x13x13 1024x13x13 512x13x13 512x6x6 4096 4096 1000",
    "vgg11": "64x224x224 64x112x112 128x112x112 128x56x56 256x56x56 256x56x56 256x28x28 512x28x28 512x28x28 512x14x14"
    " 512x14x14 512x14x14 512x7x7 4096 4096 1000",
    "vgg16": "64x224x224 64x224x224 64x112x112 128x112x112 128x112x112 128x56x56 256x56x56 256x56x56 256x56x56"
    " 256x28x28 512x28x28 512x28x28 512x28x28 512x14x14 512x14x14 512x14x14 512x14x14 512x7x7 4096 4096 1000",
    "vgg19": "64x224x224 64x224x224 64x112x112 128x112x112 128x112x112 128x56x56 256x56x56 256x56x56 256x56x56"
    " 256x56x56 256x28x28 512x28x28 512x28x28 512x28x28 512x28x28 512x14x14 512x14x14 512x14x14 512x14x14 512x14x14"
    " 512x7x7 4096 4096 1000",
    "googlenet": GOOGLENET,
    "googlenet-aux": GOOGLENET,
    "googlenet-torchvision": GOOGLENET,
    "resnet18": RESNET_BASIC,
    "resnet34": RESNET_BASIC,
    "resnet34-a": RESNET_BASIC,
    "resnet50": RESNET_BOTTLENECK,
    "resnet50-v1": RESNET_BOTTLENECK,
    "resnet101": RESNET_BOTTLENECK,
    "resnet152": RESNET_BOTTLENECK,
    "densenet121": "64x112x112 64x56x56 256x56x56 128x28x28 512x28x28 256x14x14 1024x14x14 512x7x7 1024x7x7 1000",
    "mobilenet": MOBILENET,
    "mobilenet-conv": MOBILENET,
}
"""The shapes between the stages, channels x height x width."""
