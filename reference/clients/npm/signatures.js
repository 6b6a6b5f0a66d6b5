'use strict';

// Verifies what our driver signs with the signers of two generations of the official SDK.
// Arguments: SENDER SCHEME

const childProcess = require('node:child_process');
const crypto = require('node:crypto');
const http = require('node:http');

const signers = {
  'openapi-util': require('@alicloud/openapi-util').default,
  'openapi-core': require('@alicloud/openapi-core').OpenApiUtil,
};
const keyId = 'testid';
const secret = 'test+secret/=';
const tokens = [undefined, 'token+/= with%20everything'];

function listen(received) {
  const server = http.createServer((request, response) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
      const { method, url, headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(pieces) });
      response.end('{}');
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

// What the sender says that it sent.
async function send(sender, port, scheme, token) {
  const arguments_ = [`http://127.0.0.1:${port}`, scheme, keyId, secret];
  if (token) arguments_.push(token);
  const child = childProcess.spawn(sender, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`the sender ended with ${status}`);
  return said.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

function decode({ url, body }) {
  const at = url.indexOf('?');
  const [path, query] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const read = (text) => Object.fromEntries(new URLSearchParams(text));
  return { path, query: read(query), form: read(body.toString('utf8')) };
}

// Pairs of what the request holds and what the signer makes of it.
const compare = {
  v1(request, { query, form }, signer, key) {
    const { Signature: sent, ...parameters } = { ...query, ...form };
    return [[sent, signer.getRPCSignature(parameters, request.method, key)]];
  },
  v3(request, { path, query }, signer, key) {
    return compareHeaders(request, path, query, signer, key, 'ACS3-HMAC-SHA256', 'sha256');
  },
  'v3-sm3'(request, { path, query }, signer, key) {
    return compareHeaders(request, path, query, signer, key, 'ACS3-HMAC-SM3', 'sm3');
  },
};

function compareHeaders({ method, headers, body }, path, query, signer, key, algorithm, digest) {
  const hash = crypto.createHash(digest).update(body).digest('hex');
  const request = { method, pathname: path, query, headers };
  return [
    [headers['x-acs-content-sha256'], hash],
    [headers.authorization, signer.getAuthorization(request, algorithm, hash, keyId, key)],
  ];
}

// Whether the values that arrived are those that were meant; the signature would hide a mistake
// that the driver makes before it signs.
function arrivedAsMeant(meant, request, { query, form }) {
  const { headers } = request;
  const arrived = {
    Action: headers['x-acs-action'], Version: headers['x-acs-version'], ...query, ...form,
  };
  return meant.method === request.method &&
    Object.entries(meant.parameters).every(([name, value]) => arrived[name] === value);
}

function carriesToken(token, { headers }, { query, form }) {
  return token === (headers['x-acs-security-token'] ?? query.SecurityToken ?? form.SecurityToken);
}

function findMistakes(scheme, token, meant, request) {
  const decoded = decode(request);
  const mistakes = [];
  if (!arrivedAsMeant(meant, request, decoded)) mistakes.push('not what was meant');
  if (!carriesToken(token, request, decoded)) mistakes.push('not the token');
  for (const [name, signer] of Object.entries(signers)) {
    for (const [sent, wanted] of compare[scheme](request, decoded, signer, secret)) {
      if (sent !== wanted) mistakes.push(`${name} makes ${wanted} of it, not ${sent}`);
    }
    // A comparison that another secret passes compares nothing.
    const others = compare[scheme](request, decoded, signer, `${secret}.`);
    if (others.every(([sent, wanted]) => sent === wanted)) mistakes.push(`${name} signs nothing`);
  }
  return mistakes;
}

async function verify(sender, scheme, token) {
  const received = [];
  const server = await listen(received);
  const sent = await send(sender, server.address().port, scheme, token);
  server.close();
  const what = `${scheme}${token ? ' with a token' : ''}`;
  console.log(`${what}: ${sent.length} sent, ${received.length} received`);
  if (sent.length === 0 || received.length !== sent.length) return false;
  const wrong = sent.filter((meant, i) => {
    const mistakes = findMistakes(scheme, token, meant, received[i]);
    if (mistakes.length > 0) console.log(`FAILED ${JSON.stringify(meant)}`);
    for (const mistake of mistakes) console.log(`  ${mistake}`);
    return mistakes.length > 0;
  });
  console.log(`${what}: ${wrong.length} wrong`);
  return wrong.length === 0;
}

async function main([, , sender, scheme]) {
  const results = [];
  for (const token of tokens) results.push(await verify(sender, scheme, token));
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

main(process.argv);
