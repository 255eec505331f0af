// Who uses the host is named in the alert, and how much of it: beside pidstat over the same seconds, and for
// the network beside what the hog itself counted.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf, ask } from './support/ask.mjs';
import { Sockets } from './support/listeners.mjs';
import { Pidstat } from './support/pidstat.mjs';
import { Child } from './support/process.mjs';
import { agentBinary, judge, needRoot, skipFile, testProgram } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

agentBinary();
needRoot('makes a network namespace, and reads what others read and write');
judge('pidstat');
const kStress = testProgram('stress');
testProgram('sockets');
const kPoints = 0.05;
const kForSeconds = 20;
const kMemoryMib = 400;
const kNetworkRate = 12e6; // bytes/s
const kNamespace = `ecsward-${process.pid}`;
const kHere = '198.18.77.1';
const kThere = '198.18.77.2';

// True when the agent has looked for some seconds: the first look has no look before it to compare with.
const kRules = `groups:
- name: test
  rules:
${['cpu', 'memory', 'disk', 'network'].map((kind) => `  - alert: ${kind}
    expr: count_over_time(node_load1[1m]) > 8
    for: ${kForSeconds}s
    annotations: {ecsward_evidence: ${kind}, summary: "${kind}"}
`).join('')}`;

// A network that is not this host's, at the other end of a cable.
function layCable() {
  const ip = judge('ip');
  const commands = [
    ['netns', 'add', kNamespace],
    ['link', 'add', 'ecswhog0', 'type', 'veth', 'peer', 'name', 'ecswhog1', 'netns', kNamespace],
    ['addr', 'add', `${kHere}/30`, 'dev', 'ecswhog0'],
    ['link', 'set', 'ecswhog0', 'up'],
    ['-n', kNamespace, 'addr', 'add', `${kThere}/30`, 'dev', 'ecswhog1'],
    ['-n', kNamespace, 'link', 'set', 'ecswhog1', 'up'],
  ];
  for (const command of commands) {
    const { status, stderr } = spawnSync(ip, command, { encoding: 'utf8' });
    if (status !== 0) skipFile(`ip ${command.join(' ')}: ${stderr}`);
  }
}
const takeCableAway = () => {
  spawnSync('ip', ['link', 'del', 'ecswhog0']);
  spawnSync('ip', ['netns', 'del', kNamespace]);
};

// Bytes a second by what a receiver has printed, between two moments.
function receivedRate(receiver, fromMs, toMs) {
  const readings = [...receiver.stdout.matchAll(/^(\d+) (\d+)$/gm)].map(([, ms, bytes]) => ({ ms: Number(ms), bytes: Number(bytes) }));
  const inside = readings.filter(({ ms }) => ms >= fromMs && ms <= toMs);
  const [first, last] = [inside[0], inside.at(-1)];
  return ((last.bytes - first.bytes) / (last.ms - first.ms)) * 1000;
}

// Where the disk is one, and not memory.
function diskFolder() {
  for (const folder of [os.tmpdir(), process.env.ECSWARD_E2E_PROGRAMS]) {
    const { stdout } = spawnSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' });
    if (!/tmpfs|ramfs|overlay/.test(stdout)) return fs.mkdtempSync(path.join(folder, 'ecsward-hog-'));
  }
  return skipFile('no file system here is on a disk');
}

test('each alert names its hog, with the share that pidstat gives it', { timeout: 150_000 }, async (t) => {
  const dir = tempDir();
  const disk = diskFolder();
  const started = [];
  const hog = async (...args) => {
    const child = started[started.push(new Child(kStress, args)) - 1];
    if (args[1] !== 'cpu') await child.said(/^ready/, 60_000);
    return child;
  };
  layCable();
  try {
    const hogs = {
      cpu: await hog('cpu-hog', 'cpu'),
      memory: await hog('mem-hog', 'memory', String(kMemoryMib)),
      disk: await hog('disk-hog', 'disk', path.join(disk, 'file'), '64'),
    };
    const receiver = started[started.push(await Sockets.start('net-hog', ['receive', `tcp,${kHere},0`])) - 1];
    const [port] = receiver.ports;
    started.push(await Sockets.start('net-sender', ['send', kHere, String(port), String(kNetworkRate)],
      { wrap: ['ip', 'netns', 'exec', kNamespace] }));
    const pidstat = started[started.push(await Pidstat.start()) - 1];

    fs.writeFileSync(path.join(dir, 'rules.yml'), kRules);
    const agent = started[started.push(await Agent.start({
      dir,
      config: 'alerting: {evaluation_interval: 1s, language: en, rule_files: [rules.yml]}\n' +
        'collect: {collectors: {connections: {interval: 2s}}}\n',
    })) - 1];

    const evidenceOf = async (kind) => until(`the alert about ${kind}`, 90_000, async () => {
      const [alert] = await alertsOf(agent, kind);
      return alert?.state === 'firing' && alert.evidence?.find((one) => one.kind === kind);
    }, 200);
    const evidence = {};
    for (const kind of ['cpu', 'memory', 'disk', 'network']) evidence[kind] = await evidenceOf(kind);

    const faults = [];
    const check = (kind, name, pid, truthOf) => {
      const window = evidence[kind].periods?.find(({ what }) => what === 'window');
      if (!window) {
        faults.push(`${kind}: no window in ${JSON.stringify(evidence[kind])}`);
        return;
      }
      const shown = JSON.stringify(window);
      const seconds = (window.to_ms - window.from_ms) / 1000;
      if (seconds < kForSeconds - 6) faults.push(`${kind}: a window of ${seconds} s: ${shown}`);
      const offender = window.offenders.find((one) => one.name.includes(name));
      if (!offender) {
        faults.push(`${kind}: ${name} is not named: ${shown}`);
        return;
      }
      const truth = truthOf(window);
      const share = truth / window.total;
      t.diagnostic(`${kind}: ${offender.name} ${(offender.share * 100).toFixed(1)} %, pidstat's ${(share * 100).toFixed(1)} %; ` +
        `${offender.amount.toPrecision(4)} of ${window.total.toPrecision(4)} ${evidence[kind].unit}, pidstat ${truth.toPrecision(4)}; ${seconds} s`);
      if (Math.abs(offender.share - share) > kPoints) faults.push(`${kind}: a share of ${offender.share}, it was ${share}: ${shown}`);
      if (Math.abs(offender.amount / window.total - offender.share) > 0.001) faults.push(`${kind}: share and amount differ: ${shown}`);
      if (pid && offender.pid !== pid) faults.push(`${kind}: pid ${offender.pid}, not ${pid}`);
    };
    const byPidstat = (what, pid) => ({ from_ms: from, to_ms: to }) => pidstat.between(from, to, pid).hog[what];
    check('cpu', 'cpu-hog', hogs.cpu.pid, byPidstat('cores', hogs.cpu.pid));
    check('memory', 'mem-hog', hogs.memory.pid, byPidstat('bytes', hogs.memory.pid));
    check('disk', 'disk-hog', hogs.disk.pid, byPidstat('rate', hogs.disk.pid));
    check('network', `:${port}`, 0, ({ from_ms: from, to_ms: to }) => receivedRate(receiver, from, to));

    // The whole, of which these are shares, is the host's.
    const totals = Object.fromEntries(Object.entries(evidence).map(([kind, { periods = [] }]) =>
      [kind, periods.find(({ what }) => what === 'window')]));
    if (totals.cpu) {
      const { from_ms: from, to_ms: to, total } = totals.cpu;
      const { all } = pidstat.between(from, to, hogs.cpu.pid);
      t.diagnostic(`cpu: total ${total.toFixed(2)} cores of ${os.cpus().length}, all that pidstat sees ${all.cores.toFixed(2)}`);
      if (total > os.cpus().length * 1.02 || total < all.cores * 0.9) faults.push(`cpu: a total of ${total} cores`);
    }
    if (totals.memory && Math.abs(totals.memory.total / os.totalmem() - 1) > 0.01) {
      t.diagnostic(`memory: the total is ${totals.memory.total}, the host has ${os.totalmem()}`);
    }
    const seen = JSON.stringify(evidence.network);
    for (const wanted of [`net-hog :${port}`, kThere]) {
      if (!seen.includes(wanted)) faults.push(`network: ${wanted} is not named: ${seen}`);
    }
    const { stdout } = await ask(agent, 'alerts');
    for (const [kind, name] of Object.entries({ cpu: 'cpu-hog', memory: 'mem-hog', disk: 'disk-hog', network: String(port) })) {
      if (!new RegExp(`^ +${kind}: .*${name}`, 'm').test(stdout)) faults.push(`ecsward alerts: ${kind} does not name ${name}:\n${stdout}`);
    }
    assert.deepEqual(faults, []);
  } finally {
    await Promise.all(started.map((one) => one.stop('SIGKILL')));
    takeCableAway();
    fs.rmSync(disk, { recursive: true, force: true });
  }
});
