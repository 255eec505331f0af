// Thousands of made-up expressions over made-up series give the same as in Debian's prometheus, in
// each way that we evaluate: over a range, anew at each step, with what a kept query remembers, and
// while the samples only arrive.
//
//   ECSWARD_E2E_EXPRESSIONS=100000 ECSWARD_E2E_SEED=7   more of them, and others
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { tempDir } from './support/agent.mjs';
import { run } from './support/process.mjs';
import { Prometheus } from './support/prometheus.mjs';
import { kFunctions, makeExpressions } from './support/promql_generator.mjs';
import { makeSeries, random } from './support/promql_series.mjs';
import { remoteWrite } from './support/remote_write.mjs';
import { judge, testProgram } from './support/requirements.mjs';

judge('prometheus');
const kEvaluator = testProgram('promql_eval');
const kSeed = Number(process.env.ECSWARD_E2E_SEED ?? 1);
const kExpressions = Number(process.env.ECSWARD_E2E_EXPRESSIONS ?? 4000);
const kStartMs = 1_700_000_000_000;
const kRelative = 1e-9;
const kNothing = 1e-10; // what may be left when numbers of about 100 take each other away

// What only an instant query can be asked, and whose order counts.
const kInstants = ['"text"', "'a\\tb'", '`raw\\n`', 'temp[2m]', 'gone[10m]', 'temp[2m:30s]', '(load)[3m:]', '1', 'time()',
  'sort(load + temp * 1000)', 'sort_desc(bytes_total)', 'temp @ start()', 'temp @ end()', 'odd[3m]', 'nothing[5m]',
  // Errors, of either kind.
  'temp[', 'sum(temp', 'sum(temp) by (host', 'nofunction(temp)', 'abs(temp[5m])', 'rate(temp)', 'temp[5m] + 1', '1 == 1',
  '"a" + "b"', 'temp and 1', 'temp{', '{}', 'temp offset 5m offset 5m', 'count_values("a-b", temp)', 'topk(NaN, temp)',
  'label_replace(temp, "a-b", "", "host", "")', 'label_join(temp, "x", "", "a-b")', 'holt_winters(temp[5m], 2, 0.5)',
  'holt_winters(temp[5m], 0.5, 1)', 'temp * on (zone) limit', 'limit * on (zone) temp', 'temp + on () load',
  'rate({__name__=~"temp|load"}[5m])', 'label_replace(temp, "host", "x", "host", ".*")', '-{__name__=~"temp|flip"}'];

// One question for both: a range of some steps, or a moment.
function makeQuestions() {
  const next = random(kSeed + 1);
  const int = (n) => Math.floor(next() * n);
  const at = () => kStartMs + int(3_900_000); // a little beyond the end of the samples
  const ranges = makeExpressions(kSeed, kExpressions).map((e) => {
    const step = [15_000, 30_000, 60_000, 47_000, 7_500][int(5)];
    const start = at();
    return { expr: e.text, start, end: start + step * (3 + int(8)), step, grow: !e.ahead, edges: e.edges };
  });
  const instants = [...kInstants, ...makeExpressions(kSeed + 2, Math.ceil(kExpressions / 10)).map((e) => e.text)]
    .map((expr) => ({ expr, time: at() }));
  return [...ranges, ...instants].map((question, id) => ({ id, ...question }));
}

async function askServer(url, { expr, time, start, end, step }) {
  const form = time === undefined
    ? { query: expr, start: start / 1000, end: end / 1000, step: step / 1000 }
    : { query: expr, time: time / 1000 };
  const answer = await fetch(`${url}/api/v1/query${time === undefined ? '_range' : ''}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const { status, data, errorType, error } = await answer.json();
  return status === 'success' ? data : { error: errorType, message: error };
}

// Asks all of them, a few at a time.
async function askAll(url, questions) {
  const answers = new Array(questions.length);
  let turn = 0;
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (turn < questions.length) {
      const mine = turn++;
      answers[mine] = await askServer(url, questions[mine]);
    }
  }));
  return answers;
}

const number = (text) => ({ '+Inf': Infinity, '-Inf': -Infinity, NaN }[text] ?? Number(text));
function same(a, b) {
  if (a === b) return true;
  const [x, y] = [number(a), number(b)];
  if (Object.is(x, y) || x === y) return true;
  const apart = Math.abs(x - y);
  return apart <= kNothing || apart <= kRelative * Math.max(Math.abs(x), Math.abs(y));
}

const keyOf = (metric) => JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
// {"labels@ms": "value"}
function points(result, toMs) {
  const out = new Map();
  for (const { metric, values } of result) {
    for (const [time, value] of values) out.set(`${keyOf(metric)} @ ${Math.round(time * toMs)}`, value);
  }
  return out;
}

// Null when equal, else the first difference in words. Theirs is in seconds, ours in milliseconds.
function difference(theirs, ours) {
  if (theirs.error || ours.error) {
    if (theirs.error === ours.error) return null;
    const say = (a) => (a.error ? `${a.error}: ${a.message}` : JSON.stringify(a.result).slice(0, 300));
    return `theirs ${say(theirs)}\n    ours   ${say(ours)}`;
  }
  if (ours.resultType && ours.resultType !== theirs.resultType) return `${ours.resultType}, not ${theirs.resultType}`;
  if (theirs.resultType === 'string' || theirs.resultType === 'scalar') {
    return theirs.result[1] === ours.result[1] || same(theirs.result[1], ours.result[1])
      ? null : `${ours.result[1]}, not ${theirs.result[1]}`;
  }
  const matrix = (result) => result.map((one) => (one.value ? { metric: one.metric, values: [[0, one.value[1]]] } : one));
  const a = points(matrix(theirs.result), 1000);
  const b = points(matrix(ours.result), 1);
  for (const [point, value] of a) {
    if (!b.has(point)) return `${point}: missing, want ${value}`;
    if (!same(value, b.get(point))) return `${point}: ${b.get(point)}, want ${value}`;
  }
  for (const [point, value] of b) if (!a.has(point)) return `${point}: ${value}, want nothing`;
  return null;
}

// The values by their place instead of their labels: what is equal may stand in any order.
function ordered(answer) {
  if (answer.error) return answer;
  return { ...answer, result: answer.result.map((one, place) => ({ metric: { place: String(place) }, value: one.value })) };
}

test('every function is among the expressions', () => {
  const all = makeQuestions().map(({ expr }) => expr).join('\n');
  const missing = kFunctions.filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
  assert.deepEqual(missing, []);
});

test(`${kExpressions} expressions, seed ${kSeed}`, { timeout: 3_600_000 }, async (t) => {
  const dir = tempDir();
  const series = makeSeries(kSeed, kStartMs);
  const questions = makeQuestions();
  const file = path.join(dir, 'questions.jsonl');
  fs.writeFileSync(file, [...series, ...questions].map((line) => `${JSON.stringify(line)}\n`).join(''));

  const prometheus = await Prometheus.start(dir, {}, ['--web.enable-remote-write-receiver']);
  let theirs;
  try {
    await remoteWrite(prometheus.url, series);
    theirs = await askAll(prometheus.url, questions);
  } finally {
    await prometheus.stop();
  }
  const { code, stdout, stderr } = await run(kEvaluator, [file], { deadlineMs: 3_000_000 });
  assert.equal(code, 0, stderr);
  const ours = stdout.trim().split('\n').map((line) => JSON.parse(line));
  assert.equal(ours.length, questions.length);

  const wrong = [];
  const seen = { results: 0, samples: 0, errors: 0, empty: 0 };
  questions.forEach((question, id) => {
    const say = (way, what) => what && wrong.push(`${question.expr}\n  ${way}, ${JSON.stringify({ ...question, expr: undefined })}\n    ${what}`);
    const { at, between, fresh, kept, grown } = ours[id];
    if (theirs[id].error) ++seen.errors;
    else if (theirs[id].result.length === 0) ++seen.empty;
    else {
      ++seen.results;
      seen.samples += theirs[id].result.reduce((sum, one) => sum + (one.values?.length ?? 1), 0);
    }
    if (question.time !== undefined) {
      say('at', difference(theirs[id], at));
      if (/^sort/.test(question.expr)) say('order', difference(ordered(theirs[id]), ordered(at)));
      return;
    }
    say('between', difference(theirs[id], between));
    // Over a range it is an error, too, when series that never meet end up with the same labels; and
    // start() and end() are other moments for a step alone.
    if (theirs[id].error || question.edges) return;
    for (const [way, answer] of Object.entries({ fresh, kept, grown })) {
      if (answer) say(way, difference(theirs[id], answer));
    }
  });
  t.diagnostic(`${JSON.stringify(seen)}, ${wrong.length} disagreements`);
  assert.ok(seen.results > questions.length / 2, 'most expressions must give something');
  assert.ok(seen.errors < questions.length / 5, 'few expressions may be errors');
  assert.equal(wrong.length, 0, `${wrong.length} disagreements, the first of them:\n${wrong.slice(0, 20).join('\n')}`);
});
