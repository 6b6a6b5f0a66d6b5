#!/usr/bin/env python3
"""Validates the data of an operation against its schemas, with a validator that is not ours, and
checks the layout: a value is on one line if that has no more than 100 columns, otherwise each
of its elements on lines of its own.

usage: check_data.py [--fix] FOLDER      FOLDER: spec/describe_snapshots
--fix writes files anew that are laid out otherwise. Ends with 1 if a file is wrong.
"""

import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:  # a python3 that is not Debian's does not search Debian's packages
    sys.path.append("/usr/lib/python3/dist-packages")
    import jsonschema

COLUMNS = 100


def in_one_line(value):
    return json.dumps(value, ensure_ascii=False)


def laid_out(value, indent="", before=""):
    """The value's text; `before` is what its first line already holds."""
    line = in_one_line(value)
    scalar = not isinstance(value, (dict, list)) or not value
    if scalar or (indent and len(indent) + len(before) + len(line) + 1 <= COLUMNS):
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        parts = [(f"{in_one_line(key)}: ", part) for key, part in value.items()]
    else:
        parts = [("", part) for part in value]
    lines = [deeper + name + laid_out(part, deeper, name) for name, part in parts]
    brackets = "{}" if isinstance(value, dict) else "[]"
    return brackets[0] + "\n" + ",\n".join(lines) + "\n" + indent + brackets[1]


def file_text(data):
    return laid_out(data) + "\n"


def place_of(path):
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def load_schema(file):
    """With the parts that schemas share copied into it, so that no reference leaves the file."""
    parts = json.loads((file.parent / "parts.schema.json").read_text(encoding="utf-8"))
    text = file.read_text(encoding="utf-8").replace('"parts.schema.json#', '"#')
    return json.loads(text) | {"$defs": parts["$defs"]}


def schema_errors(file, data):
    if not isinstance(data, dict) or "$schema" not in data:
        return ["names no $schema"]
    schema_file = file.parent / data["$schema"]
    if not schema_file.is_file():
        return [f"{data['$schema']} does not exist"]
    schema = load_schema(schema_file)
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(data)
    return [f"{place_of(error.absolute_path)}: {error.message}" for error in errors]


def check(file, fix):
    text = file.read_text(encoding="utf-8")
    data = json.loads(text)
    wrong = [] if file.parent.name == "schemas" else schema_errors(file, data)
    if text != file_text(data):
        if fix:
            file.write_text(file_text(data), encoding="utf-8")
        else:
            wrong.append("is laid out otherwise; check_data.py --fix puts that right")
    return wrong


def main(arguments):
    fix = "--fix" in arguments
    folders = [argument for argument in arguments if argument != "--fix"]
    if len(folders) != 1:
        sys.exit(__doc__)
    folder = pathlib.Path(folders[0])
    files = sorted(folder.rglob("*.json"))
    if len(files) < 2:
        sys.exit(f"{folder} has no data")
    wrong = 0
    for file in files:
        for what in check(file, fix):
            print(f"{file.relative_to(folder)}: {what}")
            wrong += 1
    print(f"{len(files)} files checked, {wrong} things wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
