// Debian's prometheus scrapes the agent once a second in every way we serve, and has nothing to
// complain about. ECSWARD_E2E_LONG=1 makes it a minute instead of a quarter of one.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Agent, tempDir } from './support/agent.mjs';
import { headerProxy } from './support/header_proxy.mjs';
import { Prometheus } from './support/prometheus.mjs';
import { agentBinary, judge } from './support/requirements.mjs';
import { until } from './support/wait.mjs';
import { kPassword, kUser, makeWebConfig } from './support/web_config.mjs';

agentBinary();
judge('prometheus');
judge('promtool');
const kSeconds = process.env.ECSWARD_E2E_LONG ? 60 : 15;
const kTextPlain = 'text/plain;version=0.0.4';

const hostOf = (url) => new URL(url).host;
const job = (job_name, url, more = {}) =>
  ({ job_name, static_configs: [{ targets: [hostOf(url)] }], ...more });

// What prometheus counts when a target sends it something it cannot use.
const kComplaints = [
  'prometheus_target_scrapes_sample_out_of_order_total',
  'prometheus_target_scrapes_sample_duplicate_timestamp_total',
  'prometheus_target_scrapes_sample_out_of_bounds_total',
  'prometheus_target_scrapes_exceeded_body_size_limit_total',
  'prometheus_target_scrapes_exceeded_sample_limit_total',
  'prometheus_target_scrapes_exemplar_out_of_order_total',
];

test('a real Prometheus finds no fault in any representation', { timeout: 180_000 }, async () => {
  const dir = tempDir();
  const web = await makeWebConfig(dir);
  const open = await Agent.start();
  const closed = new Agent({ args: [`--web.config.file=${web.file}`] });
  await closed.listening();
  const plain = await headerProxy(open.url, { accept: kTextPlain, 'accept-encoding': 'identity' });
  const text = await headerProxy(open.url, { accept: kTextPlain });
  const identity = await headerProxy(open.url, { 'accept-encoding': 'identity' });
  const prometheus = await Prometheus.start(dir, {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      job('openmetrics_gzip', open.url),
      job('openmetrics_identity', identity.url),
      job('text_gzip', text.url),
      job('text_identity', plain.url),
      job('tls_basic_auth', `https://${closed.address}`, {
        scheme: 'https',
        tls_config: { ca_file: web.ca, server_name: 'localhost' },
        basic_auth: { username: kUser, password: kPassword },
      }),
    ],
  });
  try {
    const jobs = ['openmetrics_gzip', 'openmetrics_identity', 'text_gzip', 'text_identity', 'tls_basic_auth'];
    const byJob = async (expression) =>
      Object.fromEntries((await prometheus.query(expression)).map((r) => [r.labels.job, r.value]));
    await until(`${kSeconds} scrapes of every job`, (kSeconds + 20) * 1000, async () => {
      const counts = await byJob('count_over_time(up[5m])');
      return jobs.every((name) => counts[name] >= kSeconds);
    }, 500);

    const worst = await byJob('min_over_time(up[5m])');
    const errors = (await prometheus.targets()).map((t) => t.lastError).filter(Boolean);
    assert.deepEqual(worst, Object.fromEntries(jobs.map((name) => [name, 1])), errors.join('\n'));
    for (const complaint of kComplaints) {
      for (const { value } of await prometheus.query(complaint)) assert.equal(value, 0, complaint);
    }
    const log = prometheus.stderr.split('\n').filter((line) =>
      /Error on ingesting|out-of-order|duplicate|Append failed|Scrape failed|append failed/i.test(line));
    assert.deepEqual(log, []);

    // Prometheus understood as many samples as the page holds, in each representation.
    const samples = (await open.scrape()).series.size;
    const scraped = await byJob('scrape_samples_scraped');
    for (const name of jobs) {
      // Devices and label values may come and go on a busy host.
      assert.ok(Math.abs(scraped[name] - samples) <= samples * 0.05,
        `${name}: prometheus saw ${scraped[name]} samples, the page has ${samples}`);
    }
    const families = await byJob('count({__name__=~"node_.+"}) by (job)');
    for (const name of jobs) assert.ok(families[name] > 200, `${name}: ${families[name]} node_ series`);
  } finally {
    for (const proxy of [plain, text, identity]) proxy.close();
    await Promise.all([prometheus.stop(), open.stop(), closed.stop()]);
  }
});

// promtool lints names; node_exporter's do not follow them and are an API, so there they stay. A page
// it cannot parse, a missing HELP or TYPE, or a name of our own that it dislikes is a failure.
const kInheritedName =
  /^node_\S+ (metric names should|use base unit|counter metrics should have|non-counter metrics should|non-histogram)/;

test('promtool has nothing to say about the page', { timeout: 30_000 }, async () => {
  const agent = await Agent.start();
  try {
    const { body } = await agent.get('/metrics');
    const lint = spawnSync(judge('promtool'), ['check', 'metrics'], { input: body, encoding: 'utf8' });
    const said = (lint.stdout + lint.stderr).split('\n').filter(Boolean);
    assert.deepEqual(said.filter((line) => !kInheritedName.test(line)), []);
    assert.ok([0, 3].includes(lint.status), `exit ${lint.status}`); // 3: lints only
  } finally {
    await agent.stop();
  }
});
