"""The classic client aliyun-python-sdk-ecs, which hands answers through as they are.

Arguments: PLAN
"""

import json

from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.DescribeSnapshotsRequest import DescribeSnapshotsRequest

from walk import carry_out


def make_request(plan, request):
    made = DescribeSnapshotsRequest()
    made.set_accept_format("json")
    made.set_endpoint(f"{plan['host']}:{plan['port']}")
    made.set_protocol_type("http")
    for name, value in request.items():
        if name == "Tags":
            made.set_Tags(value)
        elif name == "SnapshotIds":
            made.set_SnapshotIds(json.dumps(value))
        elif name != "RegionId":  # the client's own
            getattr(made, f"set_{name}")(value)
    return made


def read_snapshot(snapshot):
    return {"SnapshotId": snapshot["SnapshotId"], "SnapshotName": snapshot.get("SnapshotName", ""),
            "Status": snapshot["Status"], "SourceDiskSize": str(snapshot["SourceDiskSize"]),
            "Tags": {tag["TagKey"]: tag["TagValue"] for tag in snapshot["Tags"]["Tag"]}}


def open_client(plan, step):
    client = AcsClient(plan["access_key_id"], step["secret"], step["request"]["RegionId"])

    def describe(request):
        answer = json.loads(client.do_action_with_exception(make_request(plan, request)))
        return {"snapshots": [read_snapshot(s) for s in answer["Snapshots"]["Snapshot"]],
                "total": answer["TotalCount"], "next_token": answer.get("NextToken")}

    return describe


def read_error(error):
    return {"code": getattr(error, "error_code", None), "message": str(error)}


carry_out(open_client, read_error)
