'use strict';

// The classic client @alicloud/pop-core, which hands answers through as they are. Arguments: PLAN METHOD

const { carryOut } = require('./walk.js');
const Core = require('@alicloud/pop-core');

const method = process.argv[3];

function makeParameters({ SnapshotIds: ids, Tags: tags, ...plain }) {
  return {
    ...plain,
    ...(ids && { SnapshotIds: JSON.stringify(ids) }),
    ...(tags && { Tag: tags }),
  };
}

function readSnapshot(snapshot) {
  return {
    SnapshotId: snapshot.SnapshotId,
    SnapshotName: snapshot.SnapshotName ?? '',
    Status: snapshot.Status,
    SourceDiskSize: String(snapshot.SourceDiskSize),
    Tags: Object.fromEntries(snapshot.Tags.Tag.map((tag) => [tag.TagKey, tag.TagValue])),
  };
}

function open(plan, step) {
  const client = new Core({
    accessKeyId: plan.access_key_id,
    accessKeySecret: step.secret,
    endpoint: `http://${plan.host}:${plan.port}`,
    apiVersion: '2014-05-26',
  });
  return async (request) => {
    const answer = await client.request('DescribeSnapshots', makeParameters(request), { method });
    return {
      snapshots: answer.Snapshots.Snapshot.map(readSnapshot),
      total: answer.TotalCount,
      nextToken: answer.NextToken,
    };
  };
}

carryOut(open);
