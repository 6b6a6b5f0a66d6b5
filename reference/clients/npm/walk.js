'use strict';

// Carries out the plan named on the command line and prints, for every step, what was seen: a line of
// JSON. `open(plan, step)` gives a function from a request, under the names of the API, to an answer.

const fs = require('node:fs');

async function byPageNumber(describe, request) {
  const snapshots = [];
  for (let page = 1; ; page++) {
    const answer = await describe({ ...request, PageNumber: page });
    snapshots.push(...answer.snapshots);
    if (page * request.PageSize >= answer.total) return { snapshots, total: answer.total };
  }
}

async function byNextToken(describe, request) {
  const snapshots = [];
  let token;
  do {
    const answer = await describe(token ? { ...request, NextToken: token } : request);
    snapshots.push(...answer.snapshots);
    token = answer.nextToken;
  } while (token);
  return { snapshots };
}

const walks = { page_number: byPageNumber, next_token: byNextToken };

function describeError(error) {
  return { type: error.name, code: error.code, message: error.message };
}

async function carryOut(open) {
  const plan = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  for (const step of plan.steps) {
    const seen = await walks[step.walk](open(plan, step), step.request)
      .catch((error) => ({ error: describeError(error) }));
    console.log(JSON.stringify({ step: step.name, ...seen }));
  }
}

module.exports = { carryOut };
