#!/usr/bin/env python3
"""The flows that wait for a session timer to run down: those of all peers at once, in real time.

usage: refreshes.py UA FOLDER
  FOLDER   where npm puts the JavaScript stacks

Exit 0: all went as they should. 77: no peer is here. 1: one has failed, or was missing where
OFFHOOK_REQUIRE_PEERS is set.
"""
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ua, folder = sys.argv[1:]
    runs = [subprocess.Popen([sys.executable, "-B", str(HERE / script), ua, *arguments, "--slow"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for script, arguments in (("baresip.py", []), ("linphone.py", []),
                                      ("node.py", [folder, "sipjs"]),
                                      ("node.py", [folder, "jssip"]))]
    for run in runs:
        print(run.communicate()[0], end="", flush=True)
    statuses = {run.returncode for run in runs}
    return 1 if statuses - {0, 77} else min(statuses)


if __name__ == "__main__":
    sys.exit(main())
