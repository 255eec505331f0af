// Compares two exporters that look at the same live host.
//
// A value that moves cannot be equal twice. So ours is scraped before and after theirs, and theirs
// must lie between the two: exact for whatever stands still, honest for whatever grows. Gauges that
// go up and down in between get a tolerance below, and several rounds: one agreeing round is enough,
// because a wrong unit or a wrong field never agrees.

import { seriesKey } from './exposition.mjs';

// How far outside our two readings theirs may be: [pattern of the name, absolute, relative].
// The first that matches counts; what is not listed gets no tolerance at all.
const kTolerances = [
  [/^node_time_seconds$/, 0, 0],
  [/^node_cpu_seconds_total$/, 0.05, 0], // idle and iowait may step back a little
  [/^node_memory_(Percpu|PageTables|KernelStack|Mapped|AnonPages|Shmem|Dirty|Writeback|Buffers|Slab|S|KReclaim)/, 4 << 20, 0.05],
  [/^node_memory_/, 16 << 20, 0.02],
  [/^node_filesystem_(free|avail)_bytes$/, 64 << 20, 0.001], // somebody is building
  [/^node_filesystem_files_free$/, 2000, 0.001],
  [/^node_(procs_running|load1|load5|load15|procs_blocked)$/, 4, 0.1],
  [/^node_processes_(state|threads|pids|threads_state)$/, 10, 0.1],
  [/^node_filefd_allocated$/, 256, 0.1],
  [/^node_sockstat_(sockets_used|TCP_.*|TCP6_inuse|UDP_.*)$/, 16, 0.2],
  [/^node_tcp_connection_states$/, 16, 0.2],
  [/^node_netstat_Tcp_CurrEstab$/, 16, 0.2],
  [/^node_nf_conntrack_entries$/, 16, 0.2],
  [/^node_timex_(offset|maxerror|estimated_error|frequency|pps)/, 1e-3, 0.05],
  [/^node_(buddyinfo_blocks|zoneinfo_nr_|slabinfo_)/, 512, 0.1],
  [/^node_zoneinfo_/, 4096, 0.1],
  [/^node_entropy_available_bits$/, 64, 0],
  [/^node_pressure_/, 0.01, 0],
  [/^node_schedstat_/, 0.05, 0],
  [/^node_(meminfo_numa|memory_numa)_/, 16 << 20, 0.05],
  [/^node_cgroups_/, 2, 0],
];

// Labels that later versions of node_exporter have and 1.5 does not.
const kLaterLabels = [
  [/^node_network_info$/, ['adminstate']],
  [/^node_filesystem_/, ['device_error']],
];

// Our readings under the name that 1.5 would know them by.
function readings(page) {
  const found = new Map();
  for (const { name, labels, value } of page.series.values()) {
    const later = kLaterLabels.find(([pattern]) => pattern.test(name))?.[1] ?? [];
    const kept = Object.fromEntries(Object.entries(labels).filter(([label]) => !later.includes(label)));
    found.set(seriesKey(name, kept), value);
  }
  return { values: found, types: page.types };
}

function within(name, theirs, readings) {
  if (readings.length === 0) return false;
  if (Number.isNaN(theirs)) return readings.some(Number.isNaN);
  const low = Math.min(...readings);
  const high = Math.max(...readings);
  const [, absolute, relative] = kTolerances.find(([pattern]) => pattern.test(name)) ?? [0, 0, 0];
  // 1e-12: two ways of turning ticks into seconds may differ in the last bit.
  const slack = absolute + Math.abs(theirs) * (relative + 1e-12);
  return theirs >= low - slack && theirs <= high + slack;
}

// `scrapeOurs(after)` gives a page read from the host after the moment `after` (Unix seconds).
// → {types, missing, values, compared}: lists of differences as text; all empty when they agree
export async function compare({ scrapeOurs, scrapeTheirs, excepted, rounds = 8 }) {
  const differing = new Map(); // key → why, of the round before
  const types = new Set();
  const agreed = new Set();
  let before = readings(await scrapeOurs(0));
  for (let round = 0; round < rounds; ++round) {
    const theirs = await scrapeTheirs();
    const after = readings(await scrapeOurs(Date.now() / 1000));
    for (const [key, { name, value, family }] of theirs.series) {
      if (excepted(name, key) || agreed.has(key)) continue;
      const ours = [before.values.get(key), after.values.get(key)].filter((v) => v !== undefined);
      const ourType = after.types.get(family) ?? before.types.get(family);
      if (ours.length > 0 && ourType !== theirs.types.get(family)) {
        types.add(`${family}: theirs ${theirs.types.get(family)}, ours ${ourType}`);
      }
      if (within(name, value, ours)) {
        agreed.add(key);
        differing.delete(key);
      } else {
        differing.set(key, ours.length === 0 ? null : `theirs ${value}, ours ${ours.join(' … ')}`);
      }
    }
    // What they no longer expose (a device that went away) is not ours to explain.
    for (const key of differing.keys()) if (!theirs.series.has(key)) differing.delete(key);
    before = after;
    if (differing.size === 0 && round >= 1) break;
  }
  const missing = [...differing].filter(([, why]) => why === null).map(([key]) => key);
  const values = [...differing].filter(([, why]) => why !== null).map(([key, why]) => `${key}: ${why}`);
  return { types: [...types], missing, values, compared: agreed.size + differing.size };
}
