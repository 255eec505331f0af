// Made-up series for tests of PromQL: gauges, counters that start anew, histograms, gaps, stale
// markers, NaN and infinities, in label sets that can be matched in every way. The same seed makes
// the same series.

// Numbers in [0, 1), from a seed. source: mulberry32, public domain
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const kStale = 'stale';
const kStepMs = 15_000;
const kSteps = 240; // an hour

// [{labels, samples: [[ms, "value"], …]}]. Values are quarters, so that sums of them are exact
// whatever their order.
export function makeSeries(seed, startMs) {
  const next = random(seed);
  const int = (n) => Math.floor(next() * n);
  const all = [];
  const add = (labels, valueAt, { from = 0, to = kSteps, gap = 0, jitter = 0 } = {}) => {
    const samples = [];
    for (let i = from; i < to; ++i) {
      if (next() < gap) i += 1 + int(30); // up to seven minutes: longer than the lookback
      if (i >= to) break;
      const value = valueAt(i);
      if (value === null) continue;
      samples.push([startMs + i * kStepMs + (jitter ? int(jitter) : 0), String(value)]);
    }
    all.push({ labels, samples });
  };
  const walk = (start, step) => {
    let value = start;
    return () => (value += (int(2 * step + 1) - step) / 4);
  };
  const count = (step, reset) => {
    let value = int(100);
    return () => (next() < reset ? (value = int(3)) : (value += int(step)));
  };
  const hosts = ['h1', 'h2', 'h3'];
  const zone = { h1: 'z1', h2: 'z1', h3: 'z2' };
  for (const host of hosts) {
    add({ __name__: 'temp', host, zone: zone[host] }, walk(80, 8), { jitter: 900 });
    add({ __name__: 'load', host }, walk(4, 4), { gap: 0.02 });
    add({ __name__: 'flip', host, zone: zone[host] }, () => int(2));
    add({ __name__: 'info', host, name: `n${host}`, os: host === 'h3' ? 'bsd' : 'linux' }, () => 1);
    add({ __name__: 'bytes_total', host, zone: zone[host] }, count(5000, 0.01), { jitter: 400 });
    for (const code of ['200', '404', '500']) {
      add({ __name__: 'requests_total', host, code, zone: zone[host] }, count(40, code === '500' ? 0.04 : 0.005),
        { gap: code === '404' ? 0.02 : 0 });
    }
    const buckets = ['0.1', '0.5', '1', '5', '+Inf'];
    const counts = buckets.map(() => 0);
    const rows = Array.from({ length: kSteps }, () => {
      buckets.forEach((_, i) => (counts[i] += int(5)));
      let sum = 0;
      return counts.map((c) => (sum += c));
    });
    buckets.forEach((le, i) => add({ __name__: 'lat_bucket', host, le }, (step) => rows[step][i]));
  }
  for (const z of ['z1', 'z2']) add({ __name__: 'limit', zone: z }, () => (z === 'z1' ? 100 : 40));
  add({ __name__: 'one' }, () => 1);
  add({ __name__: 'const', host: 'h1' }, () => 42.5);
  add({ __name__: 'late', host: 'h1' }, walk(10, 4), { from: 120 });
  add({ __name__: 'early', host: 'h2' }, (i) => (i === 99 ? kStale : i), { to: 100 });
  add({ __name__: 'early', host: 'h3' }, (i) => i % 7, { to: 140 });
  // Comes and goes, with and without stale markers.
  add({ __name__: 'gone', host: 'h1', zone: 'z1' }, (i) => (i % 50 === 20 ? kStale : i % 50 > 20 ? null : i));
  add({ __name__: 'gone', host: 'h2', zone: 'z1' }, (i) => (i % 60 > 30 ? null : -i));
  const odd = ['NaN', '+Inf', '-Inf', '0', '1', '-2.5', '1e-7', '3e12', '100', '0.5'];
  for (const kind of ['a', 'b']) add({ __name__: 'odd', kind, host: 'h1' }, () => odd[int(odd.length)]);
  add({ __name__: 'odd', kind: 'nan', host: 'h2' }, () => 'NaN');
  // A histogram whose counts fall, one without +Inf, one whose bounds are no numbers.
  [['1', 10], ['2', 8], ['4', 20], ['+Inf', 25]].forEach(([le, n]) =>
    add({ __name__: 'uneven_bucket', le }, (i) => n + i * n));
  [['1', 10], ['2', 20]].forEach(([le, n]) => add({ __name__: 'open_bucket', le }, (i) => n * i));
  [['x', 10], ['', 20], ['1', 5], ['+Inf', 30]].forEach(([le, n]) =>
    add(le ? { __name__: 'text_bucket', le } : { __name__: 'text_bucket' }, (i) => n * i));
  // Times of day, for the calendar.
  add({ __name__: 'moment', host: 'h1' }, (i) => 951_782_400 + i * 86_399);
  add({ __name__: 'moment', host: 'h2' }, (i) => -86_401 * i);
  return all;
}
