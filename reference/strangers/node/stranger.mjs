// An emulator of Alibaba Cloud ECS DescribeSnapshots for Node.js 20, written from the public
// documents alone. It is a stranger on purpose: it shares no code with anything it is tested by.
// One process, one thread, and no state but the dataset (and the nonces seen, with --auth).
import http from 'node:http';
import { readFileSync, writeSync } from 'node:fs';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomUUID } from 'node:crypto';

const SWITCHES = {
  'json-by-default': 'Without a Format that is JSON or XML the answer is JSON, not XML.',
  'oldest-first': 'Snapshots come in the order of their creation, not newest first.',
  'page-size-cut-when-alone': 'PageSize over 100 is cut to 100 unless PageNumber is given too.',
  'max-results-refused-at-start': 'MaxResults over 100 is refused unless NextToken is given too.',
  'page-number-wins': 'PageNumber beside MaxResults, without NextToken, means paging by number.',
  'token-bound-to-filters': 'NextToken is refused beside other filters than it was made for.',
  'no-empty-token': 'NextToken is left out where there is no further page, instead of empty.',
  'token-total-is-page': 'Paging by token, TotalCount is the number of snapshots in this answer.',
  'empty-ids-ignored': 'SnapshotIds=[] is no filter at all, instead of one that nothing meets.',
  'trim-blanks': 'Blanks around values are dropped, except in names and tags.',
  'dry-run-early': 'DryRun=true answers before any value but RegionId is checked.',
  'checks-reversed': 'Of several wrong values the one of the last group of checks is reported.',
  'filter-key-alone-ignored': 'A right Filter.N.Key without a value is ignored, not refused.',
  'bounds-exclusive': 'Snapshots made exactly at CreationStartTime or CreationEndTime are out.',
  'old-tag-spelling-wins': 'Where Tag.N.key and Tag.N.Key are both given, the old one counts.',
  'unknown-ids-404': 'An InstanceId or DiskId that no snapshot has anywhere is answered by 404.',
  'unset-strings-empty': 'An unset Description, ProductCode or KMSKeyId is returned as "".',
};
const MISTAKES = {
  'end-by-concatenation': 'The end of a page is number + text, so pages after the first run on; ' +
    'breaks "PageSize: The number of entries per page."',
  'max-results-as-text': 'MaxResults is compared with 100 as text, so 20 becomes 100; breaks ' +
    '"MaxResults: The maximum number of entries per page."',
  'truthy-dry-run': 'Any DryRun text counts as true, "false" too; breaks "DryRun: Specifies ' +
    'whether to perform only a dry run."',
  'shared-array-reversed': 'Paging by number reverses the shared array at each request, so pages ' +
    'repeat and lose entries; breaks "PageNumber: The page number. Page starts from page 1."',
  'sticky-time-pattern': 'The pattern for times has the g flag and keeps its lastIndex, so every ' +
    'second good time is refused; breaks "Filter.2.Value: Set the value to a time."',
  'iso-milliseconds': 'LastModifiedTime comes from toISOString, with milliseconds; breaks ' +
    '"LastModifiedTime: in the yyyy-MM-ddTHH:mm:ssZ format."',
  'strict-percent-decoding': 'decodeURIComponent throws at a broken % and the answer is 500; ' +
    'breaks "500 InternalError: An internal error occurred", for the caller made the error.',
  'falsy-fields-dropped': 'Fields that are false or 0 are left out; breaks "Encrypted: Indicates ' +
    'whether the snapshot is encrypted."',
  'tags-on-a-plain-object': 'Tags are looked up in {}, so the key "constructor" is on every ' +
    'snapshot; breaks "resources that have this tag added are returned."',
  'name-cut-by-code-units': 'SnapshotName is cut at 128 UTF-16 units, so long names with emoji ' +
    'lose their end; breaks "SnapshotName: The name of the snapshot."',
  'escape-first-only': 'replace() with a string escapes only the first &, < and > of XML text, ' +
    'so the XML is broken or wrong; breaks "Snapshots: The details about the snapshots."',
  'token-counts-pages': 'A token holds a page count and no position, so another MaxResults on ' +
    'the next page repeats or loses entries; breaks "retrieve a new page of results."',
  'ids-split-by-comma': 'SnapshotIds is split at commas, not parsed, so an id after a blank is ' +
    'not found; breaks "SnapshotIds: a JSON array that consists of up to 100 snapshot IDs."',
  'repeated-names-as-arrays': 'A name given twice has an array as its value, as in query parsers ' +
    'of frameworks, on which text functions throw (500); breaks "500 InternalError: An internal ' +
    'error occurred", for the caller made the error.',
  'brackets-as-arrays': 'Name[] is read as a list of the name, on which text functions throw ' +
    '(500); breaks "500 InternalError: An internal error occurred".',
  'name-as-regexp': 'SnapshotName goes into a RegExp as it is, so ".", "*" and "[" act or throw ' +
    '(500); breaks "SnapshotName: The name of the snapshot."',
};
const ERRORS = {
  MissingParameter: [400, 'The input parameter "$" that is mandatory for processing this request ' +
    'is not supplied.'],
  InvalidParameter: [400, 'The specified parameter "$" is not valid.'],
  DryRunOperation: [400, 'Request validation has been passed with DryRun flag set.'],
  'InvalidTag.Mismatch': [400, 'The specified Tag.n.Key and Tag.n.Value are not match.'],
  InvalidTagCount: [400, 'The specified tags are beyond the permitted range.'],
  'InvalidSnapshotIds.Malformed':
    [403, 'The amount of specified specified snapshot Ids exceeds the limit.'],
  'InvalidSnapshotCategory.Malformed': [403, 'The specified Category is not valid.'],
  'InvalidFilterKey.NotFound': [404, 'The specified FilterKey is not found.'],
  InvalidFilterValue: [404, 'The specified FilterValue exceeds the limit.'],
  InvalidUsage: [404, 'The specifed Usage is not valid.'],
  InvalidSourceDiskType: [404, 'The specifed SourceDiskType is not valid.'],
  'InvalidStatus.NotFound': [404, 'The specified Status is not found.'],
  'InvalidSnapshotType.NotFound': [404, 'The specfied SnapshotType is not found.'],
  'InvalidSnapshotLinkId.NotFound': [404, 'The specified snapshot link is not found.'],
  'InvalidRegionId.NotFound': [404, 'The specified RegionId does not exist.'],
  'InvalidInstanceId.NotFound': [404, 'The specified InstanceId does not exist.'],
  'InvalidDiskId.NotFound': [404, 'The specified DiskId does not exist.'],
  InternalError: [500, 'The request processing has failed due to some unknown error.'],
  UnsupportedHTTPMethod: [403, 'This http method is not supported.'],
  InvalidVersion: [400, 'Specified parameter Version is not valid.'],
  'InvalidAction.NotFound':
    [404, 'Specified api is not found, please check your url and method.'],
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  SignatureDoesNotMatch: [400, 'Specified signature is not matched with our calculation. ' +
    'server string to sign is:$'],
};
class ApiError extends Error {
  constructor(code, status, message) {
    super(message);
    Object.assign(this, { code, status });
  }
}
function fail(code, what = '') {
  throw new ApiError(code, ERRORS[code][0], ERRORS[code][1].replace('$', () => what));
}
function must(name, value) {
  if (value) return value;
  throw new ApiError(`Missing${name}`, 400, `${name} is mandatory for this action.`);
}

// The command line and the dataset.
function die(text) {
  writeSync(2, `${text}\n`);
  process.exit(2);
}
const opt = {}, chosen = new Set(), on = (name) => chosen.has(name);
for (let i = 2; i < process.argv.length; i += 2) {
  const [name, value] = process.argv.slice(i);
  if (name === '--list') {
    writeSync(1, JSON.stringify({ switches: SWITCHES, mistakes: MISTAKES }) + '\n');
    process.exit(0);
  }
  if (value === undefined) die(`unknown option, or no value: ${name}`);
  if (name === '--switch' || name === '--mistake') {
    if (!Object.hasOwn(name === '--switch' ? SWITCHES : MISTAKES, value)) {
      die(`unknown ${name.slice(2)}: ${value}`);
    }
    chosen.add(value);
  } else if (['--listen', '--dataset', '--auth'].includes(name)) opt[name.slice(2)] = value;
  else die(`unknown option: ${name}`);
}
const [, host, port] = /^(.*):(\d{1,5})$/.exec(opt.listen) ?? die('--listen HOST:PORT is needed');
if (port > 65535) die('--listen: no such port');
const [, authId, secret] = /^([^:]+):(.+)$/.exec(opt.auth ?? 'a:b') ?? die('bad --auth');

const TEXT = (v) => typeof v === 'string', FLAG = (v) => typeof v === 'boolean';
const INT = (v) => Number.isInteger(v), OF = (...a) => (v) => a.includes(v);
const STAMP = (v) => TEXT(v) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(v) && realTime(v);
function realTime(v) { // no 30th of February: the time must come back as it went in
  const t = new Date(v);
  return !Number.isNaN(t.getTime()) && t.toISOString().startsWith(v.slice(0, -1));
}
const REQUIRED = {
  SnapshotId: TEXT, RegionId: TEXT, SnapshotLinkId: TEXT, SourceDiskId: TEXT, SourceDiskSize: INT,
  SourceDiskType: OF('system', 'data'), Status: OF('progressing', 'accomplished', 'failed'),
  Progress: (v) => TEXT(v) && /^(\d{1,2}|100)%$/.test(v), SnapshotType: OF('auto', 'user'),
  Usage: OF('image', 'disk', 'image_disk', 'none'), Category: OF('standard', 'flash'),
  CreationTime: STAMP, LastModifiedTime: STAMP, Encrypted: FLAG, InstantAccess: FLAG,
  Available: FLAG, ResourceGroupId: TEXT, Tags: (v) => Array.isArray(v) && v.length <= 20 &&
    v.every((t) => t && TEXT(t.TagKey) && TEXT(t.TagValue) && Object.keys(t).length === 2) &&
    new Set(v.map((t) => t.TagKey)).size === v.length,
};
const FIELDS = { // all of them
  ...REQUIRED, InstanceId: TEXT, SnapshotName: TEXT, Description: TEXT, KMSKeyId: TEXT,
  RemainTime: INT, RetentionDays: INT, InstantAccessRetentionDays: INT, SnapshotSN: TEXT,
  ProductCode: TEXT, SourceSnapshotId: TEXT, SourceRegionId: TEXT, SourceStorageType: TEXT,
};
function load(file) {
  const d = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)));
  const list = (v) => Array.isArray(v) && v.every(TEXT);
  const top = { format: OF('assay-dataset/1'), regions: list, default_resource_group: TEXT,
    snapshot_links: list, snapshots: Array.isArray };
  const check = (where, o, allowed, required) => {
    for (const k of new Set([...Object.keys(required), ...Object.keys(o ?? {})])) {
      if (!Object.hasOwn(allowed, k)) throw new Error(`${where}: unknown key ${k}`);
      if (!Object.hasOwn(o ?? {}, k)) throw new Error(`${where}: ${k} is missing`);
      if (!allowed[k](o[k])) throw new Error(`${where}: ${k} has a wrong type or value`);
    }
  };
  check('top', d, top, top);
  const ids = new Set();
  d.snapshots.forEach((s, i) => check(`snapshot ${i}`, s, {
    ...FIELDS,
    SnapshotId: (v) => TEXT(v) && !ids.has(v) && ids.add(v),
    RegionId: OF(...d.regions),
    SnapshotLinkId: OF(...d.snapshot_links),
  }, REQUIRED));
  return d;
}
let data;
try {
  data = load(opt.dataset ?? die('--dataset FILE is needed'));
} catch (e) {
  die(`bad dataset: ${e.message}`);
}
if (!on('oldest-first')) {
  data.snapshots.reverse().sort((a, b) =>
    (a.CreationTime < b.CreationTime) - (a.CreationTime > b.CreationTime));
}
// `rank` is the place among all snapshots; a token remembers the last one that was returned.
const all = data.snapshots.map((s, rank) => (
  { s, rank, item: itemOf(s), tags: new Map(s.Tags.map((t) => [t.TagKey, t.TagValue])) }));
const perRegion = () =>
  new Map(data.regions.map((r) => [r, all.filter(({ s }) => s.RegionId === r)]));
const lists = perRegion(), shared = perRegion();

function itemOf(s) {
  const item = {};
  for (const k of Object.keys(FIELDS)) {
    if (['RegionId', 'SnapshotLinkId', 'InstanceId', 'Tags'].includes(k)) continue;
    let v = s[k];
    if (on('unset-strings-empty') && ['Description', 'ProductCode', 'KMSKeyId'].includes(k)) {
      v ??= '';
    }
    if (k === 'LastModifiedTime' && on('iso-milliseconds')) v = new Date(v).toISOString();
    if (k === 'SnapshotName' && on('name-cut-by-code-units')) v = v?.slice(0, 128);
    if (v === undefined || (on('falsy-fields-dropped') && !v && v !== '')) continue;
    item[k] = v;
  }
  return { ...item, Tags: { Tag: s.Tags } };
}

// Parameters: the query first, then the form body; of a repeated name the first one counts.
function pairsOf(text) {
  if (!on('strict-percent-decoding')) return [...new URLSearchParams('&' + text)];
  return text.replaceAll('+', ' ').split('&').filter(Boolean).map((part) => {
    const [name, ...value] = part.split('=');
    return [decodeURIComponent(name), decodeURIComponent(value.join('='))];
  });
}
class Params {
  constructor(pairs) {
    this.pairs = pairs;
    this.map = new Map(pairs.toReversed());
    const gather = (name, value) => this.map.set(name, [this.map.get(name) ?? [], value].flat());
    const names = pairs.map(([name]) => name);
    for (const [name, value] of pairs) {
      if (on('repeated-names-as-arrays') && names.filter((n) => n === name).length > 1) {
        gather(name, value);
      }
      if (on('brackets-as-arrays') && name.endsWith('[]')) gather(name.slice(0, -2), value);
    }
  }
  get(name) { // an empty value counts as not given
    const v = this.map.get(name) ?? '';
    return on('trim-blanks') && name !== 'SnapshotName' ? v.trim() : v;
  }
  integer(name, fallback) {
    const v = this.get(name);
    if (v === '') return fallback;
    const n = /^\d+$/.test(v) ? Number(v) : 0;
    return n >= 1 && n <= 0x7fffffff ? n : fail('InvalidParameter', name);
  }
  flag(name) {
    const v = this.get(name).toLowerCase();
    if (!['', 'true', 'false'].includes(v)) fail('InvalidParameter', name);
    return v === '' ? undefined : v === 'true';
  }
}

// Tokens: one encrypted block of 16 bytes, 32 hexadecimal digits.
const KEY = createHash('md5').update('stranger token').digest();
const words = (position, bound) => [0x534e4150, position, bound, ~position >>> 0];
function makeToken(position, bound) {
  const b = Buffer.alloc(16);
  words(position, bound).forEach((n, i) => b.writeUInt32BE(n, 4 * i));
  return createCipheriv('aes-128-ecb', KEY, null).setAutoPadding(false).update(b, null, 'hex');
}
function readToken(text, bound) {
  if (!/^[0-9a-f]{32}$/.test(text)) fail('InvalidParameter', 'NextToken');
  const d = createDecipheriv('aes-128-ecb', KEY, null).setAutoPadding(false);
  const b = d.update(text, 'hex'), position = b.readUInt32BE(4);
  return words(position, bound).every((n, i) => b.readUInt32BE(4 * i) === n) ? position :
    fail('InvalidParameter', 'NextToken');
}
const FILTER = new RegExp('^(RegionId|InstanceId|DiskId|SnapshotLinkId|SnapshotIds|SnapshotName|' +
  'Status|SnapshotType|Usage|SourceDiskType|Encrypted|ResourceGroupId|KMSKeyId|Category|' +
  '(Tag|Filter)[.].*)$', 's');
function filtersHash(p) {
  if (!on('token-bound-to-filters')) return 0;
  const used = [...p.map].filter(([k, v]) => FILTER.test(k) && (v !== '' || k.startsWith('Tag.')));
  const text = JSON.stringify(used.map((x) => JSON.stringify(x)).sort());
  return createHash('sha1').update(text).digest().readUInt32BE(0);
}

// The groups of checks. Each adds what it read to `want`.
function checkPaging(p, want) {
  const token = p.get('NextToken'), max = p.get('MaxResults'), page = p.get('PageNumber');
  want.byToken = token !== '' || (max !== '' && !(page !== '' && on('page-number-wins')));
  want.bound = filtersHash(p);
  if (want.byToken) {
    want.limit = p.integer('MaxResults', 10);
    const over = on('max-results-as-text') ? max > '100' : want.limit > 100;
    if (over && token === '' && on('max-results-refused-at-start')) {
      fail('InvalidParameter', 'MaxResults');
    }
    if (over) want.limit = 100;
    want.after = token === '' ? null : readToken(token, want.bound);
  } else {
    want.page = p.integer('PageNumber', 1);
    want.limit = p.integer('PageSize', Math.min(p.integer('MaxResults', 10), 100));
    if (want.limit <= 100) return;
    if (page !== '' || !on('page-size-cut-when-alone')) fail('InvalidParameter', 'PageSize');
    want.limit = 100;
  }
}

function checkIds(p, want) {
  const text = p.get('SnapshotIds'), link = p.get('SnapshotLinkId');
  if (text !== '') {
    let ids;
    try {
      ids = on('ids-split-by-comma') ? text.replace(/[[\]"]/g, '').split(',') : JSON.parse(text);
    } catch { /* no array */ }
    if (!Array.isArray(ids) || !ids.every(TEXT) || ids.length > 100) {
      fail('InvalidSnapshotIds.Malformed');
    }
    const set = new Set(ids);
    if (ids.length || !on('empty-ids-ignored')) want.tests.push(({ s }) => set.has(s.SnapshotId));
  }
  for (const [name, field] of [['InstanceId', 'InstanceId'], ['DiskId', 'SourceDiskId']]) {
    const id = p.get(name);
    if (id === '') continue;
    if (on('unknown-ids-404') && !all.some(({ s }) => s[field] === id)) {
      fail(`Invalid${name}.NotFound`);
    }
    want.tests.push(({ s }) => s[field] === id);
  }
  if (link === '') return;
  if (!data.snapshot_links.includes(link)) fail('InvalidSnapshotLinkId.NotFound');
  want.tests.push(({ s }) => s.SnapshotLinkId === link);
}

const CHOICES = [
  ['Status', 'InvalidStatus.NotFound', ['progressing', 'accomplished', 'failed', 'all']],
  ['SnapshotType', 'InvalidSnapshotType.NotFound', ['auto', 'user', 'all']],
  ['Usage', 'InvalidUsage', ['image', 'disk', 'image_disk', 'none']],
  ['SourceDiskType', 'InvalidSourceDiskType', ['system', 'data'], 'any case'],
  ['Category', 'InvalidSnapshotCategory.Malformed', ['standard', 'flash', 'archive'], 'any case'],
];
function checkValues(p, want) {
  for (const [field, code, values, anyCase] of CHOICES) {
    const v = anyCase ? p.get(field).toLowerCase() : p.get(field);
    if (v !== '' && !values.includes(v)) fail(code);
    if (v !== '' && v !== 'all') want.tests.push(({ s }) => s[field] === v);
  }
  const encrypted = p.flag('Encrypted'), name = p.get('SnapshotName'), key = p.get('KMSKeyId');
  if (encrypted !== undefined) want.tests.push(({ s }) => s.Encrypted === encrypted);
  if (key !== '') want.tests.push(({ s }) => s.KMSKeyId === key);
  if (name !== '') {
    const pattern = on('name-as-regexp') && new RegExp(`^${name}$`);
    want.tests.push(({ s }) => pattern ? pattern.test(s.SnapshotName) : s.SnapshotName === name);
  }
  const group = want.group = p.get('ResourceGroupId'), shown = [group, data.default_resource_group];
  if (group !== '') want.tests.push(({ s }) => shown.includes(s.ResourceGroupId));
  want.dryRun = on('truthy-dry-run') ? p.get('DryRun') : p.flag('DryRun');
}

const TIME = new RegExp(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/,
  on('sticky-time-pattern') ? 'g' : '');
function checkTimes(p, want) {
  for (const [n, known] of [[1, 'CreationStartTime'], [2, 'CreationEndTime']]) {
    const key = p.get(`Filter.${n}.Key`), value = p.get(`Filter.${n}.Value`);
    if (key === '' && value === '') continue;
    if (key !== known) fail('InvalidFilterKey.NotFound');
    if (value === '' && on('filter-key-alone-ignored')) continue;
    if (!TIME.test(value) || !realTime(value)) fail('InvalidFilterValue');
    const time = value.length === 17 ? value.slice(0, 16) + ':00Z' : value;
    want.tests.push(({ s: { CreationTime: t } }) =>
      (n === 1 ? t > time : t < time) || (t === time && !on('bounds-exclusive')));
  }
}

function checkTags(p, want) {
  const tags = new Map(), old = on('old-tag-spelling-wins');
  for (const [name, text] of p.map) {
    const [, n, part] = /^Tag\.(0|[1-9]\d*)\.([Kk]ey|[Vv]alue)$/.exec(name) ?? [];
    if (!n || (text === '' && /key/i.test(part))) continue;
    tags.set(n, { ...tags.get(n), [part]: text });
  }
  for (const [n, tag] of tags) {
    const key = old ? tag.key ?? tag.Key : tag.Key ?? tag.key;
    const value = old ? tag.value ?? tag.Value : tag.Value ?? tag.value;
    if (key === undefined && value === '') continue;
    if (n < 1 || n > 20) fail('InvalidTagCount');
    if (key === undefined) fail('InvalidTag.Mismatch');
    want.tagged = true;
    want.tests.push(({ tags: has }) => {
      const found = on('tags-on-a-plain-object') ? Object.fromEntries(has)[key] : has.get(key);
      return found !== undefined && (value === undefined || found === value);
    });
  }
}

function describe(p) {
  const region = p.get('RegionId') || fail('MissingParameter', 'RegionId');
  if (!lists.has(region)) fail('InvalidRegionId.NotFound');
  if (on('dry-run-early') && p.flag('DryRun')) fail('DryRunOperation');
  const want = { tests: [] };
  const checks = [checkPaging, checkIds, checkValues, checkTimes, checkTags];
  for (const check of on('checks-reversed') ? checks.reverse() : checks) check(p, want);
  if (want.dryRun) fail('DryRunOperation');

  const list = on('shared-array-reversed') && !want.byToken ? shared.get(region).reverse() :
    lists.get(region);
  let n = 0, found = list.filter((x) => want.tests.every((test) => test(x)));
  // 1,000 of the group; those of the default group come beside them and are not counted.
  found = found.filter(({ s }) => !want.group || s.ResourceGroupId !== want.group || ++n <= 1000);
  if (want.tagged) found = found.slice(0, 1000);

  let start = (want.page - 1) * want.limit;
  if (want.byToken) {
    start = want.after === null ? 0 : found.findIndex((x) => x.rank > want.after);
    if (start < 0) start = found.length;
    if (on('token-counts-pages')) start = want.after * want.limit;
  }
  const joined = on('end-by-concatenation') && !want.byToken && p.get('PageSize');
  const page = found.slice(start, start + (joined || want.limit));
  let NextToken = '';
  if (page.length && start + page.length < found.length) {
    const position = on('token-counts-pages') ? start / want.limit + 1 : page.at(-1).rank;
    NextToken = makeToken(position, want.bound);
  }
  return {
    TotalCount: want.byToken && on('token-total-is-page') ? page.length : found.length,
    PageNumber: want.page ?? 1, PageSize: want.limit,
    ...(NextToken === '' && on('no-empty-token') ? {} : { NextToken }),
    Snapshots: { Snapshot: page.map((x) => x.item) },
  };
}

// Signatures.
const percent = (s) => encodeURIComponent(s).replace(/[!'()*]/g,
  (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const canonical = (pairs) => pairs.map(([k, v]) => [k, v, Buffer.from(k), Buffer.from(v)])
  .sort((a, b) => Buffer.compare(a[2], b[2]) || Buffer.compare(a[3], b[3]))
  .map(([k, v]) => `${percent(k)}=${percent(v)}`).join('&');
const sha256 = (x) => createHash('sha256').update(x).digest('hex');
const nonces = new Map();

function signV3(req, header, query, body) {
  const h = (name) => (req.headersDistinct[name] ?? []).map((v) => v.trim()).sort().join(',');
  const part = new Map(header.split(',').map((x) => x.trim().split(/=(.*)/s)));
  const names = must('SignedHeaders', part.get('SignedHeaders')).split(';');
  const digest = h('x-acs-content-sha256');
  const toSign = 'ACS3-HMAC-SHA256\n' + sha256([req.method, '/', canonical(query),
    names.map((k) => `${k}:${h(k)}\n`).join(''), names.join(';'), digest].join('\n'));
  const whole = digest === sha256(body) && names.includes('host') &&
    Object.keys(req.headers).every((k) => !k.startsWith('x-acs-') || names.includes(k));
  return { toSign, mine: whole && createHmac('sha256', secret).update(toSign).digest('hex'),
    given: must('Signature', part.get('Signature')), id: part.get('Credential'),
    nonce: h('x-acs-signature-nonce'), stamp: h('x-acs-date') };
}
function signV1(req, p) {
  const param = (name) => must(name, p.map.get(name));
  if (param('SignatureMethod') !== 'HMAC-SHA1') fail('InvalidParameter', 'SignatureMethod');
  if (param('SignatureVersion') !== '1.0') fail('InvalidParameter', 'SignatureVersion');
  const signed = canonical(p.pairs.filter(([k]) => k !== 'Signature'));
  const toSign = `${req.method}&%2F&${percent(signed)}`;
  return { toSign, mine: createHmac('sha1', secret + '&').update(toSign).digest('base64'),
    given: param('Signature'), id: param('AccessKeyId'),
    nonce: p.map.get('SignatureNonce'), stamp: p.map.get('Timestamp') };
}
function authenticate(req, p, query, body) {
  const v3 = /^ACS3-HMAC-SHA256\s+(.*)$/.exec(req.headers.authorization ?? '');
  if (!v3) must('AccessKeyId', p.map.get('AccessKeyId')), must('Signature', p.map.get('Signature'));
  const x = v3 ? signV3(req, v3[1], query, body) : signV1(req, p), now = Date.now();
  if (must('AccessKeyId', x.id) !== authId) fail('InvalidAccessKeyId.NotFound');
  if (!STAMP(must('Timestamp', x.stamp))) fail('InvalidTimeStamp.Format');
  if (Math.abs(now - Date.parse(x.stamp)) > 900_000) fail('InvalidTimeStamp.Expired');
  if (x.given !== x.mine) fail('SignatureDoesNotMatch', x.toSign);
  if (nonces.has(must('SignatureNonce', x.nonce))) fail('SignatureNonceUsed');
  nonces.set(x.nonce, now);
  for (const [old, time] of nonces) { // oldest first; a stamp is good for 15 minutes each way
    if (now - time < 1_860_000) break;
    nonces.delete(old);
  }
}

// Answers.
function escapeXml(text) {
  const s = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  const method = on('escape-first-only') ? 'replace' : 'replaceAll';
  return s[method]('&', '&amp;')[method]('<', '&lt;')[method]('>', '&gt;')[method]('\r', '&#13;');
}
function xml(name, v) {
  if (Array.isArray(v)) return v.map((x) => xml(name, x)).join('');
  const inner = typeof v !== 'object' ? escapeXml(String(v)) :
    Object.entries(v).map(([k, x]) => xml(k, x)).join('');
  return `<${name}>${inner}</${name}>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const envelope = (RequestId, Code, Message) => ({ RequestId, HostId: 'ecs.aliyuncs.com', Code,
  Message, Recommend: `https://api.aliyun.com/troubleshoot?q=${Code}&product=Ecs&requestId=` +
    RequestId });

function handle(req, res, body) {
  const RequestId = randomUUID().toUpperCase(), v3 = req.headers['x-acs-action'] !== undefined;
  let json = v3 || on('json-by-default'), status = 200, root = 'DescribeSnapshotsResponse', out;
  try {
    const url = Buffer.from(req.url, 'latin1').toString(); // raw UTF-8 bytes stay what they are
    const query = pairsOf(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
    const form = req.method === 'POST' && /^(application\/x-www-form-urlencoded\s*(;.*)?)?$/i
      .test(req.headers['content-type'] ?? '');
    const p = new Params(form ? query.concat(pairsOf(body.toString())) : query);
    const format = p.get('Format').toUpperCase();
    if (['JSON', 'XML'].includes(format)) json = format === 'JSON';
    if (req.method !== 'GET' && req.method !== 'POST') fail('UnsupportedHTTPMethod');
    if (opt.auth) authenticate(req, p, query, body);
    const common = (name) =>
      must(name, (v3 && req.headers[`x-acs-${name.toLowerCase()}`]) || p.get(name));
    if (common('Version') !== '2014-05-26') fail('InvalidVersion');
    if (common('Action') !== 'DescribeSnapshots') fail('InvalidAction.NotFound');
    out = { RequestId, ...describe(p) };
  } catch (e) {
    [status, root] = [e.status ?? 500, 'Error'];
    out = e instanceof ApiError ? envelope(RequestId, e.code, e.message) :
      envelope(RequestId, 'InternalError', ERRORS.InternalError[1]);
  }
  const text = json ? JSON.stringify(out) : HEAD + xml(root, out);
  res.writeHead(status, {
    'Content-Type': `application/${json ? 'json' : 'xml'};charset=utf-8`,
    'Content-Length': Buffer.byteLength(text), 'x-acs-request-id': RequestId,
  });
  res.end(text); // goes out with the headers in one write
}

// Node sets TCP_NODELAY by itself. Long values come in the request line too, so it may be long.
http.createServer({ maxHeaderSize: 16 << 20, keepAliveTimeout: 60_000 }, (req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('error', () => res.destroy());
  req.on('end', () => handle(req, res, Buffer.concat(chunks)));
}).on('clientError', (e, socket) => { // no HTTP at all; Node would answer without a body
  if (!socket.writable) return;
  const text = HEAD + xml('Error', envelope(randomUUID().toUpperCase(), 'InvalidParameter',
    'The HTTP request is not well formed.'));
  socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n' +
    `Content-Type: application/xml;charset=utf-8\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
}).on('error', (e) => die(`cannot listen: ${e.message}`))
  .listen(Number(port), host.replace(/^\[|\]$/g, ''), function listening() {
    writeSync(1, `listening on http://${host}:${this.address().port}\n`);
  });
