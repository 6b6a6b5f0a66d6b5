"""Carries out the plan named on the command line, for the clients written in Python.

Prints, for every step, what was seen: a line of JSON.
"""

import json
import sys


def _by_page_number(describe, request):
    snapshots, page = [], 1
    while True:
        answer = describe({**request, "PageNumber": page})
        snapshots += answer["snapshots"]
        if page * request["PageSize"] >= answer["total"]:
            return {"snapshots": snapshots, "total": answer["total"]}
        page += 1


def _by_next_token(describe, request):
    answer = describe(request)
    snapshots = answer["snapshots"]
    while answer["next_token"]:
        answer = describe({**request, "NextToken": answer["next_token"]})
        snapshots += answer["snapshots"]
    return {"snapshots": snapshots}


def _by_client(describe, request):
    return describe({name: value for name, value in request.items() if name != "PageNumber"})


def carry_out(open_client, read_error, client_walks=False):
    """open_client(plan, step) gives a function from a request, under the names of the API, to an
    answer; read_error an exception's code and message. Some clients walk over pages themselves."""
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    walks = {"page_number": _by_page_number, "next_token": _by_next_token}
    for step in plan["steps"]:
        walk = _by_client if client_walks else walks[step["walk"]]
        try:
            seen = walk(open_client(plan, step), step["request"])
        except Exception as error:  # whatever the client makes of it is what is looked at
            seen = {"error": {"type": type(error).__name__, **read_error(error)}}
        print(json.dumps({"step": step["name"], **seen}), flush=True)
