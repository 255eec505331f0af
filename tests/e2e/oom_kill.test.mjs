// Who was killed for lack of memory in its cgroup is named, in a metric and in an alert.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { alertsOf } from './support/ask.mjs';
import { findSeries } from './support/exposition.mjs';
import { MemoryCgroup } from './support/memory_cgroup.mjs';
import { Child } from './support/process.mjs';
import { quickStockRules } from './support/quick_rules.mjs';
import { agentBinary, needRoot, testProgram } from './support/requirements.mjs';
import { ownRules } from './support/test_rules.mjs';
import { until } from './support/wait.mjs';

agentBinary();
needRoot('makes a cgroup');
const kStress = testProgram('stress');
const kMib = 32;
const kName = 'oom-victim';
const kAlert = 'ProcessOutOfMemory';
const kRules = ownRules({
  [kAlert]: `expr: increase(ecsward_oom_kills_total[1m]) > 0 or ecsward_oom_kills_total > 0 unless ecsward_oom_kills_total offset 1m
    annotations: {summary: "{{ $labels.process }} was killed for lack of memory"}`,
});

test('the victim of an OOM kill is named', { timeout: 90_000 }, async (t) => {
  const dir = tempDir();
  const cgroup = new MemoryCgroup('oom', kMib);
  const agent = await Agent.start({ dir, config: quickStockRules(dir, kRules) });
  const kills = async () => findSeries(await agent.scrape(), 'ecsward_oom_kills_total', { process: kName });
  const die = async () => {
    const victim = new Child(cgroup.wrap[0], [...cgroup.wrap.slice(1), kStress, kName, 'memory', String(8 * kMib)]);
    const { signal } = await victim.end(20_000);
    assert.equal(signal, 'SIGKILL', victim.stderr);
    return performance.now();
  };
  try {
    // The process collector must have begun: what came before it did is not counted.
    await until('the process collector', 20_000, async () => findSeries(await agent.scrape(), 'ecsward_process_group_processes'));
    for (const count of [1, 2]) {
      const died = await die();
      const series = await until('the kill to be counted', 20_000, async () => {
        const now = await kills();
        return now?.value >= count && now;
      });
      t.diagnostic(`kill ${count} counted after ${Math.round(performance.now() - died)} ms: ${JSON.stringify(series.labels)}`);
      assert.equal(series.value, count);
      assert.equal(series.labels.scope, 'cgroup');
    }
    const alert = await until('the alert', 30_000, async () =>
      (await alertsOf(agent, kAlert)).find(({ state, labels }) => state === 'firing' && labels.process === kName), 100);
    assert.ok(alert.annotations.summary.includes(kName), JSON.stringify(alert));
    assert.match(agent.stderr, new RegExp(`alert=${kAlert} msg="alert firing" labels=.*${kName}`));
  } finally {
    await agent.stop('SIGKILL');
    cgroup.remove();
  }
});
