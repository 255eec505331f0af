// ecsward beside Debian's node_exporter and prometheus, in the same minutes on the same machine. What
// is measured by turns is measured by programs of C++ (scrape_client, tick_bench); this file starts
// things, divides numbers, and writes the table.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent, tempDir } from '../e2e/support/agent.mjs';
import { NodeExporter } from '../e2e/support/node_exporter.mjs';
import { freePort } from '../e2e/support/ports.mjs';
import { Child, run } from '../e2e/support/process.mjs';
import { judge } from '../e2e/support/requirements.mjs';
import { delay } from '../e2e/support/wait.mjs';
import { allocationsWhileScraping } from './allocations.mjs';
import { owners } from './owners.mjs';
import { rules } from './rules.mjs';
import { Table } from './table.mjs';

const kBuild = path.resolve(process.env.ECSWARD_BENCH_BUILD ?? 'build/bench');
const kPrograms = path.join(kBuild, 'tests/bench');
process.env.ECSWARD_BINARY ??= path.join(kBuild, 'ecsward');
const kQuick = process.argv.includes('--quick');
const kOnly = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length).split(',');
const wanted = (part) => !kOnly || kOnly.includes(part);

// Its default collectors that we do not have: off, so that both do the same work.
const kNotOurs = ['bcache', 'btrfs', 'fibrechannel', 'nfsd', 'powersupplyclass', 'rapl', 'tapestats', 'zfs'];
const kExporterFlags = kNotOurs.map((name) => `--no-collector.${name}`);

// Runs one of ours and returns what it printed, one JSON object a line, by target.
async function measure(program, ...args) {
  const { code, stdout, stderr } =
    await run(path.join(kPrograms, program), args.map(String), { deadlineMs: 240_000 });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return Object.fromEntries(stdout.trim().split('\n').map((line) => JSON.parse(line)).map((o) => [o.target, o]));
}

const portOf = (server) => new URL(server.url).port;
const target = (name, server, count) => `${name}:${portOf(server)}:${server.pid}:${count}`;

function statusKib(pid, field) {
  const text = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)[1]);
}

// The floor: the agent's own answers from memory.
async function startMemoryServer(agent) {
  const dir = tempDir();
  for (const how of ['plain', 'gzip']) {
    const body = execFileSync(path.join(kPrograms, 'scrape_client'), ['fetch', how, portOf(agent)], { maxBuffer: 1 << 26 });
    fs.writeFileSync(path.join(dir, how), body);
  }
  const server = new Child(path.join(kPrograms, 'memory_server'), [path.join(dir, 'plain'), path.join(dir, 'gzip')]);
  const [, port] = await server.said(/^(\d+)\n/);
  server.url = `http://127.0.0.1:${port}`;
  return server;
}

const us = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} ms` : `${value.toFixed(1)} µs`);
const mib = (kib) => `${(kib / 1024).toFixed(1)} MiB`;

async function scrapes(table, agent, exporter) {
  // Memory first: exactly this many scrapes since both were started.
  for (const how of ['plain', 'gzip']) {
    await measure('scrape_client', 'latency', 1, how, target('agent', agent, 490), target('exporter', exporter, 490));
  }
  const rss = [agent, exporter].map((server) => statusKib(server.pid, 'VmRSS'));
  const anon = [agent, exporter].map((server) => statusKib(server.pid, 'RssAnon'));

  const floor = await startMemoryServer(agent);
  const rounds = kQuick ? 5 : 15;
  for (const how of ['plain', 'gzip']) {
    const got = await measure('scrape_client', 'latency', rounds, how,
      target('agent', agent, 1500), target('exporter', exporter, 30), target('floor', floor, 1500));
    const { agent: a, exporter: e, floor: f } = got;
    table.versus(`scrape, ${how}: latency, median`, us(a.median_us), us(e.median_us),
      e.median_us / a.median_us, 40, `bare server ${us(f.median_us)}, 1/${(e.median_us / f.median_us).toFixed(0)}`);
    table.versus(`scrape, ${how}: CPU of the server`, us(a.cpu_us), us(e.cpu_us),
      e.cpu_us / a.cpu_us, 100, `bare server ${us(f.cpu_us)}, 1/${(e.cpu_us / f.cpu_us).toFixed(0)}; ${a.bytes} bytes`);
  }
  await floor.stop('SIGKILL');
  table.versus('resident memory after 1,000 scrapes', mib(rss[0]), mib(rss[1]), rss[1] / rss[0], 3,
    `not of a file: ${mib(anon[0])}, ${mib(anon[1])}`);
}

async function paced(table, agent, exporter) {
  const got = await measure('scrape_client', 'paced', kQuick ? 10 : 60, 'gzip',
    target('agent', agent, 1), target('exporter', exporter, 1));
  const [a, e] = [got.agent.cpu_us_per_second, got.exporter.cpu_us_per_second];
  table.versus('CPU a second: a tick and a gzip scrape', us(a), us(e), e / a, 8,
    `that scrape takes ${us(got.agent.median_us)} and ${us(got.exporter.median_us)}`);
}

async function ticks(table) {
  const { tick } = await measure('tick_bench', 'ticks', kQuick ? 180 : 600);
  table.against('a tick, beside plain reads of the same sources', us(tick.tick_us), us(tick.floor_us),
    tick.tick_us / tick.floor_us, 1.5,
    `${tick.asks} sources; reading each to its end ${us(tick.floor_to_end_us)}; ` +
    `CPU of all threads ${us(tick.cpu_us)}, of the reads ${us(tick.floor_cpu_us)}`);
  table.zero('allocations in a steady tick', tick.allocations, '',
    `in a minute, with rescans and retries: ${tick.allocations_minute.toFixed(0)}; ` +
    `slow collectors, on threads of their own: ${tick.other_allocations_minute.toFixed(0)}`);
}

async function allocations(table) {
  const got = await allocationsWhileScraping({
    library: path.join(kPrograms, 'liballoc_count.so'),
    client: path.join(kPrograms, 'scrape_client'),
    seconds: kQuick ? 10 : 20,
  });
  table.zero('allocations in a steady scrape', got.perScrape, '',
    `in the usual second of ${got.scrapes / got.seconds} scrapes; in all of ${got.seconds} s: ${got.scraped}; without scrapes: ${got.idle}`);
}

async function flat(table) {
  const count = kQuick ? 40_000 : 100_000;
  const { flat: got } = await measure('tick_bench', 'flat', count, 'tests/fixtures/hosts/ecs-2c4g');
  table.zero(`heap growth over ${count.toLocaleString('en')} ticks with device churn`,
    Math.max(0, got.heap_kib - got.heap_kib_early), 'KiB',
    `another disk and network device every 2 ticks; the heap's peak, early and late: ${got.heap_kib_early} and ` +
    `${got.heap_kib} KiB; resident: ${mib(got.rss_kib_early)} and ${mib(got.rss_kib)}`,
    16);
}

async function starts(table) {
  const times = kQuick ? 5 : 20;
  const ports = [await freePort(), await freePort()];
  const agent = await measure('scrape_client', 'first', times, ports[0],
    process.env.ECSWARD_BINARY, 'run', `--web.listen-address=127.0.0.1:${ports[0]}`);
  const exporter = await measure('scrape_client', 'first', times, ports[1],
    judge('prometheus-node-exporter'), `--web.listen-address=127.0.0.1:${ports[1]}`, ...kExporterFlags);
  table.limit('first good scrape after exec, median', `${agent.first.median_ms.toFixed(1)} ms`,
    `${exporter.first.median_ms.toFixed(1)} ms`, agent.first.median_ms <= 50, '≤ 50 ms',
    `slowest of ${times}: ${agent.first.max_ms.toFixed(1)} ms`);
}

// In a network namespace of its own: nobody else has to live with 20,000 connections.
async function busy(table) {
  const program = path.join(kPrograms, 'tick_bench');
  const { code, stdout, stderr } = await run('unshare', ['--net', 'sh', '-c',
    `ip link set lo up 2>/dev/null; exec "${program}" busy ${kQuick ? 60 : 200} 2000 20000 1000`], { deadlineMs: 120_000 });
  if (code !== 0) {
    table.skipped('a tick on a busy host', `not measured: ${stderr.trim()}`);
    return;
  }
  const got = JSON.parse(stdout);
  table.against('a tick with 2,000 listeners, 20,000 connections and 1,000 processes more',
    us(got.busy_us), us(got.quiet_us), got.busy_us / got.quiet_us, 1.5,
    `CPU of all threads, with a pause: ${us(got.quiet_cpu_us)} → ${us(got.busy_cpu_us)}`);
}

// What the built-in rules cost the whole agent, beside one without rules, both scraped once a second.
async function stockRules(table) {
  const agents = await Promise.all(['alerting: {rule_files: []}', ''].map((config) => Agent.start({ config })));
  const cpuSeconds = async (agent) => (await agent.value('process_cpu_seconds_total{}')) ?? (await agent.value('process_cpu_seconds_total'));
  const seconds = kQuick ? 40 : 100;
  const before = await Promise.all(agents.map(cpuSeconds));
  for (let i = 0; i < seconds; ++i) {
    await Promise.all([delay(1000), ...agents.map((agent) => agent.get('/metrics'))]);
  }
  const [without, withRules] = agents.map((agent) => statusKib(agent.pid, 'VmRSS'));
  const after = await Promise.all(agents.map(cpuSeconds));
  const cpu = agents.map((_, i) => ((after[i] - before[i]) / seconds) * 100);
  await Promise.all(agents.map((agent) => agent.stop()));
  table.limit('resident memory that the stock rules add to the agent', mib(withRules - without), '',
    withRules - without <= 3 * 1024, '≤ 3 MiB',
    `${mib(withRules)} and ${mib(without)}; of one CPU ${cpu[1].toFixed(2)} % and ${cpu[0].toFixed(2)} %, scraped each second`);
}

const rulesBeside = (table) => rules(table, kPrograms, kQuick);
const portsAndProcesses = (table) => owners(table, kPrograms, kQuick);

async function main() {
  for (const program of ['scrape_client', 'memory_server', 'tick_bench', 'history_bench', 'owners_bench', 'rules_bench']) {
    if (!fs.existsSync(path.join(kPrograms, program))) throw new Error(`no ${program}: cmake --preset bench && cmake --build --preset bench`);
  }
  const table = new Table();
  if (wanted('scrapes') || wanted('paced')) {
    // Without rules, which node_exporter has none of; they have rows of their own.
    const agent = await Agent.start({ config: 'alerting: {rule_files: []}' });
    const exporter = await NodeExporter.start(kExporterFlags);
    if (wanted('scrapes')) await scrapes(table, agent, exporter);
    await delay(1000); // what the scrapes left behind (write-backs) is not the next row's
    if (wanted('paced')) await paced(table, agent, exporter);
    await Promise.all([agent.stop(), exporter.stop()]);
  }
  for (const [name, part] of Object.entries({ ticks, allocations, starts, busy, flat, stockRules, rules: rulesBeside, owners: portsAndProcesses })) {
    if (!wanted(name)) continue;
    // One part that cannot be measured here takes no other with it.
    await part(table).catch((error) => table.skipped(name, `not measured: ${error.message.split('\n')[0]}`));
  }
  const cpu = /^model name\s*: (.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? os.arch();
  table.machine = `${os.cpus().length} × ${cpu}, Linux ${os.release()}`;
  console.log(table.text());
  if (process.argv.includes('--write')) table.writeInto('docs/performance.md', kOnly?.join(','));
  process.exitCode = table.missed() > 0 && process.argv.includes('--strict') ? 1 : 0;
}

await main();
