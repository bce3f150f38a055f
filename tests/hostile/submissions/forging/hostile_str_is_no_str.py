"""Raises an exception whose text is a str subclass that lies about itself. Success: a point, or an internal error."""


class Text(str):
    def __getitem__(self, key):
        return self

    def __len__(self):
        return -1 % 7

    def __str__(self):
        return self

    def __iter__(self):
        return iter(int, 1)

    def encode(self, *args):
        return b"\xff" * 10


class Meta(type):
    def __getattribute__(cls, name):
        return Text("\ud800" * 100) if name == "__name__" else super().__getattribute__(name)


class Hostile(Exception, metaclass=Meta):
    def __str__(self):
        return Text("\x1b[31m" * 1000)


def double(x, factor):
    raise Hostile


def back(cache):
    raise Hostile
