// Sends samples to Prometheus the way another Prometheus does: a protocol buffer, "compressed" by
// snappy, both by hand because they are a page of code.
// source: https://prometheus.io/docs/specs/prw/remote_write_spec/
//         https://github.com/google/snappy/blob/main/format_description.txt
import { kStale } from './promql_series.mjs';

const kStaleNan = Buffer.from([0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f]); // Prometheus's stale marker
const kSliceMs = 600_000;

function varint(value) {
  const bytes = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) {
      bytes.push(Number(rest));
      return Buffer.from(bytes);
    }
    bytes.push(Number(rest & 127n) | 128);
  }
}

const field = (number, bytes) => Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
const text = (number, value) => field(number, Buffer.from(value));

function sample([ms, value]) {
  const number = Buffer.alloc(8);
  if (value === kStale) kStaleNan.copy(number);
  else number.writeDoubleLE({ NaN, '+Inf': Infinity, '-Inf': -Infinity }[value] ?? Number(value));
  return Buffer.concat([varint((1 << 3) | 1), number, varint(2 << 3), varint(ms)]);
}

// Literals only: valid snappy that compresses nothing.
function snappy(bytes) {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 65536) {
    const part = bytes.subarray(at, at + 65536);
    const length = part.length - 1;
    parts.push(Buffer.from([61 << 2, length & 255, length >> 8]), part);
  }
  return Buffer.concat(parts);
}

// In slices of time, because Prometheus takes nothing much older than what it has.
export async function remoteWrite(url, series) {
  const times = series.flatMap(({ samples }) => samples.map(([ms]) => ms));
  const end = times.reduce((a, b) => Math.max(a, b));
  for (let from = times.reduce((a, b) => Math.min(a, b)); from <= end; from += kSliceMs) {
    const request = series.map(({ labels, samples }) => {
      const names = Object.keys(labels).sort();
      const slice = samples.filter(([ms]) => ms >= from && ms < from + kSliceMs);
      if (slice.length === 0) return Buffer.alloc(0);
      return field(1, Buffer.concat([
        ...names.map((name) => field(1, Buffer.concat([text(1, name), text(2, labels[name])]))),
        ...slice.map((one) => field(2, sample(one))),
      ]));
    });
    const answer = await fetch(`${url}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: snappy(Buffer.concat(request)),
    });
    if (answer.status !== 204) throw new Error(`remote write: ${answer.status} ${await answer.text()}`);
  }
}
