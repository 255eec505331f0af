// The stock rules over real trouble: a file system that is full, memory that somebody holds. In
// namespaces of our own: nobody else meets the mount, and who is to blame does not depend on what else
// runs on the machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf, ask } from './support/ask.mjs';
import { enterPrivateNamespaces } from './support/namespaces.mjs';
import { Child } from './support/process.mjs';
import { quickStockRules } from './support/quick_rules.mjs';
import { agentBinary, needRoot, skipFile, testProgram } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

agentBinary();
needRoot('mounts a file system');
const kStress = testProgram('stress');
if (!fs.existsSync('/dev/loop-control')) skipFile('no loop devices');
if (spawnSync('mkfs.ext4', ['-V']).error) skipFile('no mkfs.ext4');
enterPrivateNamespaces();

// An ext4 of 64 MB in `dir`: where it is mounted. mount(8) gives the loop device back when it is unmounted.
function loopMount(dir) {
  const image = path.join(dir, 'disk.img');
  const place = path.join(dir, 'disk');
  fs.mkdirSync(place);
  fs.writeFileSync(image, '');
  fs.truncateSync(image, 64e6);
  for (const [command, ...args] of [['mkfs.ext4', '-q', '-F', image], ['mount', '-o', 'loop', image, place]]) {
    const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) skipFile(`${command}: ${stderr.trim()}`);
  }
  return place;
}

const firing = (agent, name, of) =>
  until(`${name} with its evidence`, 60_000, async () =>
    (await alertsOf(agent, name)).find((alert) => alert.state === 'firing' && alert.evidence && of(alert)), 200);

test('a full file system is told, with who fills it, until there is room again', { timeout: 180_000 }, async () => {
  const dir = tempDir();
  const place = loopMount(dir);
  const here = ({ labels }) => labels.mountpoint === place;
  const fullAlerts = async (agent) =>
    [...await alertsOf(agent, 'FilesystemAlmostFull'), ...await alertsOf(agent, 'FilesystemFull')].filter(here);
  const agent = await Agent.start({ dir, config: quickStockRules(dir) });
  let filler;
  try {
    await until('the mount to be measured', 20_000, async () =>
      [...(await agent.scrape()).series.keys()].some((key) =>
        key.startsWith('node_filesystem_avail_bytes') && key.includes(`"${place}"`)));
    assert.deepEqual(await fullAlerts(agent), []);

    const file = path.join(place, 'log');
    filler = new Child(kStress, ['disk-filler', 'disk', file]);
    await filler.said(/^ready/, 60_000);
    for (const [name, severity] of [['FilesystemFull', 'critical'], ['FilesystemAlmostFull', 'warning']]) {
      const { labels, value, annotations, evidence } = await firing(agent, name, here);
      assert.match(labels.device, /^\/dev\/loop\d+$/);
      assert.deepEqual({ fstype: labels.fstype, severity: labels.severity }, { fstype: 'ext4', severity });
      assert.ok(Number(value) < 0.03, value);
      assert.ok(annotations.summary.startsWith(`${place} of ${os.hostname()} `), annotations.summary);
      assert.equal(evidence.length, 1);
      const [{ kind, unit, offenders }] = evidence;
      assert.deepEqual({ kind, unit }, { kind: 'disk', unit: 'bytes/s' });
      const shown = JSON.stringify(offenders);
      const [{ name: most, pid, share, amount }] = offenders;
      assert.deepEqual({ most, pid }, { most: 'disk-filler', pid: filler.pid }, shown);
      assert.ok(share > 0.3 && share <= 1, shown);
      assert.ok(amount > 1e4 && amount < 4e6, shown); // it rests 20 ms behind each 64 KiB
      assert.match(annotations.evidence, /^disk-filler \d+ %/);
      assert.match(agent.stderr, new RegExp(`level=warn alert=${name} msg="alert firing" labels=.*${place}`));
    }
    const { stdout } = await ask(agent, 'alerts');
    assert.match(stdout, new RegExp(`^firing +FilesystemFull .*${place}.*\\n.* is full: .*\\n +disk: disk-filler \\d+ %`, 'm'));

    await filler.stop('SIGKILL');
    fs.unlinkSync(file);
    await until('the alerts to end', 60_000, async () => (await fullAlerts(agent)).length === 0, 200);
    for (const name of ['FilesystemFull', 'FilesystemAlmostFull']) {
      assert.match(agent.stderr, new RegExp(`level=info alert=${name} msg="alert resolved" labels=.*${place}`));
    }
    assert.match((await ask(agent, 'alerts')).stdout, new RegExp(`^resolved +FilesystemFull .*${place}`, 'm'));
  } finally {
    await Promise.all([agent, filler].map((one) => one?.stop('SIGKILL')));
    spawnSync('umount', [place]);
  }
});

// To take a tenth of the machine's memory would hurt it, so the threshold is the test's own.
test('who holds the memory is told', { timeout: 120_000 }, async () => {
  const kBytes = 192 * 2 ** 20;
  const dir = tempDir();
  const hog = new Child(kStress, ['memory-hog', 'memory', '192']);
  await hog.said(/^ready/);
  const agent = await Agent.start({
    dir,
    config: quickStockRules(dir, `groups:
- name: test
  rules:
  - alert: MemoryHeld
    expr: node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes > ${kBytes}
    for: 1s
    annotations: {ecsward_evidence: memory, summary: "{{ humanize1024 $value }}B held"}
`) });
  try {
    const { evidence: [{ kind, unit, offenders }] } = await firing(agent, 'MemoryHeld', () => true);
    assert.deepEqual({ kind, unit }, { kind: 'memory', unit: 'bytes' });
    const [{ name, pid, share, amount }] = offenders;
    const shown = JSON.stringify(offenders);
    assert.deepEqual({ name, pid }, { name: 'memory-hog', pid: hog.pid }, shown);
    assert.ok(amount >= kBytes && amount < kBytes * 1.1, shown);
    assert.ok(Math.abs(share - amount / os.totalmem()) < 0.001, shown);
    assert.match((await ask(agent, 'alerts')).stdout, /^firing +MemoryHeld .*\n.*iB held\n +memory: memory-hog \d+ %/m);
  } finally {
    await Promise.all([agent.stop('SIGKILL'), hog.stop('SIGKILL')]);
  }
});
