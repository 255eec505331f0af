// How often the running agent allocates, counted from outside (alloc_count.cpp, preloaded): once while
// it only ticks, once as long while it is scraped as well. The difference is the scrapes'.
import fs from 'node:fs';
import path from 'node:path';
import { Agent, tempDir } from '../e2e/support/agent.mjs';
import { run } from '../e2e/support/process.mjs';
import { delay } from '../e2e/support/wait.mjs';

// Map of thread id → allocations.
function readCounts(file) {
  const bytes = fs.readFileSync(file);
  const counts = new Map();
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const thread = Number(bytes.readBigUInt64LE(at));
    if (thread !== 0) counts.set(thread, Number(bytes.readBigUInt64LE(at + 8)));
  }
  return counts;
}

function threadName(pid, thread) {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim();
  } catch {
    return 'gone';
  }
}

// → {total, text} of what was counted in between
function difference(pid, before, after) {
  const parts = [];
  let total = 0;
  for (const [thread, count] of after) {
    const grown = count - (before.get(thread) ?? 0);
    total += grown;
    if (grown > 0) parts.push(`${threadName(pid, thread)} ${grown}`);
  }
  return { total, text: parts.join(', ') || 'none' };
}

export async function allocationsWhileScraping({ library, client, seconds }) {
  const file = path.join(tempDir(), 'allocations');
  const agent = await Agent.start({ env: { LD_PRELOAD: library, ALLOC_COUNT_FILE: file } });
  try {
    const port = new URL(agent.url).port;
    const target = `agent:${port}:${agent.pid}:1`;
    const kWarm = 4; // seconds until buffers have grown
    const scrape = (how) => run(client, ['paced', String(kWarm + seconds + 2), how, ...Array(5).fill(target)],
      { deadlineMs: (seconds + 30) * 1000 });
    await delay(kWarm * 1000);
    const idleFrom = readCounts(file);
    await delay(seconds * 1000);
    const idle = difference(agent.pid, idleFrom, readCounts(file));
    const clients = ['plain', 'gzip'].map(scrape); // five scrapes a second each
    await delay(kWarm * 1000);
    const from = readCounts(file);
    await delay(seconds * 1000);
    const scraped = difference(agent.pid, from, readCounts(file));
    for (const { code, stderr } of await Promise.all(clients)) if (code !== 0) throw new Error(stderr);
    const scrapes = seconds * 10;
    return {
      seconds,
      scrapes,
      idle: idle.text,
      scraped: scraped.text,
      perScrape: Math.max(0, scraped.total - idle.total) / scrapes,
    };
  } finally {
    await agent.stop();
  }
}
