"""What argparse says by itself: Python has no translations of it, and ours are found by gettext.

The texts are those of the standard library, to the letter; another Python may have others, which are
read in English.
"""

from dfs_desktop.translation import later

WORDS = (
    later("usage: "),
    later("positional arguments"),
    later("options"),
    later("show this help message and exit"),
    later("show program's version number and exit"),
    later("%(prog)s: error: %(message)s\n"),
    later("argument %(argument_name)s: %(message)s"),
    later("the following arguments are required: %s"),
    later("unrecognized arguments: %s"),
    later("expected one argument"),
    later("expected at least one argument"),
    later("expected at most one argument"),
    later("invalid choice: %(value)r (choose from %(choices)s)"),
    later("invalid %(type)s value: %(value)r"),
    later("ignored explicit argument %r"),
    later("not allowed with argument %s"),
    later("one of the arguments %s is required"),
    later("ambiguous option: %(option)s could match %(matches)s"),
)
