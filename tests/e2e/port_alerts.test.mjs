// A port that should not be there is told, with who opened it; one that should be and is not is told, with
// how its process ended.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf } from './support/ask.mjs';
import { findSeries } from './support/exposition.mjs';
import { asNobody, Sockets } from './support/listeners.mjs';
import { MemoryCgroup } from './support/memory_cgroup.mjs';
import { freePort } from './support/ports.mjs';
import { quickStockRules } from './support/quick_rules.mjs';
import { agentBinary, needRoot, testProgram } from './support/requirements.mjs';
import { ownRules } from './support/test_rules.mjs';
import { until } from './support/wait.mjs';

agentBinary();
needRoot('looks at what others have open, and is told how they end');
const kSockets = testProgram('sockets');
const kTickMs = 1000;
const kUdpPort = 18999;

const kRules = ownRules({
  PortUnexpected: `expr: ecsward_port_unexpected == 1
    annotations: {ecsward_evidence: port, summary: "{{ $labels.process }} listens on {{ $labels.proto }} {{ $labels.port }}"}`,
  PortExpectedDown: `expr: ecsward_port_expected_down_info == 1
    annotations: {summary: "{{ $labels.expect }} is down: {{ $labels.process }} {{ $labels.how }}"}`,
});

function startAgent(dir, ports) {
  const collectors = `collect: {collectors: {ports: ${JSON.stringify(ports)}}}\n`;
  return Agent.start({ dir, config: quickStockRules(dir, kRules) + collectors });
}

test('a new listener is told within two ticks, with process, user and executable', { timeout: 90_000 }, async (t) => {
  const dir = tempDir();
  const agent = await startAgent(dir, { allow: ['tcp:22', `tcp:* process=allow?d`] });
  const started = [];
  const listen = async (name, spec, options) => started[started.push(await Sockets.start(name, ['listen', spec], options)) - 1];
  const alertOf = async ({ ports: [port] }) =>
    (await alertsOf(agent, 'PortUnexpected')).find(({ labels }) => labels.port === String(port));
  try {
    // At the start the owners of all that listens are looked for.
    await until('the first look at everything', 30_000, async () =>
      findSeries(await agent.scrape(), 'ecsward_ports_owner_scans_total')?.value > 0);
    const allowed = await listen('allowed', 'tcp,0.0.0.0,0');
    const local = await listen('local', 'tcp,127.0.0.1,0');
    // Of UDP one that is no client's: those have ports of which the kernel picks.
    for (const [name, spec] of [['intruder', 'tcp,0.0.0.0,0'], ['intruder-udp', `udp6,::,${kUdpPort}`]]) {
      const before = Date.now();
      const intruder = await listen(name, spec, { wrap: asNobody });
      const alert = await until('the alert', 20_000, async () => {
        const now = await alertOf(intruder);
        return now?.state === 'firing' && now;
      }, 10);
      const seenMs = Date.now() - before;
      const activeMs = Date.parse(alert.activeAt) - before;
      t.diagnostic(`${name}: alert active ${activeMs} ms and seen ${seenMs} ms after the socket was asked for`);
      const { proto, process, user, executable } = alert.labels;
      assert.deepEqual({ proto, process, user, executable }, { proto: spec.slice(0, 3), process: name, user: 'nobody', executable: kSockets });
      assert.ok(activeMs <= 2 * kTickMs, `active after ${activeMs} ms`);
      // Behind the second tick come the evaluation, and the question.
      assert.ok(seenMs <= 2 * kTickMs + 700, `seen after ${seenMs} ms`);
      await intruder.stop('SIGKILL');
      await until('the alert to end', 30_000, async () => (await alertOf(intruder)) === undefined, 100);
    }
    assert.equal(await alertOf(allowed), undefined);
    assert.equal(await alertOf(local), undefined);
  } finally {
    await Promise.all([agent, ...started].map((one) => one.stop('SIGKILL')));
  }
});

test('an expected port that goes is told, with how its process ended', { timeout: 120_000 }, async (t) => {
  const dir = tempDir();
  const cgroup = new MemoryCgroup('starved', 32);
  // {name: how it is ended, and what is said of it}
  const kEnds = {
    exits: { signal: 'SIGUSR1', how: /^exit status 3$/ },
    killed: { signal: 'SIGKILL', how: /^killed by SIGKILL \(9\)$/ },
    starved: { signal: 'SIGUSR2', how: /memory|OOM/, wrap: cgroup.wrap },
  };
  const servers = {};
  for (const [name, { wrap }] of Object.entries(kEnds)) {
    servers[name] = await Sockets.start(name, ['listen', `tcp,127.0.0.1,${await freePort()}`], { wrap });
  }
  const expectOf = (name) => `tcp:${servers[name].ports[0]}`;
  let agent, again;
  try {
    agent = await startAgent(dir, { expect: Object.keys(kEnds).map(expectOf) });
    const up = (page, name) => findSeries(page, 'ecsward_port_expected_up', { expect: expectOf(name) })?.value;
    await until('all to be up, with their owners', 30_000, async () => {
      const page = await agent.scrape();
      return Object.keys(kEnds).every((name) => up(page, name) === 1 &&
        findSeries(page, 'ecsward_port_listening', { port: String(servers[name].ports[0]), process: name }));
    });
    assert.deepEqual(await alertsOf(agent, 'PortExpectedDown'), []);

    for (const [name, { signal, how }] of Object.entries(kEnds)) {
      const start = performance.now();
      servers[name].kill(signal);
      await servers[name].end(20_000);
      let firingMs;
      let page, alert, info;
      await until(`the alert about ${name}, and how it ended`, 30_000, async () => {
        page = await agent.scrape();
        info = findSeries(page, 'ecsward_port_expected_down_info', { expect: expectOf(name) })?.labels;
        alert = (await alertsOf(agent, 'PortExpectedDown')).find(({ labels, state }) => state === 'firing' && labels.expect === expectOf(name));
        if (alert) firingMs ??= Math.round(performance.now() - start);
        return alert && how.test(info?.how) && JSON.stringify(alert).includes(info.how);
      }, 20).catch((error) => {
        throw new Error(`${error.message}: ${JSON.stringify({ info, alert })}`);
      });
      t.diagnostic(`${name}: firing after ${firingMs} ms, with its end after ${Math.round(performance.now() - start)} ms: ${alert.annotations.summary}`);
      assert.equal(info.process, name);
      assert.equal(up(page, name), 0);
    }

    again = await Sockets.start('exits', ['listen', `tcp,127.0.0.1,${servers.exits.ports[0]}`]);
    await until('the alert to end', 30_000, async () =>
      !(await alertsOf(agent, 'PortExpectedDown')).some(({ labels }) => labels.expect === expectOf('exits')), 100);
    const page = await agent.scrape();
    assert.equal(up(page, 'exits'), 1);
    const away = findSeries(page, 'ecsward_port_expected_outage_seconds', { expect: expectOf('exits') }).value;
    assert.ok(away > 0 && away < 60, `away for ${away} s`);
  } finally {
    await Promise.all([agent, again, ...Object.values(servers)].map((one) => one?.stop('SIGKILL')));
    cgroup.remove();
  }
});
