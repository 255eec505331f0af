// Reads Prometheus's text format, as a judge of it: what the format forbids throws.

// '1', '+Inf', 'NaN', '1.5e+09' → number
export function parseValue(text) {
  if (text === '+Inf' || text === 'Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return NaN;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`bad value "${text}"`);
  return value;
}

const kSample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: (-?\d+))?$/;
const kLabel = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"\s*(?:,|$)/y;

function parseLabels(text, line) {
  const labels = {};
  kLabel.lastIndex = 0;
  while (kLabel.lastIndex < text.length) {
    const at = kLabel.lastIndex;
    const match = kLabel.exec(text);
    if (!match || match.index !== at) throw new Error(`bad labels: ${line}`);
    if (match[1] in labels) throw new Error(`label ${match[1]} twice: ${line}`);
    labels[match[1]] = match[2].replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
  }
  return labels;
}

// A series' name and labels in an order of its own, so that two exporters' can be compared. To
// Prometheus, an empty label is none.
export function seriesKey(name, labels) {
  const sorted = Object.keys(labels).filter((l) => labels[l] !== '').sort();
  return `${name}{${sorted.map((l) => `${l}=${JSON.stringify(labels[l])}`).join(',')}}`;
}

// → {series: Map(key → {name, labels, value, family}), types: Map(family → type), help: Map}
export function parseExposition(text) {
  const series = new Map();
  const types = new Map();
  const help = new Map();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no newline');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
      const into = kind === 'HELP' ? help : types;
      if (!kind) continue;
      if (into.has(name)) throw new Error(`second ${kind} of ${name}`);
      into.set(name, rest);
      continue;
    }
    const match = kSample.exec(line);
    if (!match) throw new Error(`not a sample: ${line}`);
    const [, name, labelText = '', value] = match;
    const labels = parseLabels(labelText, line);
    const key = seriesKey(name, labels);
    if (series.has(key)) throw new Error(`series twice: ${key}`);
    series.set(key, { name, labels, value: parseValue(value), family: familyOf(name, types) });
  }
  return { series, types, help };
}

// The series of that name that has these labels, and perhaps more; undefined when there is none.
export function findSeries(page, name, labels = {}) {
  const wanted = Object.entries(labels);
  return [...page.series.values()].find(
    (s) => s.name === name && wanted.every(([label, value]) => s.labels[label] === value));
}

// `x_bucket` belongs to the histogram `x`.
function familyOf(name, types) {
  if (types.has(name)) return name;
  const base = name.replace(/_(bucket|sum|count)$/, '');
  return types.has(base) ? base : name;
}
