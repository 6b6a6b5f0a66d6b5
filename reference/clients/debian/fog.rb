# frozen_string_literal: true

# fog-aliyun's Fog::Compute::Aliyun. Arguments: PLAN

require 'json'
require 'fog/aliyun'
require_relative 'uri_encode'

OPTIONS = { 'SnapshotIds' => :snapshotIds, 'SnapshotName' => :snapshotName, 'Status' => :state,
            'PageNumber' => :pageNumber, 'PageSize' => :pageSize }.freeze

# fog adds the options to a path, so numbers have to be text.
def make_options(request)
  known = request.slice(*OPTIONS.keys).transform_keys(OPTIONS)
  known.transform_values { |value| value.is_a?(Integer) ? value.to_s : value }
end

def read_snapshot(snapshot)
  tags = snapshot.tags['Tag'].to_h { |tag| tag.values_at('TagKey', 'TagValue') }
  { SnapshotId: snapshot.id, SnapshotName: snapshot.name.to_s, Status: snapshot.state,
    SourceDiskSize: snapshot.volume_size.to_s, Tags: tags }
end

def open_client(plan, step)
  Fog::Compute::Aliyun.new(
    aliyun_url: "http://#{plan['host']}:#{plan['port']}",
    aliyun_accesskey_id: plan['access_key_id'], aliyun_accesskey_secret: step['secret'],
    aliyun_region_id: step['request']['RegionId'], aliyun_zone_id: 'any'
  )
end

# fog hides TotalCount: the last page is the first that is not full.
def walk(client, request)
  (1..).each_with_object([]) do |page, snapshots|
    found = client.snapshots.all(make_options(request.merge('PageNumber' => page)))
    snapshots.concat(found.map { |snapshot| read_snapshot(snapshot) })
    return { snapshots: snapshots } if found.size < request['PageSize']
  end
end

# The code is in the body, which Excon shows in its message only.
def read_error(error)
  code = error.message[/"Code"\s*:\s*"([^"]*)"/, 1] || error.message[/\\"Code\\":\\"([^"\\]*)/, 1]
  { type: error.class.name, code: code, message: error.message }
end

plan = JSON.parse(File.read(ARGV[0]))
plan['steps'].each do |step|
  seen = begin
    walk(open_client(plan, step), step['request'])
  rescue StandardError => e
    { error: read_error(e) }
  end
  puts JSON.generate(step: step['name'], **seen)
end
