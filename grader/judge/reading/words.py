"""What is worth a look: modules, names and texts, and why."""

from __future__ import annotations

FILES = "a solution works on the arrays that it is given, and needs no files or processes"
NETWORK = "a solution needs no network, and the sandbox has none"
INTERPRETER = "it gives access to the interpreter, which a solution does not need"
NATIVE = "it calls native code, which passes by everything that is checked in Python"
STORED = "it unpacks stored objects or encoded text, in which answers or code can be hidden"
JUDGE = "it belongs to the judge, whose side a submission does not reach"
MODULES = {
    **dict.fromkeys(("ctypes", "_ctypes", "cffi", "mmap"), NATIVE),
    **dict.fromkeys(("os", "posix", "subprocess", "shutil", "tempfile", "pathlib", "glob", "fcntl", "pty"), FILES),
    **dict.fromkeys(("multiprocessing", "threading", "_thread", "concurrent", "signal", "resource"), FILES),
    **dict.fromkeys(("socket", "ssl", "http", "urllib", "requests", "select", "selectors", "asyncio"), NETWORK),
    **dict.fromkeys(("sys", "gc", "inspect", "importlib", "imp", "builtins", "runpy", "pkgutil", "site"), INTERPRETER),
    **dict.fromkeys(("code", "codeop", "dis", "linecache", "traceback", "tracemalloc", "atexit"), INTERPRETER),
    **dict.fromkeys(("pickle", "marshal", "shelve", "dill", "cloudpickle", "base64", "binascii"), STORED),
    **dict.fromkeys(("zlib", "lzma", "bz2", "gzip", "zipfile", "tarfile", "codecs"), STORED),
    **dict.fromkeys(("reference", "grader", "server", "checks", "conftest", "pytest", "_pytest", "hypothesis"), JUDGE),
}
LIBRARIES = {"scipy", "cv2", "skimage", "sklearn", "PIL", "tensorflow", "keras", "jax", "cupy", "numba", "torchvision"}
INTERNAL = {
    *("__subclasses__", "__globals__", "__code__", "__builtins__", "__closure__", "__mro__", "__bases__", "__base__"),
    *("__loader__", "__spec__", "__self__", "__reduce__", "__reduce_ex__", "__getattribute__", "mro"),
    *("_getframe", "f_back", "f_globals", "f_locals", "f_code", "tb_frame", "gi_frame", "cr_frame"),
    *("get_objects", "get_referrers", "get_referents", "ctypes", "ctypeslib"),
}
RUNNING_TEXT = {"eval", "exec", "compile", "__import__", "breakpoint"}
ENDING = {"exit", "quit"}
FORGED = {
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__", "__instancecheck__", "__class__"),
    *("__array__", "__array_ufunc__", "__array_function__", "__array_interface__", "__array_struct__"),
    *("__array_priority__", "__torch_function__", "__torch_dispatch__", "__getattribute__", "__reduce__", "__del__"),
}
BUILT_IN_BASES = {"bool", "int", "float", "complex", "str", "bytes", "list", "tuple", "dict"}
READING_FILES = {
    *("load", "save", "savez", "savez_compressed", "fromfile", "tofile", "memmap", "loadtxt", "savetxt"),
    *("genfromtxt", "DataSource", "from_file"),
}
BACK_DOORS = {
    "torch.ops": "it calls torch's operators by their inner names",
    "torch.library": "it changes what torch's operators do",
    "torch.classes": "it makes objects of torch's inner classes",
    "torch.overrides": "it intercepts torch's operators",
    "torch.utils.cpp_extension": "it compiles and loads native code",
    "torch.package": "it loads stored code",
    "numpy.f2py": "it compiles and loads native code",
    "numpy.distutils": "it compiles and loads native code",
}
SETTINGS = ("torch.backends",)
"""Modules whose attributes are there to be set."""
WORDS_OF_THE_JUDGE = {"checks", "checks.py", "expected", "reference", "solution", "assignment.toml", "grader"}
