// Ports and processes on a busy host: 2,000 listeners, 20,000 connections, 1,000 processes, in a network of
// their own. The collectors by themselves beside the least that the same can cost, beside doing it without a
// memory, and beside Debian's prometheus-process-exporter; then the whole agent.
import fs from 'node:fs';
import path from 'node:path';
import { Agent, tempDir } from '../e2e/support/agent.mjs';
import { get } from '../e2e/support/http.mjs';
import { freePort } from '../e2e/support/ports.mjs';
import { Child, run } from '../e2e/support/process.mjs';
import { judge } from '../e2e/support/requirements.mjs';
import { delay, until } from '../e2e/support/wait.mjs';

const kConnections = 20_000;
const kProcesses = 1000;
const kInNetwork = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"'];

const us = (value) => (value >= 1000 ? `${(value / 1000).toFixed(2)} ms` : `${value.toFixed(1)} µs`);
const mib = (kib) => `${(kib / 1024).toFixed(1)} MiB`;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

// One JSON object that a program of ours printed.
async function measured(command) {
  const { code, stdout, stderr } = await run(command[0], command.slice(1).map(String), { deadlineMs: 300_000 });
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr.trim()}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function ports(table, program, quick) {
  for (const listeners of [500, 2000]) {
    const got = await measured([...kInNetwork, program, 'ports', quick ? 100 : 300, listeners, kConnections, kProcesses]);
    const of = `${listeners.toLocaleString('en')} listeners`;
    table.against(`ports: a tick, owners known, ${of}`, us(got.tick_us), us(got.floor_us), got.tick_us / got.floor_us, 2,
      `beside a dump by sock_diag (${us(got.dump_us)}) and one readlink for each; CPU ${us(got.tick_cpu_us)}, ${us(got.floor_cpu_us)}; ` +
      `owners found: ${got.owned} of ${got.listeners}`);
    table.versus(`ports: a tick, ${of}, ${kConnections.toLocaleString('en')} connections, beside text and a full scan`,
      us(got.tick_us), us(got.text_us), got.text_us / got.tick_us, 60,
      `/proc/net/tcp, and all descriptors of all processes; CPU 1/${(got.text_cpu_us / got.tick_cpu_us).toFixed(0)}`);
    const over = got.longest_us - got.usual_longest_us;
    table.limit(`ports: the longest tick while owners are looked for, ${of}`, us(got.longest_us), us(got.usual_longest_us), over <= 5000, '≤ 5 ms more',
      `the longest of ticks in which nothing happens beside it; a newcomer's owner is known on tick ${Math.max(1, got.known_after)} at the latest; ` +
      `at the start all on tick ${got.first_ticks}, the longest of these ${us(got.first_longest_us)}`);
  }
}

// The exporter's own CPU, user and system, in µs a scrape, over `times` scrapes.
async function scrapeCpu(exporter, client, times) {
  const port = new URL(exporter.url).port;
  const { code, stdout, stderr } = await run(client, ['latency', '1', 'plain', `exporter:${port}:${exporter.pid}:${times}`], { deadlineMs: 120_000 });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim()).cpu_us;
}

async function startProcessExporter(more) {
  const config = path.join(tempDir(), 'groups.yml');
  fs.writeFileSync(config, `process_names:\n- name: "{{.Comm}}"\n  cmdline: ['.*']\n`);
  const port = await freePort();
  const exporter = new Child(judge('prometheus-process-exporter'),
    [`-config.path=${config}`, `-web.listen-address=127.0.0.1:${port}`, ...more]);
  exporter.url = `http://127.0.0.1:${port}`;
  await until('process-exporter', 20_000, () => get(`${exporter.url}/metrics`));
  return exporter;
}

async function processes(table, program, client, quick) {
  const crowd = new Child(program, ['crowd', '0', '0', String(kProcesses)]);
  await crowd.said(/^ready/, 60_000);
  const exporter = await startProcessExporter([]);
  const plain = await startProcessExporter(['-gather-smaps=false']);
  const looks = [];
  const theirs = [];
  const theirsPlain = [];
  try {
    for (let round = 0; round < (quick ? 2 : 5); ++round) {
      looks.push(await measured([program, 'process', quick ? 40 : 60]));
      theirs.push(await scrapeCpu(exporter, client, 8));
      theirsPlain.push(await scrapeCpu(plain, client, 8));
    }
  } finally {
    await Promise.all([crowd, exporter, plain].map((one) => one.stop('SIGKILL')));
  }
  const of = (what) => median(looks.map((one) => one[what]));
  table.against(`process: a look at ${looks[0].processes.toLocaleString('en')} processes`, us(of('look_us')), us(of('floor_us')),
    of('look_us') / of('floor_us'), 1.5, `beside a pread of each kept-open stat file; CPU ${us(of('look_cpu_us'))}, ${us(of('floor_cpu_us'))}`);
  const cpu = of('mean_cpu_us');
  table.versus('process: CPU of a collection, beside prometheus-process-exporter', us(cpu), us(median(theirs)), median(theirs) / cpu, 40,
    `a mean, what is sampled now and then included; theirs without smaps: ${us(median(theirsPlain))}, 1/${(median(theirsPlain) / cpu).toFixed(0)}`);
}

const kOff = ['ports', 'connections', 'port_checks', 'process', 'units'];

async function wholeAgent(table, program, client, quick) {
  const crowd = new Child(kInNetwork[0], [...kInNetwork.slice(1), program, 'crowd', '2000', String(kConnections), String(kProcesses)]);
  const agents = [];
  try {
    await crowd.said(/^ready/, 120_000);
    const wrap = ['nsenter', `--net=/proc/${crowd.pid}/ns/net`];
    const off = `collect: {collectors: {${kOff.map((name) => `${name}: {enabled: false}`).join(', ')}}}\n`;
    for (const config of ['', off]) {
      const agent = new Agent({ config, wrap });
      agents.push(agent);
      await agent.listening();
    }
    await delay(quick ? 10_000 : 30_000); // owners are found, the first sampling is done
    const targets = agents.map((agent, i) => `${i === 0 ? 'on' : 'off'}:${new URL(agent.url).port}:${agent.pid}:1`);
    const seconds = quick ? 20 : 75;
    const { code, stdout, stderr } = await run(wrap[0], [...wrap.slice(1), client, 'paced', String(seconds), 'gzip', ...targets], { deadlineMs: 240_000 });
    if (code !== 0) throw new Error(stderr);
    const { on, off: without } = Object.fromEntries(stdout.trim().split('\n').map((line) => JSON.parse(line)).map((o) => [o.target, o]));
    const percent = (one) => one.cpu_us_per_second / 1e4;
    table.limit('the agent on the busy host: CPU of one core', `${percent(on).toFixed(2)} %`, `${percent(without).toFixed(2)} %`, percent(on) < 1, '< 1 %',
      `over ${seconds} s, scraped each second; the other without ${kOff.join(', ')}`);
    const rss = agents.map(({ pid }) => Number(/^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]));
    table.limit('the agent on the busy host: resident memory more', mib(rss[0] - rss[1]), '', rss[0] - rss[1] <= 6 * 1024, '≤ 6 MiB',
      `${mib(rss[0])} and ${mib(rss[1])}`);
  } finally {
    await Promise.all([...agents, crowd].map((one) => one.stop('SIGKILL')));
  }
}

export async function owners(table, programs, quick) {
  const program = path.join(programs, 'owners_bench');
  const client = path.join(programs, 'scrape_client');
  for (const part of [ports, processes, wholeAgent]) {
    await part(table, program, ...(part === ports ? [quick] : [client, quick]))
      .catch((error) => table.skipped(part.name, `not measured: ${error.message.split('\n')[0]}`));
  }
}
