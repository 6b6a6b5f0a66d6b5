'use strict';

// The generated SDK @alicloud/ecs20140526. Arguments: PLAN PACKAGE [SIGNATURE_ALGORITHM]

const { carryOut } = require('./walk.js');

const [, , , packageName, signatureAlgorithm] = process.argv;
const sdk = require(packageName);

const memberOf = (name) => (name.startsWith('KMS') ? name : name[0].toLowerCase() + name.slice(1));

function makeRequest({ SnapshotIds: ids, Tags: tags, ...plain }) {
  const members = Object.entries(plain).map(([name, value]) => [memberOf(name), value]);
  const request = new sdk.DescribeSnapshotsRequest(Object.fromEntries(members));
  if (ids) request.snapshotIds = JSON.stringify(ids);
  if (tags) {
    request.tag = tags.map(
      ({ Key, Value }) => new sdk.DescribeSnapshotsRequestTag({ key: Key, value: Value }));
  }
  return request;
}

function readSnapshot(snapshot) {
  const tags = snapshot.tags?.tag ?? [];
  return {
    SnapshotId: snapshot.snapshotId,
    SnapshotName: snapshot.snapshotName ?? '',
    Status: snapshot.status,
    SourceDiskSize: snapshot.sourceDiskSize,
    Tags: Object.fromEntries(tags.map((tag) => [tag.tagKey, tag.tagValue])),
  };
}

function open(plan, step) {
  const client = new sdk.default({
    accessKeyId: plan.access_key_id,
    accessKeySecret: step.secret,
    endpoint: `${plan.host}:${plan.port}`,
    protocol: 'http',
    regionId: step.request.RegionId,
    signatureAlgorithm,
  });
  return async (request) => {
    const response = await client.describeSnapshots(makeRequest(request));
    const answer = response.body ?? response; // before release 2 there is nothing around the body
    return {
      snapshots: answer.snapshots.snapshot.map(readSnapshot),
      total: answer.totalCount,
      nextToken: answer.nextToken,
    };
  };
}

carryOut(open);
