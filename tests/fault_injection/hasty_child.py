"""What a byte worker of the fault tests runs: the program's own, with the waits that it is told."""

import json
import sys

from dfs_desktop.workers import __main__ as children
from fault_injection import quick

if __name__ == "__main__":
    quick.hasten(json.loads(sys.argv[2]))
    children.main(sys.argv[1])
