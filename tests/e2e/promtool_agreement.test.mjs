// `ecsward test rules` and Debian's `promtool test rules` say the same of every case of the corpus in
// tests/rules_corpus, and of the stock rules' own tests.
//
//   <theme>.pass.yml  every case holds
//   <theme>.fail.yml  no case holds: each expectation is wrong in one way
//   accepted/, refused/  odd files that are good, or bad, as a whole
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from './support/process.mjs';
import { agentBinary, judge } from './support/requirements.mjs';

const kTests = fileURLToPath(new URL('..', import.meta.url));
const kCorpus = path.join(kTests, 'rules_corpus');
const kStock = path.join(kTests, 'rules');
const kPrograms = { promtool: judge('promtool'), ecsward: agentBinary() };

// {code, failed}: the failed cases as "expr … time" and "alert … time", sorted. What stands behind
// the time (the reason, what was got) is each program's own wording.
async function verdict(program, file) {
  const { code, stdout, stderr } = await run(kPrograms[program], ['test', 'rules', path.basename(file)],
    { cwd: path.dirname(file) });
  const text = stdout + stderr;
  const failed = [
    ...[...text.matchAll(/^ +expr: (".*"), time: (\w+),/gm)].map(([, expr, time]) => `${expr} at ${time}`),
    ...[...text.matchAll(/^ +(?:name: (.*),\n +)?alertname: (\w*), time: (\w+),/gm)].map(
      ([, name, alert, time]) => `${name ?? ''}: ${alert} at ${time}`),
  ].sort();
  return { code, failed, text };
}

const ymlFiles = (folder) =>
  fs.readdirSync(folder).filter((name) => name.endsWith('.yml')).map((name) => path.join(folder, name));
const casesOf = (file) => {
  const text = fs.readFileSync(file, 'utf8');
  return {
    expressions: [...text.matchAll(/^ +- expr: /gm)].length,
    alerts: [...text.matchAll(/^ +- alertname: /gm)].length,
  };
};

test('the corpus is as large as it promises to be', () => {
  const sum = { pass: { expressions: 0, alerts: 0 }, fail: { expressions: 0, alerts: 0 } };
  for (const file of ymlFiles(kCorpus)) {
    const [, kind] = /\.(pass|fail)\.yml$/.exec(file);
    const { expressions, alerts } = casesOf(file);
    sum[kind].expressions += expressions;
    sum[kind].alerts += alerts;
  }
  assert.ok(sum.pass.expressions + sum.fail.expressions >= 300, JSON.stringify(sum));
  assert.ok(sum.pass.alerts + sum.fail.alerts >= 60, JSON.stringify(sum));
  const all = Object.values(sum).flatMap(Object.values).reduce((a, b) => a + b);
  const failing = (sum.fail.expressions + sum.fail.alerts) / all;
  assert.ok(failing > 0.4 && failing < 0.65, `${failing} of the cases are to fail`);
});

for (const file of ymlFiles(kCorpus)) {
  const name = path.basename(file);
  test(name, { timeout: 60_000 }, async () => {
    const [theirs, ours] = await Promise.all(['promtool', 'ecsward'].map((p) => verdict(p, file)));
    const { expressions, alerts } = casesOf(file);
    const expected = name.endsWith('.fail.yml') ? expressions + alerts : 0;
    assert.equal(theirs.failed.length, expected, `promtool itself: ${theirs.text}`);
    assert.deepEqual(ours.failed, theirs.failed, ours.text);
    assert.equal(ours.code, theirs.code, ours.text);
  });
}

for (const [folder, code] of [['accepted', 0], ['refused', 1]]) {
  test(`${folder}/`, { timeout: 120_000 }, async () => {
    const wrong = [];
    for (const file of ymlFiles(path.join(kCorpus, folder))) {
      const [theirs, ours] = await Promise.all(['promtool', 'ecsward'].map((p) => verdict(p, file)));
      assert.equal(theirs.code, code, `promtool itself, ${file}: ${theirs.text}`);
      if (ours.code !== code) wrong.push(`${path.basename(file)}: exit ${ours.code}, want ${code}\n${ours.text}`);
    }
    assert.deepEqual(wrong, []);
  });
}

test('the tests of the stock rules pass with both', { timeout: 120_000 }, async () => {
  const files = ymlFiles(kStock);
  assert.ok(files.length > 0);
  for (const file of files) {
    for (const program of ['promtool', 'ecsward']) {
      const { code, text } = await verdict(program, file);
      assert.equal(code, 0, `${program}, ${path.basename(file)}: ${text}`);
    }
  }
});
