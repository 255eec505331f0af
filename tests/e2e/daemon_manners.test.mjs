// How the daemon behaves towards whoever runs it: signals, exit codes, systemd, clear words.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Agent, tempDir } from './support/agent.mjs';
import { Child } from './support/process.mjs';
import { agentBinary, testProgram } from './support/requirements.mjs';
import { until } from './support/wait.mjs';
import { makeCertificate, makeWebConfig } from './support/web_config.mjs';

agentBinary();
const kTimeout = { timeout: 60_000 };
const kReloadOk = 'ecsward_config_last_reload_successful{}';
const kFixture = fileURLToPath(new URL('../fixtures/hosts/ecs-2c4g', import.meta.url));
const kWithout = (collector) => `collect: {collectors: {${collector}: {enabled: false}}}\n`;

// Starts, uses and always ends an agent.
async function withAgent(options, use) {
  const agent = await Agent.start(options);
  try {
    await use(agent);
  } finally {
    await agent.stop('SIGKILL');
  }
}

const linesOf = (text) => text.split('\n').filter(Boolean);
const complaints = (agent) => linesOf(agent.stderr).filter((line) => !/level=(info|debug)/.test(line));

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} ends it within two seconds, with status 0`, kTimeout, () =>
    withAgent({}, async (agent) => {
      const keptOpen = net.connect(new URL(agent.url).port, '127.0.0.1'); // holds nobody up
      keptOpen.on('error', () => {});
      const end = await agent.stop(signal);
      keptOpen.destroy();
      assert.deepEqual({ code: end.code, signal: end.signal }, { code: 0, signal: null });
      assert.ok(end.ms < 2000, `took ${end.ms} ms`);
      assert.deepEqual(complaints(agent), []);
    }));
}

test('a tick comes every second without anybody asking', kTimeout, () =>
  withAgent({}, async (agent) => {
    const first = await agent.value('node_time_seconds{}');
    await until('three more ticks', 10_000, async () =>
      (await agent.value('node_time_seconds{}')) > first + 2.5);
  }));

test('SIGHUP takes a good configuration as a whole', kTimeout, () =>
  withAgent({}, async (agent) => {
    assert.equal(typeof (await agent.value('node_load1{}')), 'number');
    agent.reconfigure(kWithout('loadavg'));
    await until('node_load1 to go', 10_000, async () => (await agent.value('node_load1{}')) === undefined);
    assert.equal(await agent.value(kReloadOk), 1);
    agent.reconfigure('');
    await until('node_load1 to come back', 10_000, async () => (await agent.value('node_load1{}')) !== undefined);
  }));

test('SIGHUP takes nothing of a bad configuration, and says so', kTimeout, () =>
  withAgent({}, async (agent) => {
    agent.reconfigure(`${kWithout('loadavg')}exporters: {prometheus: {max_conections: 5}}\n`);
    await until('the metric to say so', 20_000, async () => (await agent.value(kReloadOk)) === 0);
    assert.match(agent.stderr, /ecsward\.yml:2:\d+: .*max_conections.*max_connections/);
    assert.equal(typeof (await agent.value('node_load1{}')), 'number');
    agent.reconfigure('');
    await until('the metric to recover', 20_000, async () => (await agent.value(kReloadOk)) === 1);
  }));

test('a port that is in use is one clear line and status 1', kTimeout, () =>
  withAgent({}, async (agent) => {
    const second = new Agent({ listen: agent.address });
    const end = await second.end();
    assert.equal(end.code, 1);
    const said = complaints(second);
    assert.equal(said.length, 1, second.stderr);
    assert.ok(said[0].includes(agent.address), said[0]);
    assert.match(said[0], /in use/);
  }));

test('a bad configuration lists every problem with its place, and status 1', kTimeout, async () => {
  const agent = new Agent({
    config: 'collect:\n  interval: 15\n  colectors: {}\nexporters:\n  prometheus: {max_connections: 0}\n',
  });
  const end = await agent.end();
  assert.equal(end.code, 1);
  assert.match(agent.stderr, /ecsward\.yml:2:13: collect\.interval: /);
  assert.match(agent.stderr, /ecsward\.yml:3:3: .*colectors.*collectors/);
  assert.match(agent.stderr, /ecsward\.yml:5:\d+: exporters\.prometheus\.max_connections: /);
  assert.doesNotMatch(agent.stderr, /listening/);
});

test('a network that is none is told with its place, beside the other problems', kTimeout, async () => {
  const agent = new Agent({
    config: 'collect: {interval: 15}\nexporters: {prometheus: {allow_from: [10.0.0.0/99]}}\n',
  });
  assert.equal((await agent.end()).code, 1);
  assert.match(agent.stderr, /ecsward\.yml:1:\d+: collect\.interval: /);
  assert.match(agent.stderr, /ecsward\.yml:2:\d+: exporters\.prometheus\.allow_from.*10\.0\.0\.0\/99/);
});

test('a key file that cannot be read is one clear line and status 1', kTimeout, async () => {
  const dir = tempDir();
  const web = await makeWebConfig(dir, { users: false });
  fs.rmSync(path.join(dir, 'server.key'));
  const agent = new Agent({ args: [`--web.config.file=${web.file}`] });
  assert.equal((await agent.end()).code, 1);
  const said = complaints(agent);
  assert.equal(said.length, 1, agent.stderr);
  assert.match(said[0], /server\.key/);
});

test('a certificate that is none is one clear line at start, and keeps the old one at reload', kTimeout, async () => {
  const dir = tempDir();
  const web = await makeWebConfig(dir, { users: false });
  const good = fs.readFileSync(path.join(dir, 'server.crt'));
  const agent = new Agent({ args: [`--web.config.file=${web.file}`] });
  try {
    agent.url = `https://${await agent.listening()}`;
    const healthy = () => agent.get('/-/healthy', { ca: good });
    assert.equal((await healthy()).status, 200);
    fs.writeFileSync(path.join(dir, 'server.crt'), 'no certificate\n');
    agent.kill('SIGHUP');
    await agent.said(/level=(warn|error).*server\.crt/);
    assert.equal((await healthy()).status, 200);
  } finally {
    await agent.stop('SIGKILL');
  }
  const second = new Agent({ args: [`--web.config.file=${web.file}`] });
  assert.equal((await second.end()).code, 1);
  assert.equal(complaints(second).length, 1, second.stderr);
  assert.match(second.stderr, /server\.crt/);
});

test('a new certificate is served without a restart', kTimeout, async () => {
  const dir = tempDir();
  const web = await makeWebConfig(dir, { users: false });
  const agent = new Agent({ args: [`--web.config.file=${web.file}`] });
  try {
    agent.url = `https://${await agent.listening()}`;
    const healthy = () => agent.get('/-/healthy', { ca: fs.readFileSync(path.join(dir, 'server.crt')) });
    assert.equal((await healthy()).status, 200);
    await makeCertificate(dir, 'another');
    agent.kill('SIGHUP');
    await until('the new certificate', 20_000, async () => (await healthy()).status === 200);
  } finally {
    await agent.stop('SIGKILL');
  }
});

test('systemd is told of readiness, of reloads, of its end, and that it lives', kTimeout, async () => {
  const socket = path.join(tempDir(), 'notify');
  const systemd = new Child(testProgram('notify_listener'), [socket]);
  await systemd.said(/^ready/);
  const agent = await Agent.start({ env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' } });
  try {
    await systemd.said(/^.*\bREADY=1\b/m);
    await until('two signs of life', 10_000, () => (systemd.stdout.match(/\bWATCHDOG=1\b/g) ?? []).length >= 2);
    systemd.stdout = '';
    agent.reconfigure(kWithout('loadavg'));
    // sd_notify(3): RELOADING=1 carries the time, and READY=1 ends it.
    await systemd.said(/\bRELOADING=1\b.*\bMONOTONIC_USEC=\d+/);
    await until('READY after RELOADING', 10_000, () => /RELOADING=1[^]*READY=1/.test(systemd.stdout));
    assert.equal((await agent.stop()).code, 0);
    await systemd.said(/\bSTOPPING=1\b/);
  } finally {
    await Promise.all([agent.stop('SIGKILL'), systemd.stop('SIGKILL')]);
  }
});

test('it works with an empty configuration', kTimeout, async () => {
  const dir = tempDir();
  const empty = path.join(dir, 'empty.yml');
  fs.writeFileSync(empty, '');
  const agent = new Agent({ args: [`--config=${empty}`], config: null });
  try {
    await agent.listening();
    await until('a page', 10_000, async () => (await agent.get('/metrics')).status === 200);
  } finally {
    await agent.stop('SIGKILL');
  }
});

test('it works without any configuration', { ...kTimeout, skip: fs.existsSync('/etc/ecsward/ecsward.yml') && 'this host has one' }, async () => {
  const agent = new Agent({ config: null });
  try {
    await agent.listening();
    await until('a page', 10_000, async () => (await agent.get('/metrics')).status === 200);
  } finally {
    await agent.stop('SIGKILL');
  }
});

test('a configuration file that was asked for and is missing is an error', kTimeout, async () => {
  const agent = new Agent({ config: null, args: ['--config=/nowhere/ecsward.yml'] });
  assert.equal((await agent.end()).code, 1);
  assert.match(agent.stderr, /\/nowhere\/ecsward\.yml/);
});

test('it works as a user without any privileges', kTimeout, async () => {
  const dir = tempDir();
  fs.chmodSync(dir, 0o777);
  const root = process.getuid() === 0;
  const wrap = root ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all'] : [];
  await withAgent({ wrap, dir }, async (agent) => {
    const page = await agent.scrape();
    assert.ok(page.types.has('node_cpu_seconds_total'));
    assert.ok(page.types.has('node_memory_MemTotal_bytes'));
    const failed = [...page.series.values()]
      .filter((s) => s.name === 'node_scrape_collector_success' && s.value !== 1)
      .map((s) => s.labels.collector);
    assert.deepEqual(failed, []);
  });
});

test('--path.* make it look at another machine', kTimeout, () =>
  withAgent({
    args: ['procfs=proc', 'sysfs=sys', 'rootfs=root', 'udev.data=udev'].map((flag) => {
      const [name, folder] = flag.split('=');
      return `--path.${name}=${path.join(kFixture, folder)}`;
    }),
  }, async (agent) => {
    const [load1] = fs.readFileSync(path.join(kFixture, 'proc/loadavg'), 'utf8').split(' ');
    assert.equal(await agent.value('node_load1{}'), Number(load1));
  }));

test('one connection too many is told 503, and the ticks go on', kTimeout, () =>
  withAgent({ config: 'exporters: {prometheus: {max_connections: 3}}\n' }, async (agent) => {
    const before = await agent.value('node_time_seconds{}');
    const keepAlive = new http.Agent({ keepAlive: true });
    // Connections of earlier requests may take a moment to be gone.
    await until('three connections', 10_000, async () => {
      const answers = await Promise.all([1, 2, 3].map(() => agent.get('/-/healthy', { agent: keepAlive })));
      return answers.every((answer) => answer.status === 200);
    });
    assert.equal((await agent.get('/metrics')).status, 503);
    keepAlive.destroy();
    await until('room again and a later tick', 10_000, async () =>
      (await agent.value('node_time_seconds{}')) > before + 1);
  }));

test('ecsward check says the same as run, and nothing about a good file', kTimeout, async () => {
  const dir = tempDir();
  const bad = path.join(dir, 'bad.yml');
  const good = path.join(dir, 'good.yml');
  fs.writeFileSync(bad, 'collect: {interval: 15}\n');
  fs.writeFileSync(good, 'collect: {interval: 15s}\n');
  const refused = new Child(agentBinary(), ['check', `--config=${bad}`]);
  assert.equal((await refused.end()).code, 1);
  assert.match(refused.stdout + refused.stderr, /bad\.yml:1:\d+: collect\.interval/);
  const accepted = new Child(agentBinary(), ['check', `--config=${good}`]);
  assert.equal((await accepted.end()).code, 0, accepted.stderr);
});

test('a flag that does not exist is misuse: status 2', kTimeout, async () => {
  const agent = new Child(agentBinary(), ['run', '--web.listen-adress=127.0.0.1:0']);
  assert.equal((await agent.end()).code, 2);
  assert.match(agent.stderr, /listen-adress/);
});
