"""The two playgrounds, convolution and pooling, computed by the references that grade. Nothing here is stored."""
