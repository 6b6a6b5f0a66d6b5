"""Apache Libcloud's ECSDriver, which speaks XML and walks over pages itself. Arguments: PLAN"""

import ast

from libcloud.common.exceptions import BaseHTTPError
from libcloud.compute.drivers.ecs import ECSDriver

from walk import carry_out


def make_filters(request):
    filters = {name: str(value) for name, value in request.items()
               if name not in ("RegionId", "SnapshotIds", "Tags")}
    for position, tag in enumerate(request.get("Tags", []), start=1):
        filters[f"Tag.{position}.Key"] = tag["Key"]
        filters[f"Tag.{position}.Value"] = tag["Value"]
    return filters


def read_snapshot(snapshot):
    return {"SnapshotId": snapshot.id, "SnapshotName": snapshot.extra["snapshot_name"] or "",
            "SourceDiskSize": str(snapshot.extra["source_disk_size"])}


def open_client(plan, step):
    driver = ECSDriver(plan["access_key_id"], step["secret"], region=step["request"]["RegionId"],
                       host=plan["host"], port=plan["port"], secure=False)

    def describe(request):
        found = driver.list_volume_snapshots(None, ex_snapshot_ids=request.get("SnapshotIds", []),
                                             ex_filters=make_filters(request))
        return {"snapshots": [read_snapshot(snapshot) for snapshot in found]}

    return describe


# Libcloud's own code is the HTTP status; what the body says is the text of a dict.
def read_error(error):
    said = ast.literal_eval(error.message) if isinstance(error, BaseHTTPError) else {}
    return {"code": said.get("code"), "message": str(error)}


carry_out(open_client, read_error, client_walks=True)
