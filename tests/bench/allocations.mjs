// How often the running agent allocates, counted from outside (alloc_count.cpp, preloaded): once while
// it only ticks, once as long while it is scraped as well. A steady second is what counts: what is done
// every tenth one (collecting the agent's own counters) is told beside it.
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

// Counts once a second. → {usual: the median second's, total, text: the total by thread}
async function watch(pid, file, seconds) {
  const perSecond = [];
  const first = readCounts(file);
  let last = first;
  for (let i = 0; i < seconds; ++i) {
    await delay(1000);
    const now = readCounts(file);
    perSecond.push(total(now) - total(last));
    last = now;
  }
  const parts = [];
  for (const [thread, count] of last) {
    const grown = count - (first.get(thread) ?? 0);
    if (grown > 0) parts.push(`${threadName(pid, thread)} ${grown}`);
  }
  perSecond.sort((a, b) => a - b);
  return {
    usual: perSecond[Math.floor(seconds / 2)],
    total: total(last) - total(first),
    text: parts.join(', ') || 'none',
  };
}

const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);

const kScrapesPerSecond = 10; // half of them plain, half gzip, on ten connections that stay
const kWarmSeconds = 4; // until buffers have grown

export async function allocationsWhileScraping({ library, client, seconds }) {
  const file = path.join(tempDir(), 'allocations');
  const agent = await Agent.start({ env: { LD_PRELOAD: library, ALLOC_COUNT_FILE: file } });
  try {
    const target = `agent:${new URL(agent.url).port}:${agent.pid}:1`;
    const scrape = (how) => run(client,
      ['paced', String(kWarmSeconds + seconds + 2), how, ...Array(kScrapesPerSecond / 2).fill(target)],
      { deadlineMs: (seconds + 30) * 1000 });
    await delay(kWarmSeconds * 1000);
    const idle = await watch(agent.pid, file, seconds);
    const clients = ['plain', 'gzip'].map(scrape);
    await delay(kWarmSeconds * 1000);
    const scraped = await watch(agent.pid, file, seconds);
    for (const { code, stderr } of await Promise.all(clients)) if (code !== 0) throw new Error(stderr);
    return {
      seconds,
      scrapes: seconds * kScrapesPerSecond,
      idle: idle.text,
      scraped: scraped.text,
      perScrape: Math.max(0, scraped.usual - idle.usual) / kScrapesPerSecond,
    };
  } finally {
    await agent.stop();
  }
}
