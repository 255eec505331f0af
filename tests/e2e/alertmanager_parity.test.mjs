// Debian's prometheus-alertmanager and our dispatcher get the same configuration and the same alerts,
// and tell the same: to the same receivers, in the same groups, the same alerts in the same state, at the
// same moments. Alertmanager lives through it in real time; the dispatcher in virtual time, in steps.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { tempDir } from './support/agent.mjs';
import { Alertmanager, RecordingWebhook } from './support/alertmanager.mjs';
import { configuration, events, kEnd, kMinute, scenarios } from './support/alertmanager_scenarios.mjs';
import { run } from './support/process.mjs';
import { judge, testProgram } from './support/requirements.mjs';
import { delay } from './support/wait.mjs';

const kReplay = testProgram('notify_replay');
judge('prometheus-alertmanager');
// Decisions stand a second apart, and a busy machine may be late with either of them.
const kSameMomentMs = 1000;
const kResendMs = 1000;

const untilMs = async (timeMs) => {
  while (Date.now() < timeMs) await delay(Math.min(timeMs - Date.now(), 1000));
};

// The events, with all that depends on the moment 0 filled in.
function timeline(beginMs) {
  const known = new Map();
  return events().map((event) => {
    const atMs = beginMs + Math.round(event.at * 1000);
    if (event.what === 'silence') {
      const matchers = [...event.matchers, { name: 'scenario', value: event.scenario, isRegex: false, isEqual: true }];
      return {
        ...event,
        atMs,
        id: event.subject,
        silence: {
          matchers,
          startsAt: new Date(event.from === undefined ? atMs : beginMs + event.from * 1000).toISOString(),
          endsAt: new Date(beginMs + event.to * 1000).toISOString(),
          createdBy: 'test',
          comment: event.scenario,
        },
      };
    }
    if (event.what === 'expire') return { ...event, atMs, id: event.subject };
    const labels = { alertname: 'X', ...(event.scenario && { scenario: event.scenario }), ...event.subject };
    const key = JSON.stringify(Object.entries(labels).sort());
    const before = known.get(key);
    const fires = before && before.endsAt === undefined;
    const alert = {
      labels,
      annotations: event.annotations ?? {},
      startsAt: fires || event.what !== 'fire' ? before.startsAt : atMs - (event.ago ?? 0) * 1000,
      ...(event.what === 'resolve' && { endsAt: atMs }),
    };
    known.set(key, alert);
    return { ...event, atMs, key, alert };
  });
}

// Posts everything at its moment, and again every second what fires, as Prometheus does.
async function live(alertmanager, all, endMs) {
  const firing = new Map();
  const ids = new Map();
  const toApi = ({ labels, annotations, startsAt, endsAt }) => ({
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    ...(endsAt && { endsAt: new Date(endsAt).toISOString() }),
  });
  let resendMs = all[0].atMs + kResendMs / 2;
  let worstMs = 0;
  for (let next = 0; next < all.length || resendMs < endMs;) {
    if (next === all.length || resendMs < all[next].atMs) {
      await untilMs(resendMs);
      if (firing.size > 0) await alertmanager.call('POST', 'alerts', [...firing.values()].map(toApi));
      resendMs += kResendMs;
      continue;
    }
    const atMs = all[next].atMs;
    await untilMs(atMs);
    const alerts = [];
    for (; next < all.length && all[next].atMs === atMs; ++next) {
      const { what, key, alert, silence, id } = all[next];
      if (what === 'silence') {
        ids.set(id, (await alertmanager.call('POST', 'silences', silence)).silenceID);
      } else if (what === 'expire') {
        await alertmanager.call('DELETE', `silence/${ids.get(id)}`);
      } else {
        if (what === 'fire') firing.set(key, alert);
        else firing.delete(key);
        if (what !== 'lost') alerts.push(alert);
      }
    }
    if (alerts.length > 0) await alertmanager.call('POST', 'alerts', alerts.map(toApi));
    worstMs = Math.max(worstMs, Date.now() - atMs);
  }
  await untilMs(endMs);
  return worstMs;
}

// What the webhook heard, as notify_replay writes it.
function heard({ timeMs, path: target, body }) {
  const [, receiver, channel] = decodeURIComponent(target).split('/');
  return {
    time: timeMs,
    channel: `${receiver}/${channel}`,
    receiver: body.receiver,
    groupKey: body.groupKey,
    groupLabels: body.groupLabels,
    alerts: body.alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => ({
      status, labels, annotations, startsAt: Date.parse(startsAt), endsAt: status === 'firing' ? 0 : Date.parse(endsAt), fingerprint,
    })),
  };
}

// By story, in an order that does not depend on who was first within the same moment.
function byScenario(notifications) {
  const all = new Map(Object.keys(scenarios).map((name) => [name, []]));
  for (const one of notifications) all.get(one.alerts[0].labels.scenario ?? '').push(one);
  const order = ({ channel, groupKey }) => `${channel} ${groupKey}`;
  for (const list of all.values()) {
    list.sort((a, b) => (order(a) === order(b) ? a.time - b.time : order(a) < order(b) ? -1 : 1));
  }
  return all;
}

function say({ time, channel, groupKey, alerts }, beginMs) {
  const names = alerts.map(({ status, labels }) => `${status === 'firing' ? '+' : '-'}${labels.n ?? labels.alertname}`);
  return `${((time - beginMs) / 1000).toFixed(1).padStart(5)} s  ${channel} ${groupKey} ${names.join(' ')}`;
}

// Null, or what is different. The moment of an end is the script's, but where an alert was lost: then
// it is when either of the two noticed.
function difference(ours, theirs) {
  for (const field of ['channel', 'receiver', 'groupKey', 'groupLabels']) {
    if (JSON.stringify(ours[field]) !== JSON.stringify(theirs[field])) return field;
  }
  if (Math.abs(ours.time - theirs.time) > kSameMomentMs) return 'time';
  const firingFirst = theirs.alerts.filter((a) => a.status === 'firing').concat(theirs.alerts.filter((a) => a.status !== 'firing'));
  const about = (alerts) => alerts.map((alert) => ({
    ...alert, labels: Object.entries(alert.labels).sort(), annotations: Object.entries(alert.annotations).sort(),
    endsAt: Math.round(alert.endsAt / 2000),
  }));
  try {
    assert.deepEqual(about(ours.alerts), about(firingFirst));
  } catch (error) {
    return error.message;
  }
  return null;
}

test(`${Object.keys(scenarios).length} stories of alerts`, { timeout: 200_000 }, async (t) => {
  const dir = tempDir();
  const webhook = await RecordingWebhook.start();
  t.after(() => webhook.stop());
  // A new minute must begin at kMinute.
  const earliestMs = Date.now() + 1000;
  const beginMs = Math.ceil((earliestMs + kMinute * 1000) / 60_000) * 60_000 - kMinute * 1000;
  const endMs = beginMs + kEnd * 1000;
  const config = path.join(dir, 'alertmanager.yml');
  fs.writeFileSync(config, JSON.stringify(configuration(beginMs, webhook.url), null, 1));
  const all = timeline(beginMs);

  await untilMs(beginMs - 900);
  const alertmanager = await Alertmanager.start(dir, config);
  t.after(() => alertmanager.stop());
  assert.ok(Date.now() < beginMs, 'alertmanager took too long to start');
  const worstMs = await live(alertmanager, all, endMs);
  const theirs = byScenario(webhook.requests.map(heard).filter(({ time }) => time < endMs));

  const script = path.join(dir, 'script.jsonl');
  fs.writeFileSync(script, all.map(({ what, atMs, id, silence, alert }) => {
    if (what === 'silence') return { at: atMs, silence: { ...silence, id } };
    if (what === 'expire') return { at: atMs, expire: id };
    return { at: atMs, [what === 'lost' ? 'lost' : 'alert']: alert };
  }).map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { code, stdout, stderr } = await run(kReplay, [config, script, alertmanager.startedMs, endMs].map(String));
  assert.equal(code, 0, stderr);
  const ours = byScenario(stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line)));

  const wrong = [];
  let compared = 0;
  const apart = [];
  for (const [name, { told }] of Object.entries(scenarios)) {
    const [a, b] = [ours.get(name), theirs.get(name)];
    const problems = [];
    if (b.length !== told) problems.push(`alertmanager told ${b.length} times: the story expects ${told}`);
    if (a.length !== b.length) problems.push(`${a.length} notifications, not ${b.length}`);
    for (let i = 0; i < Math.min(a.length, b.length); ++i) {
      const what = difference(a[i], b[i]);
      if (what) problems.push(`notification ${i}: ${what}`);
      compared += 1;
      apart.push(Math.abs(a[i].time - b[i].time));
    }
    if (problems.length === 0) continue;
    const list = (notifications) => notifications.map((one) => `      ${say(one, beginMs)}\n`).join('');
    wrong.push(`${name || '(default route)'}\n    ${problems.join('\n    ')}\n    ours:\n${list(a)}    alertmanager:\n${list(b)}`);
  }
  apart.sort((a, b) => a - b);
  t.diagnostic(`${Object.keys(scenarios).length} scenarios, ${compared} notifications compared, ${wrong.length} scenarios differ; ` +
    `moments apart: median ${apart[apart.length >> 1]} ms, at most ${apart.at(-1)} ms; posted at most ${worstMs} ms late`);
  assert.equal(wrong.length, 0, `\n${wrong.join('\n')}`);
});
