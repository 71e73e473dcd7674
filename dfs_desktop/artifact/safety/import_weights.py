"""Which names run code or reach outside when a file that is loaded asks for them."""

from typing import Literal

# Modules whose functions run programs, reach the network, or load code. Incomplete by nature.
_RUNS_CODE = frozenset(
    ["os", "posix", "nt", "subprocess", "sys", "socket", "shutil", "runpy", "pty", "ctypes",
     "importlib", "pkgutil", "code", "codeop", "commands", "popen2", "webbrowser", "requests",
     "urllib", "http", "httplib", "httpx", "aiohttp", "ftplib", "smtplib", "ssl", "asyncio",
     "multiprocessing", "threading", "_thread", "signal", "pdb", "bdb", "timeit", "cProfile",
     "profile", "trace", "venv", "ensurepip", "pip", "distutils", "setuptools", "pickle",
     "_pickle", "dill", "cloudpickle", "marshal", "types", "inspect", "io",
     "thread", "urllib2", "cPickle", "SocketServer", "xmlrpclib",
     "pathlib", "tempfile", "glob", "zipimport", "imp", "idlelib", "lib2to3", "pydoc", "doctest",
     "unittest", "test", "torch.hub", "numpy.testing", "numpy.f2py", "torch._inductor"]
)  # fmt: skip
_RISKY_BUILTINS = frozenset(
    ["eval", "exec", "execfile", "compile", "open", "input", "getattr", "setattr", "delattr",
     "__import__", "globals", "locals", "vars", "breakpoint", "apply", "file", "map", "filter",
     "memoryview", "help", "exit", "quit"]
)  # fmt: skip
_RISKY_NAMES = frozenset(
    ["operator.attrgetter", "operator.itemgetter", "operator.methodcaller", "functools.partial",
     "numpy.load", "torch.load", "joblib.load", "pandas.read_pickle", "pandas.eval",
     "joblib.numpy_pickle.load", "torch.serialization.load"]
)  # fmt: skip
_BUILTINS = frozenset(["builtins", "__builtin__", "__builtins__"])

Weight = Literal["runs code", "named"]


def weight_of(module: str, name: str) -> Weight:
    """What is known of a name; `module` is "" where the file makes it up."""
    if not module:
        return "runs code"
    first, parts = name.split(".", maxsplit=1)[0], module.split(".")
    inner = set(name.split("."))
    if len(inner) > 1 and inner & (_RUNS_CODE | _RISKY_BUILTINS):
        return "runs code"  # reached through a module that has imported it
    if module in _BUILTINS:
        return "runs code" if first in _RISKY_BUILTINS else "named"
    roots = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    if roots & _RUNS_CODE or f"{module}.{first}" in _RISKY_NAMES:
        return "runs code"
    return "named"
