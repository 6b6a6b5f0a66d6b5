#!/usr/bin/env python3
"""The data of the spec is valid and laid out as it should be, and check_data.py notices data that
is not."""

import pathlib
import shutil
import sys
import tempfile

import check_data

DATA = pathlib.Path(__file__).resolve().parent.parent / "describe_snapshots"

# What is changed in a file, once, and the words that must name it.
MISTAKES = [
    ("rules/page.json", '"must"', '"may"', "'may' is not one of"),
    ("rules/page.json", '"statement"', '"statment"', "'statment' was unexpected"),
    ("rules/page.json", '"page_number": 1', '"page_number": "1"', "'1' is not of type 'integer'"),
    ("questions.json", '"probes"', '"probe"', "'probes' is a required property"),
    ("questions.json", '"kind": "choice"', '"kind": "guess"', "'guess' is not one of"),
    ("errors.json", '"status": 400', '"status": 200', "200 is less than the minimum"),
    ("errors.json", '"status": 400', '"status":  400', "is laid out otherwise"),
    ("operation.json", '"type": "string"', '"type": "text"', "'text' is not one of"),
    ("parameters.json", '"method": "POST"', '"method": "HEAD"', "'HEAD' is not one of"),
    ("readings/observed.json", "-reading/1", "-reading/2", "'assay-reading/1' was expected"),
    ("readings/observed.json", '"$schema"', '"schema"', "names no $schema"),
]


def complaint_of_mistake(folder, name, part, by, words):
    file = folder / name
    sound = file.read_text(encoding="utf-8")
    if part not in sound:
        return f"{name}: holds no {part}"
    file.write_text(sound.replace(part, by, 1), encoding="utf-8")
    complaints = check_data.check(file, fix=False)
    file.write_text(sound, encoding="utf-8")
    if any(words in complaint for complaint in complaints):
        return None
    return f"{name}: {by} is not named as {words}: {complaints}"


def complaint_of_fix(folder):
    file = folder / "errors.json"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("\n  ", "\n"), encoding="utf-8")
    check_data.check(file, fix=True)
    return None if file.read_text(encoding="utf-8") == sound else "--fix does not lay errors.json out"


def complaints():
    files = sorted(DATA.rglob("*.json"))
    if len(files) < 20:
        yield f"only {len(files)} files in {DATA}"
    for file in files:
        for what in check_data.check(file, fix=False):
            yield f"{file.relative_to(DATA)}: {what}"
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(shutil.copytree(DATA, pathlib.Path(scratch) / "data"))
        for mistake in MISTAKES:
            if complaint := complaint_of_mistake(folder, *mistake):
                yield complaint
        if complaint := complaint_of_fix(folder):
            yield complaint


if __name__ == "__main__":
    wrong = list(complaints())
    print("\n".join(wrong) if wrong else f"fine, and {len(MISTAKES)} mistakes are noticed")
    sys.exit(1 if wrong else 0)
