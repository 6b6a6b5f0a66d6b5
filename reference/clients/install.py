"""Installs the clients, each origin once, below a folder that all presets share."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 400  # for everything of one origin, over a slow network
DEBIAN_GO = pathlib.Path("/usr/share/gocode")  # where Debian's packages put Go sources


class NotRun(Exception):
    """The client cannot be had on this machine; says why."""


class Installed:
    """How a client's program is started, in which environment, and the client's version."""

    def __init__(self, command, version, environment=None):
        self.command = [str(word) for word in command]
        self.version = version
        self.environment = environment or {}


def install(client, build):
    program, *arguments = client.program
    return INSTALLERS[client.origin](client, HERE / program, arguments, build)


def _npm(client, program, arguments, build):
    node, npm = _find("node"), _find("npm")
    manifests = [HERE / "npm/package.json", HERE / "npm/package-lock.json"]
    with _once(build / "npm", *manifests, about=_say_version(node)) as folder:
        if folder:
            for manifest in manifests:
                shutil.copy(manifest, folder)
            _run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    modules = build / "npm/node_modules"
    manifest = (modules / client.package / "package.json").read_text()
    version = re.search(r'"version": "(.*?)"', manifest)
    return Installed([node, program, PLAN, *arguments], version[1], {"NODE_PATH": str(modules)})


def _pypi(client, program, arguments, build):
    pins = HERE / "pypi/requirements.txt"
    about = f"{sys.version} {platform.machine()}"
    with _once(build / "pypi", pins, about=about) as folder:
        if folder:
            _run(folder, sys.executable, "-m", "pip", "install", "--no-compile", "--require-hashes",
                 "--requirement", pins, "--target", "packages")
    version = re.search(rf"^{client.package}==(\S+)", pins.read_text(), re.MULTILINE)
    packages = f"{build / 'pypi/packages'}{os.pathsep}{HERE}"
    return Installed([sys.executable, "-B", program, PLAN, *arguments], version[1],
                     {"PYTHONPATH": packages})


def _go(client, program, _arguments, build):
    go = _find("go")
    sources = [program / name for name in ("go.mod", "go.sum", "main.go")]
    with _once(build / "go", *sources, about=_say_version(go, "version")) as folder:
        if folder:
            _run(program, go, "build", "-o", folder / "program", ".", log=folder,
                 GOPATH=folder / "path", GOCACHE=folder / "cache", GO111MODULE="on", GOWORK="off",
                 GOFLAGS="-mod=readonly -modcacherw", GOTOOLCHAIN="local")
    version = re.search(rf"{client.package} (\S+)", (program / "go.mod").read_text())
    return Installed([build / "go/program", PLAN], version[1])


def _debian(client, program, arguments, build):
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", client.package]
    answer = subprocess.run(query, capture_output=True, text=True) if shutil.which(query[0]) else None
    if answer is None or not answer.stdout.startswith("installed "):
        raise NotRun(f"Debian's package {client.package} is not installed")
    version = answer.stdout.split()[1]
    if program.is_dir():
        return _debian_go(program, version, build)
    # Debian's own interpreters: another one, found earlier, would not see its packages.
    starts = {".py": ["/usr/bin/python3", "-B"], ".rb": ["/usr/bin/ruby"]}
    return Installed([*starts[program.suffix], program, PLAN, *arguments], version,
                     {"PYTHONPATH": str(HERE)})


def _debian_go(program, version, build):
    go = _find("go")
    about = f"{version} {_say_version(go, 'version')}"
    with _once(build / program.name, program / "main.go", about=about) as folder:
        if folder:
            _run(program, go, "build", "-o", folder / "program", "main.go", log=folder,
                 GOPATH=f"{folder / 'path'}{os.pathsep}{DEBIAN_GO}", GOCACHE=folder / "cache",
                 GO111MODULE="off", GOFLAGS="")
    # Without CUSTOMIZED_ENDPOINT aliyungo asks a public service for the endpoint of a region.
    return Installed([build / program.name / "program", PLAN], version,
                     {"CUSTOMIZED_ENDPOINT": "true"})


PLAN = "PLAN"  # stands for the file in a command
INSTALLERS = {"npm": _npm, "pypi": _pypi, "go": _go, "debian": _debian}


@contextlib.contextmanager
def _once(folder, *inputs, about):
    """Gives the empty folder to install into, or None if it holds just this already."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder.with_suffix(".installed")
    contents = b"".join(path.read_bytes() for path in inputs) + about.encode()
    wanted = hashlib.sha256(contents).hexdigest()
    with open(folder.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            yield None
            return
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder)
        folder.mkdir()
        yield folder
        stamp.write_text(wanted)


def _run(folder, *command, log=None, **environment):
    """Runs an installer; what it says goes to install.log."""
    log = (log or folder) / "install.log"
    words = [str(word) for word in command]
    texts = {name: str(value) for name, value in environment.items()}
    with open(log, "w") as out:
        try:
            done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out,
                                  stderr=out, timeout=SECONDS, env={**os.environ, **texts})
        except subprocess.TimeoutExpired:
            raise NotRun(f"{' '.join(words[:3])} took more than {SECONDS} s") from None
    if done.returncode != 0:
        said = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        errors = [line for line in said if "error" in line.lower()] or said[-3:]
        raise NotRun(f"{' '.join(words[:3])} failed ({log}): {' / '.join(errors[:3])}")


def _find(program):
    found = shutil.which(program)
    if found is None:
        raise NotRun(f"the program {program} is missing")
    return found


def _say_version(program, option="--version"):
    return subprocess.run([program, option], capture_output=True, text=True, check=True).stdout
