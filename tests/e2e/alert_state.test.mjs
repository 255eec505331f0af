// What alerts survive: a kill, damaged files, a reload that failed, a second daemon.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf, ask } from './support/ask.mjs';
import { agentBinary } from './support/requirements.mjs';
import { delay, until } from './support/wait.mjs';

agentBinary();
const kTimeout = { timeout: 120_000 };
const kConfig = 'alerting: {rule_files: [rules.yml]}\n';

// One alert whose condition holds as long as the agent runs.
const rules = (forSeconds, more = '') => `groups:
- name: test
  interval: 1s
  rules:
  - alert: Up
    expr: up == 1
    for: ${forSeconds}s
    annotations: {summary: "up on {{ $labels.instance }}"}
${more}`;

async function withAgent(options, use) {
  const agent = await Agent.start(options);
  try {
    return await use(agent);
  } finally {
    await agent.stop('SIGKILL');
  }
}

function ruleDir(text) {
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'rules.yml'), text);
  return dir;
}

const stateOf = async (agent) => (await alertsOf(agent, 'Up'))[0]?.state;
const inState = (agent, state, deadlineMs = 15_000) =>
  until(`the alert to be ${state}`, deadlineMs, async () => (await stateOf(agent)) === state);
const asideIn = (dir, name) =>
  fs.readdirSync(path.join(dir, 'state')).filter((file) => file.startsWith(`${name}.corrupt-`));

test('a pending alert that was killed fires on time after the restart', kTimeout, async () => {
  const dir = ruleDir(rules(12));
  const spentMs = await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'pending');
    const [{ activeAt }] = await alertsOf(agent, 'Up');
    await delay(6000);
    assert.equal(await stateOf(agent), 'pending');
    await agent.stop('SIGKILL');
    return Date.now() - Date.parse(activeAt);
  });
  await delay(2000); // what it was away does not count, as in Prometheus
  await withAgent({ config: kConfig, dir }, async (agent) => {
    const start = Date.now();
    await inState(agent, 'pending');
    await inState(agent, 'firing');
    const tookMs = Date.now() - start;
    const leftMs = 12_000 - spentMs;
    // Evaluations come each second, and the time of the last one is known to about that.
    assert.ok(tookMs > leftMs - 2500 && tookMs < leftMs + 5000, `${tookMs} ms, with ${leftMs} ms left`);
    assert.match(agent.stderr, /alerts restored/);
  });
});

test('a firing alert that was killed goes on firing', kTimeout, async () => {
  const dir = ruleDir(rules(1));
  const before = await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'firing');
    return (await alertsOf(agent, 'Up'))[0];
  });
  await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'firing', 5000);
    const [after] = await alertsOf(agent, 'Up');
    assert.deepEqual(after.labels, before.labels);
  });
});

test('damaged state is set aside and the agent runs', kTimeout, async () => {
  const dir = ruleDir(rules(1));
  fs.mkdirSync(path.join(dir, 'state'));
  for (const file of ['state.db', 'history.bin']) {
    fs.writeFileSync(path.join(dir, 'state', file), 'no such thing'.repeat(1000));
  }
  await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'firing');
    assert.equal(asideIn(dir, 'state.db').length, 1);
    assert.equal(asideIn(dir, 'history.bin').length, 1);
    assert.match(agent.stderr, /level=warn msg="set aside.*state\.db/);
    assert.match(agent.stderr, /level=warn msg="set aside.*history\.bin/);
    const end = await agent.stop();
    assert.equal(end.code, 0);
    assert.ok(end.ms < 2000, `took ${end.ms} ms`);
  });
  assert.ok(fs.statSync(path.join(dir, 'state/history.bin')).size > 0);
});

test('the history is there again after a clean stop', kTimeout, async () => {
  const dir = ruleDir(rules(1, '  - {record: "load:max", expr: "max_over_time(node_load1[5m])"}\n'));
  const count = async (agent) =>
    Number((await ask(agent, 'query', 'scalar(count_over_time(node_load1[5m]))')).stdout.split(' ')[1]);
  const before = await withAgent({ config: kConfig, dir }, async (agent) => {
    await until('five samples', 20_000, async () => (await count(agent)) >= 5);
    await agent.stop();
    return 5;
  });
  await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'firing');
    assert.ok((await count(agent)) > before);
  });
});

test('a reload with bad rules keeps the old ones and their timers', kTimeout, async () => {
  const dir = ruleDir(rules(8));
  await withAgent({ config: kConfig, dir }, async (agent) => {
    await inState(agent, 'pending');
    const [before] = await alertsOf(agent, 'Up');
    fs.writeFileSync(path.join(dir, 'rules.yml'), rules(8, '  - {alert: Bad, expr: "sum("}\n'));
    agent.kill('SIGHUP');
    await agent.said(/rules\.yml:\d+:\d+: .*test.*Bad.*unclosed left parenthesis/);
    await until('the metric to say so', 10_000, async () =>
      (await agent.value('ecsward_rules_last_reload_successful{}')) === 0);
    assert.equal((await alertsOf(agent, 'Up'))[0].activeAt, before.activeAt);
    // A good file with one rule more: the old rule's timer goes on.
    fs.writeFileSync(path.join(dir, 'rules.yml'), rules(8, '  - {alert: Never, expr: up == 0}\n'));
    agent.kill('SIGHUP');
    await until('both rules', 10_000, async () => (await agent.value('ecsward_rules_loaded{}')) === 2);
    await inState(agent, 'firing');
    assert.equal((await alertsOf(agent, 'Up'))[0].activeAt, before.activeAt);
  });
});

test('two agents with different state directories run side by side', kTimeout, () =>
  withAgent({ config: kConfig, dir: ruleDir(rules(1)) }, (one) =>
    withAgent({ config: kConfig, dir: ruleDir(rules(1000)) }, async (two) => {
      await inState(one, 'firing');
      await inState(two, 'pending');
    })));

test('a second agent with the same state directory is refused in clear words', kTimeout, async () => {
  const dir = ruleDir(rules(1));
  await withAgent({ config: kConfig, dir }, async () => {
    const second = new Agent({ config: kConfig, dir });
    assert.equal((await second.end()).code, 1);
    assert.match(second.stderr, /control\.sock: another ecsward answers here/);
  });
});

test('it runs where it may not write, and says so once', kTimeout, async () => {
  const dir = ruleDir(rules(1));
  const config = `${kConfig}state: {directory: /proc/nowhere}\n`;
  await withAgent({ config: `${config}control: {socket: ${dir}/c.sock}\n`, dir }, async (agent) => {
    await inState(agent, 'firing');
    assert.equal(agent.stderr.match(/cannot keep alerts' states/g).length, 1);
    assert.ok((await agent.value('ecsward_state_write_failures_total{}')) >= 1);
  });
});
