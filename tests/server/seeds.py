"""The seed that every submission and timing of these tests has, so that made-up results are about them."""

KNOWN_SEED = 987654321
