// The notifier alone (notify_crash.cpp), killed with -9 at random moments under a stream of alerts that
// fire and end, with a receiver that fails a third of the time, and sometimes takes a message and does
// not answer. What was acknowledged arrives, in order; what was not is posted again, as the rules do.
// ECSWARD_CYCLES says how many kills, ECSWARD_SEED makes a run like another. And what many alerts cost.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { test } from 'node:test';
import { tempDir } from './support/agent.mjs';
import { testProgram } from './support/requirements.mjs';
import { delay, until } from './support/wait.mjs';

const kCycles = Number(process.env.ECSWARD_CYCLES ?? 60);
const kAlerts = 40;
const seed = Number(process.env.ECSWARD_SEED ?? Date.now() % 1_000_000);

// mulberry32
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Takes messages and answers them: `ok`, `no`, or, having taken one, nothing.
class Receiver {
  constructor(socket, dice) {
    this.told = new Map(); // alert → [`STARTS fires`, …] as they arrived
    this.last = new Map(); // receiver → its last message
    this.problems = [];
    Object.assign(this, { messages: 0, refused: 0, unanswered: 0, duplicates: 0, merged: 0 });
    this.server = net.createServer((connection) => {
      connection.on('error', () => undefined); // it was killed
      let line = '';
      connection.on('data', (chunk) => {
        line += chunk;
        if (!line.endsWith('\n')) return;
        const roll = this.well ? 1 : dice();
        if (roll < 1 / 3) {
          ++this.refused;
          connection.end('no');
          return;
        }
        this.take(JSON.parse(line));
        if (roll < 0.4) ++this.unanswered;
        connection.end(roll < 0.4 ? '' : 'ok');
      });
    });
    this.server.listen(socket);
  }

  // A message that comes again is the last one of its lane, to the letter, under the same id; whoever
  // keeps one id per receiver sees none twice.
  take({ id, receiver, groups, alerts }) {
    ++this.messages;
    const last = this.last.get(receiver);
    const text = JSON.stringify(alerts);
    if (last?.id === id) {
      ++this.duplicates;
      if (last.text !== text) this.problems.push(`${id} came again with other alerts: ${last.text}, ${text}`);
      return;
    }
    this.last.set(receiver, { id, text });
    if (groups > 1) ++this.merged;
    for (const { name, starts, fires } of alerts) this.of(name).push(`${starts} ${fires ? 'fires' : 'ends'}`);
  }

  of(name) {
    if (!this.told.has(name)) this.told.set(name, []);
    return this.told.get(name);
  }
}

// What was posted: each alert's changes so far, the last of them perhaps not acknowledged.
class Source {
  constructor(dice, receiver) {
    this.dice = dice;
    this.receiver = receiver;
    this.alerts = Array.from({ length: kAlerts }, (_, i) => ({ name: `a${i}`, changes: [], waits: null }));
    this.time = Date.now();
  }

  // Writes what is not acknowledged again.
  begin(program) {
    this.program = program;
    for (const alert of this.alerts) if (alert.waits) program.stdin.write(alert.waits + '\n');
  }

  // Some alert changes, unless it has changed twice since anybody was told.
  change() {
    const alert = this.alerts[Math.floor(this.dice() * kAlerts)];
    if (alert.waits || alert.changes.length - this.receiver.of(alert.name).length > 1) return;
    const now = ++this.time;
    const last = alert.changes.at(-1);
    const ends = last?.endsWith('fires');
    const starts = ends ? Number(last.split(' ')[0]) : now;
    alert.changes.push(`${starts} ${ends ? 'ends' : 'fires'}`);
    alert.waits = ends ? `resolve ${alert.name} ${starts} ${now}` : `fire ${alert.name} ${starts}`;
    this.program.stdin.write(alert.waits + '\n');
  }

  acknowledged(line) {
    const alert = this.alerts.find(({ waits }) => waits === line);
    if (alert) alert.waits = null;
  }
}

test(`${kCycles} kills: every change arrives, in order`, { timeout: 120_000 + kCycles * 5_000 }, async (t) => {
  const dice = random(seed);
  const dir = tempDir();
  const socket = path.join(dir, 'receiver');
  const state = path.join(dir, 'state');
  const receiver = new Receiver(socket, dice);
  const source = new Source(dice, receiver);
  let log = '';
  const start = async () => {
    const program = spawn(testProgram('notify_crash'), [state, socket], { stdio: ['pipe', 'pipe', 'pipe'] });
    program.stdin.on('error', () => undefined); // it was killed
    program.stderr.on('data', (chunk) => (log += chunk));
    const exited = new Promise((resolve) => program.on('close', resolve));
    await new Promise((resolve) => {
      readline.createInterface({ input: program.stdout }).on('line', (line) => {
        if (line === 'ready') resolve();
        else source.acknowledged(line);
      });
      exited.then(resolve);
    });
    source.begin(program);
    return { program, exited };
  };
  let running;
  try {
    for (let cycle = 0; cycle < kCycles; ++cycle) {
      running = await start();
      const end = Date.now() + dice() * 700;
      while (Date.now() < end) {
        source.change();
        await delay(dice() * 20);
      }
      running.program.kill('SIGKILL');
      assert.equal(await running.exited, null, log);
    }
    receiver.well = true; // what is due now need not wait for luck
    const killed = Date.now();
    running = await start();
    const arrived = () => source.alerts.every(({ name, changes, waits }) =>
      !waits && receiver.of(name).length >= changes.length);
    await until('everything to arrive', 60_000, arrived).catch((error) => {
      const missing = source.alerts.filter(({ name, changes, waits }) => waits || receiver.of(name).length < changes.length);
      throw new Error(`${error.message}: ${JSON.stringify(missing.map((alert) => [alert, receiver.of(alert.name)]))} ${log}`);
    });
    t.diagnostic(`everything was there ${Date.now() - killed} ms after the last kill`);
  } finally {
    running?.program.kill('SIGKILL');
    receiver.server.close();
    t.diagnostic(`seed ${seed}: ${kCycles} kills, ${receiver.messages} messages taken (${receiver.merged} merged, ` +
      `${receiver.unanswered} not answered), ${receiver.refused} refused, ${receiver.duplicates} came again`);
  }
  assert.deepEqual(receiver.problems, []);
  let changes = 0;
  for (const alert of source.alerts) {
    assert.deepEqual(receiver.of(alert.name), alert.changes, alert.name);
    changes += alert.changes.length;
  }
  t.diagnostic(`${changes} changes of ${kAlerts} alerts`);
  assert.ok(changes > kCycles, `${changes} changes are too few to say much`);
  assert.ok(!fs.readdirSync(state).some((name) => name.includes('corrupt')), 'the database was damaged');
});

// Figures of a loaded machine are no promise; memory is.
for (const [how, what] of [['load', 'each in its own group'], ['load-one-group', 'in one group']]) {
  test(`10,000 alerts at once, ${what}, take at most 64 MiB more`, { timeout: 240_000 }, async (t) => {
    const dir = tempDir();
    const server = net.createServer((connection) => {
      connection.on('error', () => undefined);
      connection.on('data', (chunk) => {
        if (chunk.includes('\n')) connection.end('ok');
      });
    });
    const socket = path.join(dir, 'receiver');
    server.listen(socket);
    const program = spawn(testProgram('notify_crash'), [path.join(dir, 'state'), socket, how, '10000']);
    let out = '';
    program.stdout.on('data', (chunk) => (out += chunk));
    const code = await new Promise((resolve) => program.on('close', resolve));
    server.close();
    t.diagnostic(out.trim());
    assert.equal(code, 0);
    const [, posted, peak] = out.match(/posted in ([0-9.]+) ms .* peak \+(\d+) KiB/);
    assert.ok(Number(peak) <= 64 * 1024, out);
    assert.ok(Number(posted) < 1000, out);
  });
}
