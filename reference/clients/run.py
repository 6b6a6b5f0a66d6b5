"""Lets a real client of Alibaba Cloud talk to `assay serve`, and judges what it saw.

usage: run.py CLIENT --program ASSAY --build FOLDER
Ends with 0 (all as it has to be), 1, or, where the client cannot be had, 77: skipped. In CI (the
variable CI is set) that counts as a failure, so that no client can vanish unnoticed.
"""

import sys

sys.dont_write_bytecode = True  # the sources stay as they are

import argparse
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import tempfile

from install import HERE, PLAN, NotRun, install
from plan import ACCESS_KEY_ID, ACCESS_KEY_SECRET, find_mistakes, make_steps
from table import CLIENTS

AUTHENTICATE = ["--auth", "on",
                "--access-key-id", ACCESS_KEY_ID, "--access-key-secret", ACCESS_KEY_SECRET]
SKIPPED = 77
SECONDS_TO_LISTEN = 30
SECONDS_A_CLIENT = 90


def main():
    options = read_options()
    client = CLIENTS[options.client]
    try:
        installed = install(client, options.build)
    except NotRun as why:
        print(f"not run: {options.client}: {why}")
        return 1 if os.environ.get("CI") else SKIPPED
    print(f"{options.client}: {client.package} {installed.version}")
    with tempfile.TemporaryDirectory() as scratch:
        return judge(options, client, installed, pathlib.Path(scratch))


def read_options():
    parser = argparse.ArgumentParser(description="Runs one client against assay serve.")
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("--program", required=True, type=pathlib.Path, help="assay")
    parser.add_argument("--build", required=True, type=pathlib.Path, help="installed clients")
    options = parser.parse_args()
    options.build = options.build.resolve()
    return options


def judge(options, client, installed, scratch):
    dataset = scratch / "dataset.json"
    subprocess.run([options.program, "dataset", "--built-in", "--out", dataset], check=True,
                   stdout=subprocess.DEVNULL)
    steps = make_steps(json.loads(dataset.read_text(encoding="utf-8")))
    able = [step for step in steps if step.needs not in client.cannot]
    for step in steps:
        if step not in able:
            print(f"  left out  {step.name}: {client.cannot[step.needs]}")
    with serving(options.program, dataset, client.reading, scratch) as port:
        seen = run_client(installed, able, port, scratch)
    return report(able, seen, client)


@contextlib.contextmanager
def serving(program, dataset, reading, scratch):
    """Gives the port of a server that has to live until it is stopped here, without a complaint."""
    if reading.endswith(".json"):
        reading = HERE / reading
    command = [program, "serve", "--listen", "127.0.0.1:0", "--dataset", dataset,
               "--reading", reading, *AUTHENTICATE]
    errors = scratch / "server-errors.txt"
    with open(errors, "w") as err:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True)
    try:
        yield await_port(server, errors)
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}: {errors.read_text()}")
    finally:
        server.terminate()
        status = server.wait()
    if status not in (0, -signal.SIGTERM) or "Sanitizer" in errors.read_text():
        sys.exit(f"the stopped server ended with {status}: {errors.read_text()}")


def await_port(server, errors):
    ready, _, _ = select.select([server.stdout], [], [], SECONDS_TO_LISTEN)
    line = server.stdout.readline() if ready else ""
    if not line.startswith("listening on http://"):
        sys.exit(f"the server does not listen: {line}{errors.read_text()}")
    return int(line.rsplit(":", 1)[1])


def run_client(installed, steps, port, scratch):
    """What the program saw, by the name of the step."""
    plan = scratch / "plan.json"
    plan.write_text(json.dumps({
        "host": "127.0.0.1", "port": port, "access_key_id": ACCESS_KEY_ID,
        "steps": [step.for_program() for step in steps]}))
    command = [str(plan) if word == PLAN else word for word in installed.command]
    try:
        done = subprocess.run(command, env=bare_environment(scratch) | installed.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS_A_CLIENT)
    except subprocess.TimeoutExpired:
        sys.exit(f"the client is not done after {SECONDS_A_CLIENT} s")
    if done.returncode != 0:
        print(f"the client's program ended with {done.returncode}: {done.stderr[-2000:]}")
    lines = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
    return {line["step"]: line for line in lines}


def bare_environment(scratch):
    """Without proxies, and without settings and keys that a user of a client may have."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": str(scratch), "LANG": "C.UTF-8"}


def report(steps, seen, client):
    failed = 0
    for step in steps:
        mistakes = find_mistakes(step, seen.get(step.name), client)
        print(f"  {'FAILED' if mistakes else 'fine'}  {step.name}: "
              f"{step.error or f'{len(step.wanted)} snapshots'}")
        for mistake in mistakes:
            print(f"      {mistake}")
        failed += bool(mistakes)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
