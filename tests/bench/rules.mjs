// Rules beside the Prometheus server: the same rule files over the same samples, once a second.
//
// The samples are those of tests/bench/host_model.h. Prometheus is first given the five minutes that
// the widest range reaches back (by remote write), then scrapes them and evaluates. The CPU of the rules is
// that of a Prometheus with them minus that of one that only scrapes.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { tempDir } from '../e2e/support/agent.mjs';
import { get } from '../e2e/support/http.mjs';
import { Child, run } from '../e2e/support/process.mjs';
import { Prometheus } from '../e2e/support/prometheus.mjs';
import { remoteWrite } from '../e2e/support/remote_write.mjs';
import { delay, until } from '../e2e/support/wait.mjs';

const kPastSeconds = 300;
const kTicksPerSecond = 100; // sysconf(_SC_CLK_TCK), on every Linux that Debian runs on

// User and system time, in µs. source: proc(5) /proc/PID/stat, fields 14 and 15
function cpuUs(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / kTicksPerSecond) * 1e6;
}

function rssKib(pid) {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// [{labels, samples: [[ms, value]]}] of the seconds before `end`.
async function past(url, end) {
  const series = [];
  for (let second = end - kPastSeconds; second < end; second += 1) {
    const { body } = await get(`${url}/metrics?at=${second}`);
    body.trimEnd().split('\n').forEach((line, i) => {
      const blank = line.lastIndexOf(' ');
      series[i] ??= { labels: labelsOf(line.slice(0, blank)), samples: [] };
      series[i].samples.push([second * 1000, Number(line.slice(blank + 1))]);
    });
  }
  return series;
}

function labelsOf(text) {
  const labels = { __name__: /^[^{]*/.exec(text)[0], instance: 'model', job: 'node' };
  for (const [, name, value] of text.matchAll(/(\w+)="([^"]*)"/g)) labels[name] = value;
  return labels;
}

async function evaluations(server) {
  const { body } = await get(`${server.url}/metrics`);
  let sum = 0;
  for (const [, value] of body.matchAll(/^prometheus_rule_evaluations_total\{.*\} (\S+)$/gm)) sum += Number(value);
  const failures = [...body.matchAll(/^prometheus_rule_evaluation_failures_total\{.*\} (\S+)$/gm)];
  if (failures.some(([, value]) => Number(value) > 0)) throw new Error('prometheus could not evaluate a rule');
  return sum;
}

// A Prometheus that knows the past, scrapes the model, and has these rule files.
async function startServer(modelUrl, series, ruleFiles) {
  const dir = tempDir();
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' } };
  const server = await Prometheus.start(dir, config, ['--web.enable-remote-write-receiver', '--log.level=warn']);
  for (let i = 0; i < series.length; i += 100) await remoteWrite(server.url, series.slice(i, i + 100));
  config.scrape_configs = [{ job_name: 'node', static_configs: [{ targets: [new URL(modelUrl).host], labels: { instance: 'model' } }] }];
  config.rule_files = ruleFiles;
  fs.writeFileSync(path.join(dir, 'prometheus.yml'), JSON.stringify(config));
  server.kill('SIGHUP');
  await until('a scrape', 20_000, async () => (await server.query('up')).length === 1);
  return server;
}

// {none, threshold, mixed}: {us: CPU of a second, count: of evaluations, ruleUs: CPU of one, rssKib}
async function measurePrometheus(program, files, quick) {
  const model = new Child(program, ['serve']);
  const [, port] = await model.said(/^(\d+)\n/);
  const modelUrl = `http://127.0.0.1:${port}`;
  const series = await past(modelUrl, Math.floor(Date.now() / 1000));
  const servers = { none: await startServer(modelUrl, series, []) };
  for (const [name, file] of Object.entries(files)) servers[name] = await startServer(modelUrl, series, [file]);

  await delay(quick ? 5_000 : 20_000);
  const before = {};
  for (const [name, server] of Object.entries(servers)) {
    before[name] = { count: await evaluations(server), cpu: cpuUs(server.pid), at: performance.now() };
  }
  await delay(quick ? 15_000 : 60_000);
  const results = {};
  for (const [name, server] of Object.entries(servers)) {
    const seconds = (performance.now() - before[name].at) / 1000;
    const cpu = cpuUs(server.pid) - before[name].cpu;
    const count = (await evaluations(server)) - before[name].count;
    const us = cpu / seconds;
    results[name] = { us, count, ruleUs: ((us - (results.none?.us ?? us)) * seconds) / count, rssKib: rssKib(server.pid) };
  }
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  await model.stop('SIGKILL');
  return results;
}

async function measureOurs(program, seconds, ...files) {
  const { code, stdout, stderr } = await run(program, ['evaluate', String(seconds), ...files], { deadlineMs: 240_000 });
  if (code !== 0) throw new Error(`rules_bench evaluate: ${stderr}`);
  return JSON.parse(stdout);
}

const us = (value) => `${value.toPrecision(3)} µs`;
const mib = (kib) => `${(kib / 1024).toFixed(1)} MiB`;

// Of what this very host reports; `pause`: real time that passes between two seconds of the bench.
async function historyBytes(table, program, quick) {
  const [ticks, pause] = quick ? [300, 10] : [600, 50];
  const { code, stdout, stderr } = await run(program, [String(ticks), String(pause)], { deadlineMs: 240_000 });
  if (code !== 0) throw new Error(`history_bench: ${stderr}`);
  const got = JSON.parse(stdout);
  table.limit('history, bytes a sample', got.all.bytes_per_sample.toFixed(2), '', got.all.bytes_per_sample <= 2.5, '≤ 2.5',
    `${got.all.series} series of this host; only those that change ${got.changing.bytes_per_sample.toFixed(2)}, ` +
    `with late ticks ${got.all_jitter.bytes_per_sample.toFixed(2)}`);
}

export async function rules(table, programs, quick) {
  const program = path.join(programs, 'rules_bench');
  await historyBytes(table, path.join(programs, 'history_bench'), quick);
  const dir = tempDir();
  const files = {};
  for (const set of ['threshold', 'mixed']) {
    files[set] = path.join(dir, `${set}.yml`);
    fs.writeFileSync(files[set], execFileSync(program, ['rules', set]));
  }
  const theirs = await measurePrometheus(program, files, quick);
  for (const set of ['threshold', 'mixed']) {
    const ours = await measureOurs(program, quick ? 120 : 600, files[set]);
    const name = set === 'threshold' ? 'thresholds' : 'rate, avg_over_time, sum by';
    table.versus(`CPU of a rule's evaluation: ${name}`, us(ours.rule_us), us(theirs[set].ruleUs),
      theirs[set].ruleUs / ours.rule_us, 100,
      `${ours.rules} rules over ${ours.series} of the series; the first round, which finds them, ` +
      `${(ours.first_round_us / 1000).toFixed(1)} ms; Prometheus: ${Math.round(theirs[set].count)} evaluations`);
    table.versus(`memory of 1,000 rules: ${name}`, mib(ours.added_kib), mib(theirs[set].rssKib), theirs[set].rssKib / ours.added_kib, 8,
      `ours: added to the process, history included; theirs: the server (without rules ${mib(theirs.none.rssKib)})`);
  }
  const stock = fs.readdirSync('conf/rules').filter((name) => name.endsWith('.yml')).map((name) => path.join('conf/rules', name));
  const ours = await measureOurs(program, 120, ...stock);
  table.limit('memory of the stock rules', mib(ours.added_kib), '', ours.added_kib <= 3 * 1024, '≤ 3 MiB',
    `${ours.rules} rules, ${ours.series} series, ${us(ours.rule_us)} of CPU a rule`);
}
