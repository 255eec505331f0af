// Made-up PromQL expressions over the series of promql_series.mjs: type-correct, of every function,
// operator and modifier. The same seed makes the same expressions.
//
// An expression is {text, exact, ahead, edges}:
//   exact  its values are the same to the last bit whoever computes them. Only such are rounded,
//          compared, ordered or put into labels, where the last bit could make all the difference.
//   ahead  it may look at samples after its own time (negative offset, @).
//   edges  it says start() or end(), which mean something else in each step of a range.
//
// Left out, because Debian's prometheus does not know them: limitk, double_exponential_smoothing.
import { random } from './promql_series.mjs';

const kGauges = ['temp', 'load', 'flip', 'limit', 'one', 'const', 'late', 'early', 'gone', 'info'];
const kCounters = ['bytes_total', 'requests_total', 'lat_bucket'];
const kLabels = ['host', 'zone', 'code', 'le', 'name', 'os', 'kind', 'nolabel'];
const kMatchers = ['host="h1"', 'host!="h1"', 'host=~"h[12]"', 'host!~"h3|x"', 'zone="z1"', 'zone=~".+"',
  'zone=""', 'code="200"', 'code=~"4..|5.."', 'code!=""', 'nolabel=""', 'host=~"h.*"', 'os!="bsd"'];
const kRanges = ['30s', '1m', '2m', '5m', '7m30s', '10m', '20s', '15s', '1h'];
const kOffsets = ['15s', '1m', '5m', '7s', '10m', '-30s', '-2m'];
const kSteps = ['15s', '30s', '1m', '47s', ''];

// Values of exact arguments stay exact.
const kExactFunctions = ['abs', 'ceil', 'floor', 'sgn', 'sort', 'sort_desc', 'timestamp'];
const kCalendar = ['minute', 'hour', 'day_of_week', 'day_of_month', 'day_of_year', 'days_in_month', 'month', 'year'];
const kMath = ['sqrt', 'exp', 'ln', 'log2', 'log10', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh',
  'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'deg', 'rad'];
const kExactRange = ['min_over_time', 'max_over_time', 'sum_over_time', 'count_over_time', 'last_over_time',
  'present_over_time', 'changes', 'resets', 'idelta'];
const kInexactRange = ['avg_over_time', 'stddev_over_time', 'stdvar_over_time', 'deriv', 'delta'];
const kCounterRange = ['rate', 'increase', 'irate', 'delta', 'deriv', 'resets', 'changes'];
const kExactAggregations = ['sum', 'min', 'max', 'count', 'group'];
const kInexactAggregations = ['avg', 'stddev', 'stdvar'];
// What a generator's output must show all of.
export const kFunctions = [...new Set([...kExactFunctions, ...kCalendar, ...kMath, ...kExactRange, ...kInexactRange,
  ...kCounterRange, ...kExactAggregations, ...kInexactAggregations, 'quantile_over_time', 'predict_linear',
  'holt_winters', 'absent_over_time', 'quantile', 'count_values', 'topk', 'bottomk', 'label_replace', 'label_join',
  'histogram_quantile', 'clamp', 'clamp_min', 'clamp_max', 'round', 'vector', 'scalar', 'absent', 'pi', 'time'])];
const kComparisons = ['==', '!=', '<', '<=', '>', '>='];

export function makeExpressions(seed, count) {
  const next = random(seed);
  const int = (n) => Math.floor(next() * n);
  const chance = (p) => next() < p;
  const of = (list) => list[int(list.length)];
  const some = (list, n) => [...new Set(Array.from({ length: n }, () => of(list)))];
  // Put together: as exact as all parts, as far-looking as any.
  const make = (text, parts, exact = true) => ({
    text,
    exact: exact && parts.every((part) => part.exact),
    ahead: parts.some((part) => part.ahead),
    edges: parts.some((part) => part.edges),
  });
  const plain = (text, exact = true) => ({ text, exact, ahead: false, edges: false });

  function shift() {
    const offset = chance(0.12) ? ` offset ${of(kOffsets)}` : '';
    const kind = chance(0.08) ? int(3) : -1;
    const at = kind < 0 ? '' : ` @ ${[1_700_000_000 + int(3600), 'start()', 'end()'][kind]}`;
    const text = chance(0.5) ? offset + at : at + offset;
    return { text, ahead: offset.includes('-') || at !== '', edges: kind > 0 };
  }
  function series(names) {
    if (names.length > 1 && chance(0.04)) return '{__name__=~"temp|load", host=~".+"}';
    if (chance(0.02)) return 'nothing'; // no such series
    const matchers = chance(0.35) ? some(kMatchers, 1 + int(2)) : [];
    const name = of(names);
    return matchers.length ? `${name}{${matchers.join(chance(0.5) ? ',' : ' , ')}}` : name;
  }
  function selector(names) {
    const { text, ahead, edges } = shift();
    if (!names && chance(0.05)) return { text: `odd${chance(0.5) ? '{kind!="nan"}' : ''}${text}`, exact: false, ahead, edges };
    const from = names ?? (chance(0.75) ? kGauges : kCounters);
    return { text: series(from) + text, exact: true, ahead, edges };
  }

  function number() {
    return plain(of(['0', '1', '2', '-1', '0.5', '3.25', '10', '80', '100', '1e3', '0x10', 'Inf', '-Inf', 'NaN', '42.5']));
  }
  function scalar(depth) {
    if (depth <= 0 || chance(0.5)) return number();
    switch (int(7)) {
      case 0: return plain('time()');
      case 1: return plain('pi()', false);
      case 2: { const v = vector(depth - 1); return make(`scalar(${v.text})`, [v]); }
      case 3: { const s = scalar(depth - 1); return make(`-${wrap(s)}`, [s]); }
      case 4: {
        const [a, b] = [scalar(depth - 1), scalar(depth - 1)];
        if (!a.exact || !b.exact) return a;
        return make(`(${a.text} ${of(kComparisons)} bool ${b.text})`, [a, b]);
      }
      default: return arithmetic(scalar(depth - 1), scalar(depth - 1));
    }
  }
  function wrap(e) {
    return /^[\w.]+(\(\))?$/.test(e.text) ? e.text : `(${e.text})`;
  }
  function arithmetic(a, b, matching = '') {
    // Dividing by nearly nothing would blow the last bit up.
    const ops = ['+', '-', '*', ...(b.exact ? ['/'] : []), ...(a.exact && b.exact ? ['%', '%'] : [])];
    if (chance(0.06)) ops.push('^', 'atan2');
    const op = of(ops);
    const text = `${wrap(a)} ${op}${matching} ${wrap(b)}`;
    return make(chance(0.5) ? `(${text})` : text, [a, b], ['+', '-', '*', '%'].includes(op));
  }

  function matrix(depth, names) {
    if (depth <= 0 || chance(0.75)) {
      const { text, ahead, edges } = shift();
      const odd = !names && chance(0.04);
      return { text: `${odd ? 'odd' : series(names ?? kGauges)}[${of(kRanges)}]${text}`, exact: !odd, ahead, edges };
    }
    const inner = vector(depth - 1);
    const { text, ahead, edges } = shift();
    const range = `[${of(['1m', '3m', '5m', '10m'])}:${of(kSteps)}]`;
    const e = make(`${simple(inner) ? inner.text : `(${inner.text})`}${range}${text}`, [inner]);
    return { ...e, ahead: e.ahead || ahead, edges: e.edges || edges };
  }
  // What a subquery may follow without parentheses: a call.
  function simple(e) {
    return /^[a-z_0-9]+\([^()]*\)$/.test(e.text);
  }

  function overRange(depth) {
    const kind = int(10);
    if (kind < 3) {
      const m = matrix(chance(0.15) ? depth - 1 : 0, kCounters);
      const f = of(kCounterRange);
      return make(`${f}(${m.text})`, [m], ['resets', 'changes'].includes(f));
    }
    const m = matrix(depth - 1);
    if (kind < 6) {
      const f = of(kExactRange);
      return make(`${m.exact ? f : 'count_over_time'}(${m.text})`, [m]);
    }
    if (kind < 8) return make(`${of(kInexactRange)}(${m.text})`, [m], false);
    switch (int(5)) {
      case 0: return make(`quantile_over_time(${of(['0.5', '0', '1', '0.9', '-1', '2'])}, ${m.text})`, [m], false);
      // Over a range Prometheus slides the window of this function alone in spite of @.
      case 1: if (m.text.includes('@')) return make(`last_over_time(${m.text})`, [m]);
        return make(`predict_linear(${m.text}, ${of(['60', '3600', '-600', '0.5'])})`, [m], false);
      case 2: return make(`holt_winters(${m.text}, ${of(['0.5', '0.1', '0.9'])}, ${of(['0.5', '0.3', '0.01'])})`, [m], false);
      case 3: return make(`absent_over_time(${m.text})`, [m]);
      default: return make(`last_over_time(${m.text})`, [m]);
    }
  }

  function grouping() {
    if (chance(0.3)) return '';
    return ` ${chance(0.65) ? 'by' : 'without'} (${chance(0.1) ? '' : some(kLabels, 1 + int(2)).join(', ')})`;
  }
  function aggregation(depth) {
    const v = vector(depth - 1);
    const by = grouping();
    const after = chance(0.3);
    const call = (name, args) => (after ? `${name}(${args})${by}` : `${name}${by} (${args})`);
    const kind = int(12);
    if (kind < 6) return make(call(of(kExactAggregations), v.text), [v]);
    if (kind < 8) return make(call(of(kInexactAggregations), v.text), [v], false);
    if (kind === 8) return make(call('quantile', `${of(['0.5', '0.9', '0', '1', '-1', '2', 'NaN'])}, ${v.text}`), [v], false);
    if (kind === 9 && v.exact) return make(call('count_values', `"${of(['value', 'host', 'zone'])}", ${v.text}`), [v]);
    // Which of equals topk takes is not said: only over values that differ.
    if (kind >= 10) {
      const distinct = chance(0.5) ? selector(['bytes_total']) : overDistinct();
      return make(call(of(['topk', 'bottomk']), `${of(['1', '2', '3', '0', '100', '1.5'])}, ${distinct.text}`), [distinct]);
    }
    return make(call('count', v.text), [v]);
  }
  function overDistinct() {
    const s = selector(['bytes_total']);
    return make(`(${s.text} + 1)`, [s]);
  }

  function matching() {
    const labels = some(kLabels, 1 + int(2));
    return chance(0.75) ? [` on (${chance(0.1) ? '' : labels.join(', ')})`, labels] : [` ignoring (${labels.join(', ')})`, labels];
  }
  // Pairs that do match, beside the chance ones, which mostly end as errors or nothing.
  function pairs() {
    return of([
      ['temp', ' on (zone) group_left ()', 'limit'], ['temp', ' on (zone) group_left', 'limit'],
      ['limit', ' on (zone) group_right ()', 'temp'], ['temp', ' on (host) group_left (name)', 'info'],
      ['requests_total', ' on (host) group_left (name, os)', 'info'], ['temp', ' on (host)', 'load'],
      ['temp', ' ignoring (zone)', 'load'], ['requests_total', ' ignoring (code, zone) group_left ()', 'load'],
      ['load', ' on (host) group_right (zone)', 'temp'], ['info', ' on (host) group_right (os)', 'requests_total'],
      ['temp', ' on () group_left ()', 'one'], ['temp', '', 'flip'], ['temp', '', 'temp offset 1m'],
      ['requests_total', '', 'requests_total offset 2m'], ['flip', ' on (host, zone)', 'gone'],
      ['load', ' on (host)', 'gone'], ['early', ' on (host)', 'temp'],
    ]);
  }
  function binary(depth) {
    if (chance(0.5)) {
      const [left, how, right] = pairs();
      const [a, b] = [plain(left), plain(right)];
      if (chance(0.6)) return arithmetic(a, b, how);
      return make(`${left} ${of(kComparisons)}${chance(0.5) ? ' bool' : ''}${how} ${right}`, [a, b]);
    }
    const [a, b] = [vector(depth - 1), vector(depth - 1)];
    const [how, labels] = matching();
    if (chance(0.5)) {
      const text = `${wrap(a)} ${of(['and', 'or', 'unless'])}${chance(0.6) ? how : ''} ${wrap(b)}`;
      return make(text, [a, b]);
    }
    const group = chance(0.3) && !how.includes('on')
      ? ` ${of(['group_left', 'group_right'])} ()`
      : chance(0.3) ? ` ${of(['group_left', 'group_right'])} (${kLabels.filter((l) => !labels.includes(l))[int(3)]})` : '';
    if (a.exact && b.exact && chance(0.4)) {
      return make(`${wrap(a)} ${of(kComparisons)}${chance(0.4) ? ' bool' : ''}${how}${group} ${wrap(b)}`, [a, b]);
    }
    return arithmetic(a, b, chance(0.8) ? how + group : '');
  }
  function withScalar(depth) {
    const [v, s] = [vector(depth - 1), scalar(depth - 1)];
    const [a, b] = chance(0.7) ? [v, s] : [s, v];
    if (v.exact && s.exact && chance(0.5)) {
      return make(`${wrap(a)} ${of(kComparisons)}${chance(0.4) ? ' bool' : ''} ${wrap(b)}`, [a, b]);
    }
    return arithmetic(a, b);
  }

  function labels(depth) {
    const v = vector(depth - 1);
    if (chance(0.3)) {
      const from = some(kLabels, int(4)).map((l) => `, "${l}"`).join('');
      return make(`label_join(${v.text}, "${of(['all', 'host', 'zone'])}", "${of(['', '-', ', '])}"${from})`, [v]);
    }
    const [regexp, to] = of([['(.*)', '$1'], ['h(.)', 'x$1-$0'], ['h(?P<n>.)', '${n}'], ['.*', ''], ['z', 'no'],
      ['', 'empty'], ['(.)(.)', '$2$1'], ['h1|z1', 'both'], ['(h)?(z)?.', '<$1$2>'], ['(', 'bad']]);
    if (regexp === '(' && chance(0.7)) return v;
    return make(`label_replace(${v.text}, "${of(['new', 'host', 'zone', 'code', '__name__'])}", "${to}", "${of(kLabels)}", "${regexp}")`, [v]);
  }

  function histogram(depth) {
    const q = of(['0.5', '0.9', '0', '1', '0.25', '-0.5', '1.5', 'NaN', '0.99']);
    const inner = of([
      'lat_bucket', 'rate(lat_bucket[5m])', 'increase(lat_bucket[2m])', 'sum by (le) (rate(lat_bucket[5m]))',
      'sum by (le, host) (lat_bucket)', 'uneven_bucket', 'open_bucket', 'text_bucket', 'temp',
      '{__name__=~"(lat|open|uneven)_bucket"}', 'lat_bucket{le!="+Inf"}', 'sum without (host) (lat_bucket) or uneven_bucket',
    ]);
    if (depth > 1 && chance(0.1)) {
      const v = vector(depth - 1);
      return make(`histogram_quantile(${q}, ${v.text})`, [v], false);
    }
    return plain(`histogram_quantile(${q}, ${inner})`, false);
  }

  function call(depth) {
    const v = vector(depth - 1);
    switch (int(9)) {
      case 0: case 1: return v.exact ? make(`${of(kExactFunctions)}(${v.text})`, [v]) : make(`abs(${v.text})`, [v]);
      case 2: return make(`${of(kMath)}(${v.text})`, [v], false);
      case 3: return v.exact && !/odd/.test(v.text) ? make(`${of(kCalendar)}(${chance(0.5) ? 'moment' : v.text})`, [v]) : plain(`${of(kCalendar)}()`);
      case 4: {
        const [a, b] = [scalar(depth - 1), scalar(depth - 1)];
        return make(of([`clamp(${v.text}, ${a.text}, ${b.text})`, `clamp_min(${v.text}, ${a.text})`, `clamp_max(${v.text}, ${a.text})`]), [v, a, b]);
      }
      case 5: return v.exact ? make(`round(${v.text}${of(['', ', 5', ', 0.5', ', 2'])})`, [v]) : v;
      case 6: { const s = scalar(depth); return make(`vector(${s.text})`, [s]); }
      case 7: return make(`absent(${v.text})`, [v]);
      default: return make(`-${wrap(v)}`, [v]);
    }
  }

  function vector(depth) {
    if (depth <= 0) return selector();
    const dice = int(100);
    if (dice < 10) return selector();
    if (dice < 34) return overRange(depth);
    if (dice < 52) return aggregation(depth);
    if (dice < 66) return binary(depth);
    if (dice < 76) return withScalar(depth);
    if (dice < 82) return labels(depth);
    if (dice < 87) return histogram(depth);
    return call(depth);
  }

  const seen = new Set();
  const expressions = [];
  while (expressions.length < count) {
    const e = chance(0.04) ? scalar(3) : vector(1 + int(4));
    if (e.text.length > 400 || seen.has(e.text)) continue;
    seen.add(e.text);
    expressions.push(e);
  }
  return expressions;
}
