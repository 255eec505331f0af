// A file system whose server has stopped answering costs its own series and nothing else: scrapes stay
// quick, other file systems stay fresh, no threads pile up, and the agent still stops when told.
// ECSWARD_E2E_LONG=1 hangs it for a minute instead of a quarter of one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { findSeries } from './support/exposition.mjs';
import { enterPrivateNamespaces } from './support/namespaces.mjs';
import { Child } from './support/process.mjs';
import { agentBinary, needRoot, skipFile, testProgram } from './support/requirements.mjs';
import { delay, until } from './support/wait.mjs';

const kHungSeconds = process.env.ECSWARD_E2E_LONG ? 60 : 15;
const kSlowestMs = 50;

agentBinary();
needRoot('mounts a FUSE file system');
if (!fs.existsSync('/dev/fuse')) skipFile('no /dev/fuse');
const kFuseHang = testProgram('fuse_hang');
enterPrivateNamespaces();

// A filesystem's reading, or undefined.
const reading = (page, what, mountpoint) =>
  findSeries(page, `node_filesystem_${what}`, { mountpoint })?.value;

test('a hung mount marks itself and delays nobody', { timeout: 180_000 }, async () => {
  const dir = tempDir();
  const hung = path.join(dir, 'hung');
  const fresh = path.join(dir, 'fresh');
  fs.mkdirSync(hung);
  fs.mkdirSync(fresh);
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'ecsward-fresh', fresh]);
  const server = new Child(kFuseHang, [hung]);
  await server.said(/^mounted/);
  // Without rules: an alert, say about a busy CPU, would start the thread that gathers evidence.
  const agent = await Agent.start({ config: 'alerting: {rule_files: []}\n' });
  const now = async (what, mountpoint) => reading(await agent.scrape(), what, mountpoint);
  const lag = monitorEventLoopDelay({ resolution: 1 });
  try {
    // Alive at first: measured like any other.
    await until('the mount to be measured', 20_000,
      async () => (await now('size_bytes', hung)) === 2 ** 30 && (await now('device_error', hung)) === 0);

    server.kill('SIGSTOP');
    lag.enable();
    const start = performance.now();
    let threads;
    let scrapes = 0;
    let erroredAt;
    let written = 0;
    let freshSince = await now('free_bytes', fresh);
    let refreshed = 0;
    while (performance.now() - start < kHungSeconds * 1000) {
      lag.reset();
      const queued = agent.queuedMs();
      const page = await agent.scrape();
      ++scrapes;
      // On a busy machine this process, or the agent's event loop, may have had to wait for a CPU;
      // that is not what a hung mount does.
      const lagged = Number.isFinite(lag.max) ? lag.max / 1e6 : 0;
      const ours = page.answer.ms - lagged - (agent.queuedMs() - queued);
      assert.ok(ours < kSlowestMs, `scrape ${scrapes} took ${page.answer.ms.toFixed(1)} ms`);
      if (reading(page, 'device_error', hung) === 1) erroredAt ??= performance.now() - start;
      if (erroredAt !== undefined) threads ??= agent.threads();
      // The neighbour is written to whenever the agent has noticed the last write.
      const free = reading(page, 'free_bytes', fresh);
      assert.notEqual(free, undefined, 'the neighbour vanished');
      if (written === 0 || free < freshSince) {
        if (written > 0) ++refreshed;
        freshSince = free;
        fs.writeFileSync(path.join(fresh, `file${++written}`), Buffer.alloc(65536));
      }
      await delay(150);
    }
    assert.ok(erroredAt !== undefined, `device_error was not 1 within ${kHungSeconds} s`);
    assert.ok(scrapes > kHungSeconds * 4, `only ${scrapes} scrapes`);
    assert.ok(refreshed >= 2, `the neighbour's free space was seen to change ${refreshed} times`);
    assert.ok(agent.threads() <= threads, `threads grew from ${threads} to ${agent.threads()}`);
    const page = await agent.scrape();
    assert.equal(reading(page, 'size_bytes', hung), undefined, 'stale numbers of the hung mount');

    // Back again, then gone.
    server.kill('SIGCONT');
    await until('the mount to recover', 45_000,
      async () => (await now('device_error', hung)) === 0 && (await now('size_bytes', hung)) === 2 ** 30);
    await server.stop('SIGTERM');
    await until('the series to go', 45_000, async () => (await now('device_error', hung)) === undefined);
  } finally {
    lag.disable();
    server.kill('SIGCONT');
    await Promise.all([agent.stop('SIGKILL'), server.stop('SIGKILL')]);
    spawnSync('umount', ['-l', hung]);
    spawnSync('umount', ['-l', fresh]);
  }
});

test('SIGTERM still stops it within two seconds', { timeout: 60_000 }, async () => {
  const hung = tempDir();
  const server = new Child(kFuseHang, [hung]);
  await server.said(/^mounted/);
  const agent = await Agent.start();
  const deviceError = async () => reading(await agent.scrape(), 'device_error', hung);
  try {
    await until('the mount to be measured', 20_000, async () => (await deviceError()) === 0);
    server.kill('SIGSTOP');
    await until('the hang to be noticed', 30_000, async () => (await deviceError()) === 1);
    const end = await agent.stop('SIGTERM', 10_000);
    assert.equal(end.code, 0);
    assert.ok(end.ms < 2000, `took ${end.ms} ms`);
  } finally {
    server.kill('SIGCONT');
    await server.stop('SIGKILL');
    spawnSync('umount', ['-l', hung]);
  }
});
