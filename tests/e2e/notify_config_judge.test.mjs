// `ecsward check` takes and refuses what Debian's `amtool check-config` takes and refuses of routes,
// receivers, inhibition and time intervals. Where it differs, it is listed here and why.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { run } from './support/process.mjs';
import { agentBinary, judge } from './support/requirements.mjs';

const amtool = judge('amtool');
const ecsward = agentBinary();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ecsward-judge-'));
after(() => fs.rmSync(folder, { recursive: true }));

let files = 0;
async function verdicts(yaml) {
  const theirs = path.join(folder, `${++files}.alertmanager.yml`);
  const ours = path.join(folder, `${files}.ecsward.yml`);
  fs.writeFileSync(theirs, yaml);
  fs.writeFileSync(ours, `alerting:\n${yaml.replace(/^/gm, '  ')}\n`);
  const [a, e] = await Promise.all([
    run(amtool, ['check-config', theirs]),
    run(ecsward, ['check', '--config', ours]),
  ]);
  return { amtool: a.code === 0, ecsward: e.code === 0, text: `${a.stdout}${a.stderr}\n${e.stdout}${e.stderr}` };
}

const kReceivers = 'receivers: [{name: a}, {name: b}]';
const route = (text) => `route: ${text}\n${kReceivers}\n`;
const child = (text) => route(`{receiver: a, routes: [${text}]}`);
const matcher = (text) => child(`{matchers: ['${text.replaceAll("'", "''")}']}`);
const inhibit = (text) => `${route('{receiver: a}')}inhibit_rules: ${text}\n`;
const webhook = (text) => `route: {receiver: a}\nreceivers: [{name: a, webhook_configs: ${text}}]\n`;
const slack = (text, global = '{}') =>
  `global: ${global}\nroute: {receiver: a}\nreceivers: [{name: a, slack_configs: ${text}}]\n`;
const email = (text, global = "{smtp_smarthost: 'm:25', smtp_from: a@b}") =>
  `global: ${global}\nroute: {receiver: a}\nreceivers: [{name: a, email_configs: ${text}}]\n`;
const interval = (text) =>
  `${route('{receiver: a}')}time_intervals:\n- name: x\n  time_intervals:\n  - ${text}\n`;
const times = (start, end) => interval(`{times: [{start_time: ${start}, end_time: ${end}}]}`);
const muted = (rest) =>
  `${route('{receiver: a, routes: [{mute_time_intervals: [x], active_time_intervals: [y]}]}')}${rest}\n`;

const kSame = [
  // Routes.
  route('{receiver: a}'), route('{}'), route("{receiver: ''}"), route('{receiver: c}'), kReceivers,
  route('{receiver: a, receiver: b}'), route('{receiver: a, foo: 1}'), route('{receiver: 5}'),
  route('{receiver: a, matchers: [a=b]}'), route('{receiver: a, match: {a: b}}'),
  route('{receiver: a, match_re: {a: b}}'), route('{receiver: a, matchers: []}'),
  route('{receiver: a, continue: true}'), route('{receiver: a, continue: false}'),
  `${route('{receiver: a, mute_time_intervals: [x]}')}time_intervals: [{name: x}]\n`,
  route('{receiver: a, group_wait: 0s}'), route("{receiver: a, group_wait: ''}"),
  route('{receiver: a, group_wait: ~, group_by: ~, routes: ~}'),
  route('{receiver: a, group_wait: 1h30m5s}'), route('{receiver: a, group_wait: 1.5h}'),
  route('{receiver: a, group_wait: 30}'), route('{receiver: a, group_wait: 1m1h}'),
  route('{receiver: a, group_wait: 1y1w}'), route('{receiver: a, group_wait: 0}'),
  child('{group_interval: 0s}'), child('{repeat_interval: 0}'), child('{group_interval: 1ms}'),
  route('{receiver: a, group_interval: 1h, repeat_interval: 1m}'),
  route('{receiver: a, group_by: [a, b]}'), route('{receiver: a, group_by: [a, a]}'),
  route("{receiver: a, group_by: ['...']}"), route("{receiver: a, group_by: ['...', a]}"),
  route("{receiver: a, group_by: ['1a']}"), route('{receiver: a, group_by: a}'),
  route('{receiver: a, group_by: []}'), route('{receiver: a, group_by: [~]}'),
  child('{receiver: c}'), child('{receiver: b}'), child("{continue: 'true'}"), child('{continue: yes}'),
  child('{match: {a: b, 1c: d}}'), child("{match: {'a-b': c}}"), child('{match: {a: 5}, match_re: {b: true}}'),
  child('{match: {a: ~}}'), child("{match_re: {a: 'b('}}"), child('{matchers: [5]}'),
  child('{matchers: [a=b, a=b], match: {a: c}}'), child('&r {matchers: [a=b]}, *r'),
  child('&r {matchers: [a=b], group_wait: 1s}, {<<: *r, receiver: b}'),
  child('{routes: [{routes: [{receiver: c}]}]}'), child('{active_time_intervals: [x]}'),
  // Receivers.
  'route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n', 'route: {receiver: a}\nreceivers: []\n',
  'route: {receiver: a}\nreceivers: [{name: a}, {webhook_configs: []}]\n',
  'route: {receiver: a}\nreceivers: [{name: a, foo_configs: []}]\n',
  'route: {receiver: 5}\nreceivers: [{name: 5}]\n',
  webhook("[{url: 'http://x'}]"), webhook("[{url: 'https://u:p@x:8443/y?z=1#f', send_resolved: false, max_alerts: 3}]"),
  webhook('[{}]'), webhook("[{url: ''}]"), webhook("[{url: 'ftp://x'}]"), webhook("[{url: 'http://'}]"),
  webhook('[{url: x}]'), webhook('~'), webhook('[]'), webhook("{url: 'http://x'}"),
  webhook("[{url: 'http://x', foo: 1}]"), webhook("[{url: 'http://x', send_resolved: maybe}]"),
  webhook("[{url: 'http://x', max_alerts: -1}]"),
  webhook("[{url: 'http://x', http_config: {basic_auth: {username: a, password: b}, proxy_url: 'http://p'}}]"),
  webhook("[{url: 'http://x', http_config: {foo: 1}}]"),
  webhook("[{url: 'http://x', http_config: {authorization: {credentials: t}, follow_redirects: false}}]"),
  slack('[{channel: x}]'), slack("[{channel: x, api_url: 'http://x/y', title: '{{ .Status }}'}]"),
  slack('[{}]', "{slack_api_url: 'https://x/y'}"), slack('[]', '{slack_api_url: x}'),
  slack('[]', "{slack_api_url: 'http://x', slack_api_url_file: r}"), slack('[]', '{foo: 1}'),
  slack('[]', '{http_config: {foo: 1}}'), slack('[]', "{resolve_timeout: 7m, http_config: {proxy_url: 'http://p'}}"),
  slack('[]', '{resolve_timeout: 7}'),
  email('[{to: x@y}]'), email("[{to: 'x@y, Z <z@y>', headers: {Subject: a}, require_tls: false}]"), email('[{}]'),
  email('[{to: x@y}]', '{}'), email('[{to: x@y}]', "{smtp_smarthost: 'm:25'}"), email('[{to: x@y}]', '{smtp_from: a@b}'),
  email("[{to: x@y, from: a@b, smarthost: 'm:25', hello: h, auth_username: u, auth_password: p, html: '', text: t}]", '{}'),
  email('[{to: x@y}]', '{smtp_smarthost: m, smtp_from: a@b}'), email('[{to: x@y}]', "{smtp_smarthost: 'm:', smtp_from: a@b}"),
  email('[{to: x@y}]', "{smtp_smarthost: 'm:25', smtp_from: a@b, smtp_auth_username: u, smtp_auth_password: p, smtp_hello: h, smtp_require_tls: true}"),
  email('[{to: x@y}]', "{smtp_smarthost: 'm:25', smtp_from: a@b, smtp_auth_password: p, smtp_auth_password_file: f}"),
  // Inhibition.
  inhibit('[{}]'), inhibit('{}'), inhibit("[{source_match: {a: b}, target_match: {c: d}, equal: ['1a']}]"),
  inhibit('[{source_match: {1a: b}}]'), inhibit('[{source_matchers: [a=b], equal: [a, a]}]'),
  inhibit('[{source_matchers: [a=b], equal: a}]'), inhibit("[{source_match_re: {a: '('}}]"),
  inhibit("[{target_matchers: ['a=~\"[\"']}]"), inhibit('[{source_match: {a: b}, foo: 1}]'),
  // Time intervals.
  times("'09:00'", "'24:00'"), times("'9:00'", "'17:00'"), times('09:00', '17:00'), times('10:00', '17:00'),
  times("'17:00'", "'09:00'"), times("'17:00'", "'17:00'"), times("'25:00'", "'26:00'"),
  times("'24:00'", "'24:00'"), times("'00:60'", "'24:00'"), times("'00:00'", "''"), times("'24:01'", "'24:02'"),
  interval("{times: [{start_time: '00:00'}]}"), interval('{times: [{}]}'), interval('{times: []}'),
  interval('{}'), interval('{foo: 1}'),
  ...["['monday:friday', saturday]", "['Monday:FRIDAY']", '[fooday]', "['friday:monday']", "['saturday:sunday']",
    "['1']", "['0:3']", "['1:']", "['monday:tuesday:friday']", "[' monday']", 'monday', '[mon]', '[]'].map(
    (text) => interval(`{weekdays: ${text}}`)),
  ...["['1:5', -1, '-3:-1']", "['0']", "['32']", "['-32']", "['5:1']", "['-1:-3']", "['1:-1']", "['-1:1']",
    "['-1:31']", "['5:-28']", "['28:-1']", "['27:-1']", "['3:-31']", "['31:-31']", '[a]', "['+1']", "['1:2:3']",
    "['']", '[1.5]'].map((text) => interval(`{days_of_month: ${text}}`)),
  ...["['january:march', 5, '7:9']", "['march:january']", '[jan]', '[January]', "['12:1']"].map(
    (text) => interval(`{months: ${text}}`)),
  ...["[2020, '2021:2023']", "['2023:2021']", '[abc]', "['']", "['2021:']"].map(
    (text) => interval(`{years: ${text}}`)),
  ...['Asia/Shanghai', 'Local', "''", 'UTC', 'Foo/Bar', '../../etc/passwd', '/etc/passwd', 'asia/shanghai',
    'zone.tab', 'Asia'].map((text) => interval(`{location: ${text}}`)),
  muted('mute_time_intervals: [{name: x}]\ntime_intervals: [{name: y, time_intervals: []}]'),
  muted('mute_time_intervals: [{name: x}]\ntime_intervals: [{name: x}, {name: y}]'),
  muted('mute_time_intervals: [{name: x}, {name: y}, {name: y}]'),
  muted("mute_time_intervals: [{name: x}, {name: y}, {name: ''}]"),
  muted('mute_time_intervals: [{name: x}, {name: y}, {}]'), muted('mute_time_intervals: [{name: x}]'),
  // Templates.
  `${route('{receiver: a}')}templates: ['nothing-*.tmpl']\n`,
];

const kMatchers = [
  'a=', 'a=""', 'a="', 'a=b"', 'a="b"c"', 'a="b\\"', 'a="b\\\\"', 'a=b\\', 'a = b', '=b', 'a', 'a==b', 'a=~', '{a=b',
  'a=b}', '{{a=b}}', 'a=b,', ',a=b', 'a=b,,c=d', 'a:b=c', '1a=b', 'a=b c', 'a=!b', 'a!b', 'a="b,c",d=e', 'a=b=c',
  ' {a=b}', 'a=""""', '中=b', 'a=中', 'a=~中|b', 'a=~".*"', 'a=~"(?!x)"', 'a-b=c', 'a=b;c=d', ' ', 'a="x\\n"', "a='x'",
  'a="\\q"', 'a=~[', '{}', '{', '}', ',', ', ', 'a="b" ,c="d"', 'a!~"b"', 'a!="b"', 'a="\\,",c=d', 'a=~"b{2,3}"',
  'a=~b{2,3}', '', '{a="b"},{c="d"}', 'a="b"}', 'a\t=\tb', 'a="b" ',
];

for (const yaml of [...kSame, ...kMatchers.map(matcher)]) {
  test(yaml.replace(kReceivers, '…').replaceAll('\n', ' ⏎ '), async () => {
    const verdict = await verdicts(yaml);
    assert.equal(verdict.ecsward, verdict.amtool, verdict.text);
  });
}

// amtool takes these, we do not: each can only be a slip.
const kOnlyTheyTake = {
  'a month that no year has': interval("{months: ['13']}"),
  'month 0': interval("{months: ['0']}"),
  'a year before the first': interval("{years: ['-5']}"),
  'an interval that says nothing': interval('~'),
  'times that say nothing': interval('{times: [~]}'),
  'an inhibition that says nothing': inhibit('[~]'),
  'a matcher that says nothing': child('{matchers: [~]}'),
  'a file of templates that is not there': `${route('{receiver: a}')}templates: [nothing.tmpl]\n`,
  'a secret in a file that is not there': slack('[]', "{slack_api_url_file: nothing}"),
  'kinds of channels that are not here': 'route: {receiver: a}\nreceivers: [{name: a, pushover_configs: []}]\n',
  'settings of kinds that are not here': slack('[]', "{pagerduty_url: 'http://x'}"),
  'a password that all can read on its way': email(
    '[{to: x@y}]', "{smtp_smarthost: 'm:25', smtp_from: a@b, smtp_auth_username: u, smtp_auth_password: p, smtp_require_tls: false}"),
  'certificates that are not verified': webhook(
    "[{url: 'http://x', http_config: {tls_config: {insecure_skip_verify: true}}}]"),
};
for (const [what, yaml] of Object.entries(kOnlyTheyTake)) {
  test(`refused though amtool takes it: ${what}`, async () => {
    const verdict = await verdicts(yaml);
    assert.deepEqual([verdict.amtool, verdict.ecsward], [true, false], verdict.text);
  });
}

// We take these, amtool 0.25 does not.
const kOnlyWeTake = {
  'matchers in one text': child("{matchers: 'a=\"b\"'}"),
  'no route, where nobody is to be told': 'inhibit_rules: []\n',
};
for (const [what, yaml] of Object.entries(kOnlyWeTake)) {
  test(`taken though amtool refuses it: ${what}`, async () => {
    const verdict = await verdicts(yaml);
    assert.deepEqual([verdict.amtool, verdict.ecsward], [false, true], verdict.text);
  });
}

// amtool 0.25 falls over these.
for (const yaml of [child('~'), 'route: {receiver: a}\nreceivers: [{name: a}, ~]\n', webhook('[~]')]) {
  test(`refused, without falling over: ${yaml.replaceAll('\n', ' ⏎ ')}`, async () => {
    assert.equal((await verdicts(yaml)).ecsward, false);
  });
}

test('a configuration as they are met loads unchanged', async () => {
  const verdict = await verdicts(`global:
  resolve_timeout: 5m
  smtp_smarthost: 'smtp.example.org:587'
  smtp_from: 'alertmanager@example.org'
  smtp_auth_username: alertmanager
  smtp_auth_password: hunter2
  smtp_require_tls: true
  slack_api_url: 'https://hooks.slack.example/services/T00/B00/XXX'
  http_config:
    follow_redirects: true
    proxy_url: http://proxy.example:3128

templates: ['/etc/alertmanager/templates/*.tmpl']

route:
  group_by: ['alertname', 'cluster', 'service']
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 3h
  receiver: team-X-chat
  routes:
    - match_re:
        service: ^(foo1|foo2|baz)$
      receiver: team-X-chat
      routes:
        - match:
            severity: critical
          receiver: team-X-hook
    - matchers:
        - service="database"
        - 'owner=~"team-(Y|Z)"'
      receiver: team-DB-hook
      group_by: [alertname, cluster, database]
      mute_time_intervals: [weekends, holidays]
      continue: true
    - matchers: ['severity =~ "info|none"']
      receiver: 'null'
      active_time_intervals:
        - office

inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname, cluster, service]

receivers:
  - name: 'null'
  - name: team-X-chat
    slack_configs:
      - channel: '#alerts'
        send_resolved: true
        username: alertmanager
        icon_emoji: ':fire:'
        title: '{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}'
        title_link: '{{ .ExternalURL }}'
        text: >-
          {{ range .Alerts }}*{{ .Labels.instance }}*: {{ .Annotations.summary }}
          {{ end }}
  - name: team-X-hook
    webhook_configs:
      - url: http://127.0.0.1:5001/
        max_alerts: 50
        http_config:
          basic_auth:
            username: hook
            password: hunter2
    email_configs:
      - to: 'team-X+alerts-critical@example.org, oncall@example.org'
        send_resolved: true
        headers: {Subject: '[{{ .Status }}] {{ .GroupLabels.alertname }}'}
        html: '{{ template "email.default.html" . }}'
        tls_config: {insecure_skip_verify: false}
  - name: team-DB-hook
    webhook_configs:
      - url: https://hooks.example/db
        send_resolved: false
      - url: https://hooks.example/db2

mute_time_intervals:
  - name: holidays
    time_intervals:
      - months: ['october']
        days_of_month: ['1:7']
        location: Asia/Shanghai
time_intervals:
  - name: weekends
    time_intervals:
      - weekdays: ['saturday', 'sunday']
  - name: office
    time_intervals:
      - times:
          - start_time: 09:00
            end_time: 17:30
        weekdays: ['monday:friday']
`);
  assert.ok(verdict.amtool && verdict.ecsward, verdict.text);
});
