// `ecsward query`, `alerts` and `backtest` against a running agent; --json beside what a real
// Prometheus answers that scrapes the same agent and evaluates the same rules.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf, ask, askJson } from './support/ask.mjs';
import { get } from './support/http.mjs';
import { freePort } from './support/ports.mjs';
import { run } from './support/process.mjs';
import { Prometheus } from './support/prometheus.mjs';
import { agentBinary, judge } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

agentBinary();
judge('prometheus');
const kTimeout = { timeout: 60_000 };
const kRules = `groups:
- name: test
  interval: 1s
  rules:
  - {record: "uname:present", expr: node_uname_info * 1}
  - alert: Up
    expr: up{job="node"} == 1
    for: 1s
    labels: {severity: page}
    annotations: {summary: "{{ $labels.instance }} is {{ $value }} up"}
  - alert: Later
    expr: up == 1
    for: 1h
`;

let agent, prometheus, address;

before(async () => {
  const dir = tempDir();
  const rulesFile = path.join(dir, 'rules.yml');
  fs.writeFileSync(rulesFile, kRules);
  address = `127.0.0.1:${await freePort()}`;
  agent = await Agent.start({
    dir,
    listen: address,
    config: `alerting: {rule_files: [rules.yml], target_labels: {instance: "${address}"}}\n`,
  });
  prometheus = await Prometheus.start(tempDir(), {
    global: { scrape_interval: '1s' },
    rule_files: [rulesFile],
    scrape_configs: [{ job_name: 'node', static_configs: [{ targets: [address] }] }],
  });
  await until('both to know the host for some seconds', 60_000, async () => {
    const seconds = await prometheus.query('count_over_time(uname:present[1m])');
    return seconds[0]?.value >= 8;
  });
});

after(() => Promise.all([agent?.stop('SIGKILL'), prometheus?.stop('SIGKILL')]));

async function api(endpoint, parameters = {}) {
  const answer = await get(`${prometheus.url}/api/v1/${endpoint}?${new URLSearchParams(parameters)}`);
  return JSON.parse(answer.body);
}

for (const expression of [
  'node_uname_info',
  'node_uname_info{nodename="nobody"}',
  'uname:present',
  'up',
  '1 + 1',
  '-1e30',
  '1 / 3',
  'vector(1e-9) or vector(1)',
  '0 / 0',
  '"a text with \\"quotes\\""',
  'vector(1e21)',
  'vector(-1e-7)',
  'label_replace(vector(time()), "a", "ü", "", "")',
]) {
  test(`query --json answers as Prometheus: ${expression}`, kTimeout, async () => {
    const at = String(Math.floor(Date.now() / 1000) - 2);
    const ours = await askJson(agent, 'query', '--at', at, '--', expression);
    assert.deepEqual(ours, await api('query', { query: expression, time: at }));
  });
}

for (const expression of ['node_uname_info', '1', 'vector(time())', 'nothing_at_all']) {
  test(`query --range --json answers as Prometheus: ${expression}`, kTimeout, async () => {
    const end = Math.floor(Date.now() / 1000) - 1;
    const ours = await askJson(agent, 'query', '--end', String(end), '--range=4s', '--step=2s', '--', expression);
    const theirs = await api('query_range', { query: expression, start: end - 4, end, step: 2 });
    assert.deepEqual(ours, theirs);
  });
}

for (const expression of ['sum(', 'rate(up)', 'up{', 'nope(up)', 'up and 1']) {
  test(`query --json says what is wrong as Prometheus: ${expression}`, kTimeout, async () => {
    const { code } = await ask(agent, 'query', '--json', '--', expression);
    assert.equal(code, 1);
    const ours = await askJson(agent, 'query', '--', expression);
    assert.deepEqual(ours, await api('query', { query: expression }));
  });
}

test('alerts --json answers as Prometheus', kTimeout, async () => {
  const shape = ({ data }) =>
    data.alerts
      .map(({ activeAt, ...rest }) => ({ ...rest, activeAt: /^\d{4}-.*Z$/.test(activeAt) }))
      .sort((a, b) => a.labels.alertname.localeCompare(b.labels.alertname));
  await until('the alert to fire here and there', 20_000, async () =>
    shape(await askJson(agent, 'alerts'))[1]?.state === 'firing' && shape(await api('alerts'))[1]?.state === 'firing');
  assert.deepEqual(shape(await askJson(agent, 'alerts')), shape(await api('alerts')));
});

test('alerts shows people what they ask for', kTimeout, async () => {
  await until('the alert to fire', 20_000, async () => (await alertsOf(agent, 'Up'))[0]?.state === 'firing');
  const { stdout, code } = await ask(agent, 'alerts');
  assert.equal(code, 0);
  assert.match(stdout, /^STATE +NAME +SINCE +VALUE +LABELS\nfiring +Up +\d\d-\d\dT[^\n]+ 1 +\{instance="[^\n]+\n +127\.0\.0\.1:\d+ is 1 up\n/);
  assert.match(stdout, /\npending +Later /);
});

test('query shows people series and values', kTimeout, async () => {
  const { stdout, code } = await ask(agent, 'query', 'up');
  assert.equal(code, 0);
  assert.match(stdout, /^up\{instance="127\.0\.0\.1:\d+", job="node"\} => 1 @\d+(\.\d{3})?\n$/);
});

test('query reads the newest value of a series that no rule reads', kTimeout, async () => {
  const { data } = await askJson(agent, 'query', 'node_memory_MemTotal_bytes');
  assert.equal(data.result.length, 1);
  assert.equal(data.result[0].metric.instance, address);
});

test('a wrong expression is one line with its place, and status 1', kTimeout, async () => {
  const { code, stdout, stderr } = await ask(agent, 'query', 'sum(');
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
  assert.equal(stderr, 'ecsward: 1:5: parse error: unclosed left parenthesis\n');
});

test('a query that would touch too much fails and the agent runs on', kTimeout, async () => {
  const { code, stderr } = await ask(agent, 'query', 'max_over_time(up[1h:1s]) + count_over_time(vector(1)[100d:1s])');
  assert.equal(code, 1);
  assert.match(stderr, /too many samples/);
  assert.equal((await agent.get('/-/healthy')).status, 200);
});

test('backtest says when rules would have fired', kTimeout, async () => {
  const file = path.join(tempDir(), 'new.yml');
  fs.writeFileSync(file, `groups:
- name: new
  interval: 1s
  rules:
  - {record: "a:one", expr: node_uname_info}
  - {alert: WouldFire, expr: a:one == 1, for: 3s, annotations: {summary: "yes"}}
`);
  const { code, stdout, stderr } = await ask(agent, 'backtest', file);
  assert.equal(code, 0, stderr);
  const [pending, firing] = ['pending', 'firing'].map((state) =>
    new RegExp(`^(\\S+Z)  ${state} +WouldFire\\{.*nodename=`, 'm').exec(stdout)?.[1]);
  assert.ok(pending && firing, stdout);
  const seconds = (Date.parse(firing) - Date.parse(pending)) / 1000;
  assert.ok(seconds >= 3 && seconds < 5, stdout);
  assert.match(stdout, /2 rules from .*: pending 1 times, firing 1 times, resolved 0 times\n$/);

  fs.writeFileSync(file, 'groups: [{name: a, rules: [{alert: A, expr: "1 +"}]}]\n');
  const bad = await ask(agent, 'backtest', file);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /new\.yml:1:\d+: .*"a".*"A"/);
});

test('nobody there is one clear line', kTimeout, async () => {
  const { code, stderr } = await run(agentBinary(), ['alerts', '--socket=/nowhere/control.sock']);
  assert.equal(code, 1);
  assert.match(stderr, /^ecsward: \/nowhere\/control\.sock: no ecsward answers here .*\n$/);
});
