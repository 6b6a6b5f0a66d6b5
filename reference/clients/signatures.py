"""Lets the signers of the official SDK verify what our driver signs.

usage: signatures.py SCHEME --sender SEND_SIGNED --build FOLDER
Ends with 0 (every signature is theirs), 1, or, where the SDK cannot be had, 77: skipped. In CI (the
variable CI is set) that counts as a failure.
"""

import sys

sys.dont_write_bytecode = True  # the sources stay as they are

import argparse
import os
import pathlib
import subprocess

from install import PLAN, NotRun, install
from table import Client

SKIPPED = 77
SECONDS = 120
# Its program takes our sender in the place of a client's plan.
SIGNER = Client("npm", "@alicloud/openapi-util", ["npm/signatures.js"], error_type="")


def main():
    parser = argparse.ArgumentParser(description="Verifies signatures of our driver.")
    parser.add_argument("scheme")
    parser.add_argument("--sender", required=True, type=pathlib.Path)
    parser.add_argument("--build", required=True, type=pathlib.Path, help="installed clients")
    options = parser.parse_args()
    try:
        installed = install(SIGNER, options.build.resolve())
    except NotRun as why:
        print(f"not run: {SIGNER.package}: {why}")
        return 1 if os.environ.get("CI") else SKIPPED
    print(f"{SIGNER.package} {installed.version}")
    command = [str(options.sender) if word == PLAN else word for word in installed.command]
    return subprocess.run([*command, options.scheme], env=os.environ | installed.environment,
                          stdin=subprocess.DEVNULL, timeout=SECONDS).returncode


if __name__ == "__main__":
    sys.exit(main())
