// From a measurement to a message: the running daemon, its rules, its receivers, its commands.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { ask, askJson } from './support/ask.mjs';
import { Recorder } from './support/recorder.mjs';
import { agentBinary } from './support/requirements.mjs';
import { Textfile } from './support/textfile.mjs';
import { delay, until } from './support/wait.mjs';

agentBinary();
const kTimeout = { timeout: 120_000 };
const kRules = `groups:
- name: jobs
  interval: 200ms
  rules:
  - alert: JobSlow
    expr: job_seconds > 10
    labels: {severity: warning}
    annotations:
      summary: "{{ $labels.task }} takes {{ $value }} s"
      summary_zh: "{{ $labels.task }} 耗时 {{ $value }} 秒"
`;

const config = (hooks, more = '') => `
collect: {interval: 200ms}
alerting:
  rule_files: [rules.yml]
  language: en
  external_labels: {instance_id: i-test, region: cn-hangzhou}
  route:
    receiver: ops
    group_by: [alertname, task]
    group_wait: 100ms
    group_interval: 300ms
  receivers:
    - name: ops
      webhook_configs:
${hooks.map((hook) => `        - url: "${hook.url}"\n`).join('')}${more}`;

async function withAgent(hooks, use, more = '') {
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'rules.yml'), kRules);
  const textfile = new Textfile(dir);
  textfile.set('job_seconds', { a: 1 });
  const agent = await Agent.start({ dir, config: config(hooks, more), args: [textfile.flag] });
  try {
    return await use(agent, textfile);
  } finally {
    await agent.stop('SIGKILL');
    await Promise.all(hooks.map((hook) => hook.stop()));
  }
}

const told = (hook, status, job = 'a') =>
  until(`${job} to be told as ${status}`, 20_000, () =>
    hook.alerts().find((alert) => alert.labels.task === job && alert.status === status));

test('an alert is told when it fires and when it is resolved, with the value it has then', kTimeout, async () => {
  const hook = await Recorder.start();
  await withAgent([hook], async (agent, textfile) => {
    textfile.set('job_seconds', { a: 12.5 });
    const firing = await told(hook, 'firing');
    assert.deepEqual(firing.labels, {
      alertname: 'JobSlow', hostname: firing.labels.hostname, instance: firing.labels.instance, instance_id: 'i-test',
      job: 'node', region: 'cn-hangzhou', severity: 'warning', task: 'a',
    });
    assert.equal(firing.annotations.summary, 'a takes 12.5 s');
    assert.equal(firing.endsAt, '0001-01-01T00:00:00Z');
    textfile.set('job_seconds', { a: 2 });
    const resolved = await told(hook, 'resolved');
    assert.equal(resolved.annotations.summary, 'a takes 2 s');
    assert.equal(resolved.startsAt, firing.startsAt);
    assert.ok(Date.parse(resolved.endsAt) > Date.parse(resolved.startsAt));
    const [{ body }] = hook.notices;
    assert.deepEqual([body.version, body.receiver, body.groupLabels], ['4', 'ops', { alertname: 'JobSlow', task: 'a' }]);
    await until('the metric', 10_000, async () =>
      (await agent.value('ecsward_notify_delivered_total{channel="ops/webhook[0]",receiver="ops"}')) === 2, 200);
  });
});

test('a silence holds alerts back until it is ended', kTimeout, async () => {
  const hook = await Recorder.start();
  await withAgent([hook], async (agent, textfile) => {
    const { stdout, code } = await ask(agent, 'silence add', 'alertname=JobSlow', 'task=~"a|b"', '--duration=1h', '--comment=a move', '--author=li');
    assert.equal(code, 0);
    const id = stdout.trim();
    textfile.set('job_seconds', { a: 12, c: 20 });
    await told(hook, 'firing', 'c');
    const { data } = await askJson(agent, 'silence list');
    assert.deepEqual(data.map((of) => [of.id, of.comment, of.createdBy]), [[id, 'a move', 'li']]);
    assert.match((await ask(agent, 'silence list')).stdout, new RegExp(`^${id} +active .* li +\\{alertname="JobSlow",task=~"a\\|b"\\} +a move$`, 'm'));
    assert.deepEqual(hook.alerts().filter((alert) => alert.labels.task === 'a'), []);
    assert.equal((await ask(agent, 'silence expire', id)).code, 0);
    await told(hook, 'firing', 'a');
    assert.equal((await ask(agent, 'silence list')).stdout, 'no silences\n');
  });
});

test('a drill says that it is one, and whether it arrived', kTimeout, async () => {
  const up = await Recorder.start(), down = await Recorder.start({ answer: () => ({ status: 403 }) });
  await withAgent([up, down], async (agent) => {
    const { stdout, code } = await ask(agent, 'test notification', '--receiver=ops');
    assert.equal(code, 1);
    assert.match(stdout, /^ops\/webhook\[0\]: delivered$/m);
    assert.match(stdout, /^ops\/webhook\[1\]: NOT delivered: .*403/m);
    assert.equal(up.notices.length, 1);
    assert.match(JSON.stringify(up.notices[0].body), /drill/i);
    const wrong = await ask(agent, 'test notification', '--receiver=nobody');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /nobody/);
    const { stdout: list } = await ask(agent, 'notifications');
    assert.match(list, /^ops\/webhook\[1\] /m);
    assert.match(list, /GIVEN UP AT[^]*ops\/webhook\[1\] +drill/);
  });
});

test('what waits for a dead receiver is delivered after a restart', kTimeout, async () => {
  let status = 500;
  const hook = await Recorder.start({ answer: () => ({ status }) });
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'rules.yml'), kRules);
  const textfile = new Textfile(dir);
  textfile.set('job_seconds', { a: 12 });
  const options = { dir, config: config([hook]), args: [textfile.flag] };
  const before = await Agent.start(options);
  await until('an attempt', 20_000, () => hook.requests > 0);
  assert.match((await ask(before, 'notifications')).stdout, /1 firing .*500/);
  assert.doesNotMatch(before.stderr, new RegExp(hook.url));
  await before.stop('SIGKILL');
  status = 200;
  const after = await Agent.start(options);
  try {
    await told(hook, 'firing');
    await delay(1500); // a second notice would be a repetition, which the restart must not cause
    assert.equal(hook.alerts().filter((alert) => alert.status === 'firing').length, 1);
  } finally {
    await after.stop('SIGKILL');
    await hook.stop();
  }
});

test('a reload takes another receiver, or none of what is wrong', kTimeout, async () => {
  const first = await Recorder.start(), second = await Recorder.start();
  await withAgent([first], async (agent, textfile) => {
    agent.reconfigure(config([second]).replace('receiver: ops', 'receiver: opps'));
    await agent.said(/configuration not reloaded/);
    textfile.set('job_seconds', { a: 12 });
    await told(first, 'firing');
    agent.reconfigure(config([second]));
    await agent.said(/configuration reloaded/);
    textfile.set('job_seconds', { a: 12, b: 13 });
    await told(second, 'firing', 'b');
    await second.stop();
  });
});

test('which receivers an alert would reach is told without a daemon', kTimeout, async () => {
  const hook = await Recorder.start();
  await withAgent([hook], async (agent) => {
    const { stdout, code } = await ask(agent, 'test route', '--label=alertname=JobSlow', '--label=task=a');
    assert.equal(code, 0);
    assert.match(stdout, /^→ ops\n +by +\{\}\n +channels +webhook\[0\]\n +group +\{alertname="JobSlow", task="a"\}/m);
    assert.doesNotMatch(stdout, /127\.0\.0\.1/);
  });
});

test('nothing runs where nothing is configured', kTimeout, async () => {
  const agent = await Agent.start({ config: '' });
  try {
    assert.match((await ask(agent, 'notifications')).stdout, /^no notifications are configured/);
    assert.ok(!fs.existsSync(path.join(agent.dir, 'state', 'notify.db')));
    const { series } = await agent.scrape();
    assert.deepEqual([...series.keys()].filter((key) => key.startsWith('ecsward_notify_')), []);
    assert.doesNotMatch(fs.readFileSync(`/proc/${agent.pid}/maps`, 'utf8'), /libecsward-net\.so|libcurl/);
  } finally {
    await agent.stop('SIGKILL');
  }
});
