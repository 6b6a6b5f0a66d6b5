#!/usr/bin/env python3
"""Prints the outcome of each test of a run of ctest: results.py JUNIT FOLDER

A line is OUTCOME NAME; OUTCOME is run (passed), fail, notrun or disabled. A program of many tests that left its own
results, FOLDER/PROGRAM.xml as GoogleTest writes them, is replaced by these. A program that failed without any
failed test of its own (it crashed, or took too long) fails by its own name.
"""
import pathlib
import sys
import xml.etree.ElementTree as xml


def outcomes_within(file):
    for case in xml.parse(file).getroot().iter("testcase"):
        if case.get("status") != "run":
            continue
        name = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.get("result") == "skipped"
        yield "fail" if case.find("failure") is not None else "notrun" if skipped else "run", name


def outcomes(junit, folder):
    for case in xml.parse(junit).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        own = folder / f"{name}.xml"
        within = list(outcomes_within(own)) if own.exists() else []
        yield from within
        if not within or (status != "run" and not any(outcome == "fail" for outcome, _ in within)):
            yield status, name


for outcome, name in outcomes(sys.argv[1], pathlib.Path(sys.argv[2])):
    print(outcome, name)
