"""AlexNet and ZFNet, its successor with a smaller first kernel.

A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional neural networks", 2012,
section 3.5 and figure 2; A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014;
M. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2013, figure 3.
"""

from __future__ import annotations

from torch import nn

from reference.models.blocks import conv_relu, dense_end, named, with_lrn


def alexnet(num_classes: int = 1000, groups: int = 2, lrn: bool = True) -> nn.Sequential:
    """AlexNet: images (N, 3, 227, 227) to logits (N, num_classes).

    `groups` is 2 as on the paper's two GPUs, where conv2, conv4 and conv5 see half of the maps each; 1 joins them.
    The paper writes 224, but its 55x55 maps need 227 (or padding). `lrn`: with response normalisation.
    """
    return named(
        conv1=with_lrn(conv_relu(3, 96, 11, stride=4, padding=0), lrn),  # 96 x 55 x 55
        pool1=nn.MaxPool2d(3, 2),
        conv2=with_lrn(conv_relu(96, 256, 5, groups=groups), lrn),  # 256 x 27 x 27
        pool2=nn.MaxPool2d(3, 2),
        conv3=conv_relu(256, 384, 3),  # 384 x 13 x 13
        conv4=conv_relu(384, 384, 3, groups=groups),
        conv5=conv_relu(384, 256, 3, groups=groups),
        pool5=nn.MaxPool2d(3, 2),  # 256 x 6 x 6
        **dense_end(256, 6, num_classes),
    )


def alexnet_torchvision(num_classes: int = 1000) -> nn.Sequential:
    """AlexNet as torchvision has it, after "One weird trick": images (N, 3, 224, 224) to logits (N, num_classes).

    One column, fewer kernels, no response normalisation, and dropout before the dense layers instead of after them.
    """
    return named(
        conv1=conv_relu(3, 64, 11, stride=4, padding=2),  # 64 x 55 x 55
        pool1=nn.MaxPool2d(3, 2),
        conv2=conv_relu(64, 192, 5),  # 192 x 27 x 27
        pool2=nn.MaxPool2d(3, 2),
        conv3=conv_relu(192, 384, 3),  # 384 x 13 x 13
        conv4=conv_relu(384, 256, 3),
        conv5=conv_relu(256, 256, 3),
        pool5=nn.MaxPool2d(3, 2),  # 256 x 6 x 6
        avgpool=nn.AdaptiveAvgPool2d(6),
        fc6=named(flatten=nn.Flatten(), dropout=nn.Dropout(0.5), linear=nn.Linear(256 * 6 * 6, 4096), relu=nn.ReLU()),
        fc7=named(dropout=nn.Dropout(0.5), linear=nn.Linear(4096, 4096), relu=nn.ReLU()),
        fc8=nn.Linear(4096, num_classes),
    )


def zfnet(num_classes: int = 1000, widths: tuple[int, int, int] = (384, 384, 256), lrn: bool = True) -> nn.Sequential:
    """ZFNet: images (N, 3, 224, 224) to logits (N, num_classes).

    `widths` are the maps of conv3, conv4 and conv5: figure 3 has 384, 384, 256; the wide network of table 2 has 512,
    1024, 512. The first two poolings reach 55 and 13 by a last window that is cut off at the edge.
    """
    third, fourth, fifth = widths
    return named(
        conv1=conv_relu(3, 96, 7, stride=2, padding=1),  # 96 x 110 x 110
        pool1=with_lrn(nn.MaxPool2d(3, 2, ceil_mode=True), lrn),
        conv2=conv_relu(96, 256, 5, stride=2, padding=0),  # 256 x 26 x 26
        pool2=with_lrn(nn.MaxPool2d(3, 2, ceil_mode=True), lrn),
        conv3=conv_relu(256, third, 3),  # third x 13 x 13
        conv4=conv_relu(third, fourth, 3),
        conv5=conv_relu(fourth, fifth, 3),
        pool5=nn.MaxPool2d(3, 2),  # fifth x 6 x 6
        **dense_end(fifth, 6, num_classes),
    )
