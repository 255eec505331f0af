// What Debian's node_exporter says about systemd's units, ecsward says too; and `units` finds what
// has failed. Both ask the same made-up systemd on a bus of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from './support/agent.mjs';
import { NodeExporter } from './support/node_exporter.mjs';
import { agentBinary, judge, testProgram } from './support/requirements.mjs';
import { SystemBus } from './support/system_bus.mjs';
import { until } from './support/wait.mjs';

agentBinary();
judge('prometheus-node-exporter');
judge('dbus-daemon');
testProgram('fake_systemd');

const kAll = ['--collector.systemd.enable-task-metrics', '--collector.systemd.enable-restarts-metrics',
  '--collector.systemd.enable-start-time-metrics'];
// node_exporter's own; Debian's leaves out targets as well.
const kDefaultExclude = '--collector.systemd.unit-exclude=.+\\.(automount|device|mount|scope|slice)';
const kConfig = 'collect:\n  collectors:\n    systemd:\n      interval: 1s\n    units:\n      interval: 1s\n';

const succeeded = (page, collector) =>
  page.series.get(`node_scrape_collector_success{collector="${collector}"}`)?.value;

// "key value" and "type name kind" of everything about systemd, sorted.
function systemdLines(page) {
  const lines = [];
  for (const [key, { value, family }] of page.series) {
    if (!key.startsWith('node_systemd_')) continue;
    lines.push(`${key} ${value}`, `${family} is a ${page.types.get(family)}`);
  }
  return [...new Set(lines)].sort();
}

async function bothPages(flags, { fillers = 0 } = {}) {
  const bus = await SystemBus.start({ fillers });
  Object.assign(process.env, bus.env);
  const started = [bus];
  try {
    const agent = await Agent.start({ config: kConfig, args: ['--collector.systemd', ...flags] });
    started.push(agent);
    const exclude = flags.some((flag) => flag.includes('unit-exclude')) ? [] : [kDefaultExclude];
    const exporter = await NodeExporter.start(
      ['--collector.disable-defaults', '--collector.systemd', ...exclude, ...flags]);
    started.push(exporter);
    const theirs = await exporter.scrape();
    assert.equal(succeeded(theirs, 'systemd'), 1, exporter.stderr);
    const ours = await until('systemd and units', 20_000, async () => {
      const page = await agent.scrape();
      return systemdLines(page).length > 0 && page.series.has('ecsward_units_left_out{}') && page;
    }, 100);
    return { ours, theirs };
  } finally {
    await Promise.all(started.map((one) => one.stop()));
  }
}

test('all of it is the same', { timeout: 60_000 }, async () => {
  const { ours, theirs } = await bothPages(kAll);
  const want = systemdLines(theirs);
  assert.ok(want.length > 80, `only ${want.length} lines`);
  assert.deepEqual(systemdLines(ours), want);
});

test('so it is with the default settings', { timeout: 60_000 }, async () => {
  const { ours, theirs } = await bothPages([]);
  assert.deepEqual(systemdLines(ours), systemdLines(theirs));
});

test('so it is with patterns of the user', { timeout: 60_000 }, async () => {
  const flags = ['--collector.systemd.unit-include=.*(service|mount|target)',
    '--collector.systemd.unit-exclude=ok.*'];
  const { ours, theirs } = await bothPages(flags);
  const lines = systemdLines(ours);
  assert.ok(lines.some((line) => line.includes('type="ext4"')));
  assert.deepEqual(lines, systemdLines(theirs));
});

test('so it is with five thousand units', { timeout: 120_000 }, async () => {
  const { ours, theirs } = await bothPages([], { fillers: 5000 });
  const want = systemdLines(theirs);
  assert.ok(want.length > 25_000, `only ${want.length} lines`);
  assert.deepEqual(systemdLines(ours), want);
});

test('units finds what failed and what is started again and again', { timeout: 60_000 }, async () => {
  const { ours } = await bothPages([]);
  const found = [...ours.series].filter(([key]) => key.startsWith('ecsward_unit'))
    .map(([key, { value }]) => `${key} ${value}`).sort();
  assert.deepEqual(found, [
    'ecsward_unit_failed{result="oom-kill",unit="dead.service"} 1',
    'ecsward_unit_failed{result="timeout",unit="srv.mount"} 1',
    'ecsward_unit_restarts_total{unit="dead.service"} 5',
    'ecsward_unit_restarts_total{unit="loop.service"} 17',
    'ecsward_units_left_out{} 0',
  ]);
});

test('a host without a bus is no failure', { timeout: 60_000 }, async () => {
  const agent = await Agent.start({ config: kConfig, args: ['--collector.systemd'],
    env: { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } });
  try {
    const page = await until('both collectors', 10_000, async () => {
      const now = await agent.scrape();
      return succeeded(now, 'systemd') !== undefined && succeeded(now, 'units') !== undefined && now;
    }, 100);
    assert.equal(succeeded(page, 'systemd'), 1);
    assert.equal(succeeded(page, 'units'), 1);
    assert.equal(systemdLines(page).length, 0);
  } finally {
    await agent.stop();
  }
});
