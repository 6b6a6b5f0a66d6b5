"""The generated SDK alibabacloud-ecs20140526. Arguments: PLAN [SIGNATURE_ALGORITHM]"""

import json
import sys

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client
from alibabacloud_tea_openapi.models import Config

from walk import carry_out

MEMBERS = {"RegionId": "region_id", "PageNumber": "page_number", "PageSize": "page_size",
           "MaxResults": "max_results", "NextToken": "next_token", "Status": "status",
           "SnapshotName": "snapshot_name"}


def make_request(request):
    members = {MEMBERS[name]: value for name, value in request.items() if name in MEMBERS}
    if "SnapshotIds" in request:
        members["snapshot_ids"] = json.dumps(request["SnapshotIds"])
    if "Tags" in request:
        members["tag"] = [models.DescribeSnapshotsRequestTag(key=tag["Key"], value=tag["Value"])
                          for tag in request["Tags"]]
    return models.DescribeSnapshotsRequest(**members)


def read_snapshot(snapshot):
    return {"SnapshotId": snapshot.snapshot_id, "SnapshotName": snapshot.snapshot_name or "",
            "Status": snapshot.status, "SourceDiskSize": str(snapshot.source_disk_size),
            "Tags": {tag.tag_key: tag.tag_value for tag in snapshot.tags.tag or []}}


def open_client(plan, step):
    client = Client(Config(
        access_key_id=plan["access_key_id"], access_key_secret=step["secret"],
        endpoint=f"{plan['host']}:{plan['port']}", protocol="http",
        region_id=step["request"]["RegionId"],
        signature_algorithm=sys.argv[2] if len(sys.argv) > 2 else None))

    def describe(request):
        answer = client.describe_snapshots(make_request(request)).body
        return {"snapshots": [read_snapshot(s) for s in answer.snapshots.snapshot],
                "total": answer.total_count, "next_token": answer.next_token}

    return describe


def read_error(error):
    return {"code": getattr(error, "code", None), "message": str(error)}


carry_out(open_client, read_error)
