// What Debian's node_exporter exposes about this very host, ecsward exposes too: the same names,
// labels and types, and values that agree.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { findSeries } from './support/exposition.mjs';
import { NodeExporter } from './support/node_exporter.mjs';
import { compare } from './support/parity.mjs';
import { agentBinary, judge } from './support/requirements.mjs';
import { until } from './support/wait.mjs';

agentBinary();
judge('prometheus-node-exporter');

// What we do not claim, each with its reason.
const kExceptions = [
  [/^(go|process|promhttp)_/, 'about node_exporter itself'],
  [/^node_exporter_build_info$/, 'about node_exporter itself'],
  [/^node_scrape_collector_/, 'lists its collectors, and how long they took'],
];
const excepted = (name) => kExceptions.some(([pattern]) => pattern.test(name));

// Off by default there and here, and claimed.
const kDefaultOff = [
  'buddyinfo', 'cgroups', 'interrupts', 'ksmd', 'meminfo_numa', 'mountstats', 'processes',
  'slabinfo', 'tcpstat', 'zoneinfo',
];

// A page of ours that was read from the host after `seconds` (Unix time).
async function scrapeAfter(agent, seconds) {
  return until('a later tick', 30_000, async () => {
    const page = await agent.scrape();
    return page.series.get('node_time_seconds{}').value > seconds && page;
  }, 100);
}

// Both read the same folder of *.prom files.
function textfileFlag() {
  const dir = tempDir();
  fs.writeFileSync(path.join(dir, 'job.prom'),
    '# HELP my_job_last_success_seconds When it worked.\n# TYPE my_job_last_success_seconds gauge\n' +
    'my_job_last_success_seconds{job="a \\"b\\" \\\\c"} 1.7e+09\nmy_job_runs_total 3\n');
  return `--collector.textfile.directory=${dir}`;
}

async function expectParity(agentArgs, exporterArgs, slow) {
  const agent = await Agent.start({ args: agentArgs });
  const exporter = await NodeExporter.start(exporterArgs);
  try {
    // Slow collectors come a moment after the first tick.
    await until(`the ${slow} collector`, 10_000, async () =>
      findSeries(await agent.scrape(), 'node_scrape_collector_success', { collector: slow })?.value === 1);
    const found = await compare({
      scrapeOurs: (after) => scrapeAfter(agent, after),
      scrapeTheirs: () => exporter.scrape(),
      excepted,
      rounds: 12,
    });
    assert.ok(found.compared > 300, `only ${found.compared} series were compared`);
    assert.deepEqual(
      { missing: found.missing, types: found.types, values: found.values },
      { missing: [], types: [], values: [] },
    );
  } finally {
    await Promise.all([agent.stop(), exporter.stop()]);
  }
}

test('every default series of node_exporter is there and agrees', { timeout: 120_000 }, () => {
  const textfiles = textfileFlag();
  return expectParity([textfiles], [textfiles], 'filesystem');
});

test('so are those of the collectors that are off by default', { timeout: 120_000 }, () =>
  expectParity(
    kDefaultOff.map((name) => `--collector.${name}`),
    ['--collector.disable-defaults', '--collector.time',
     ...kDefaultOff.map((name) => `--collector.${name}`)],
    'processes',
  ));
