// What happens to alerts, in many small stories: Alertmanager and we live through all of them at once,
// each below a route of its own, and must say the same (alertmanager_parity.test.mjs).
//
// Unless a story says otherwise its route waits 1 s, ticks every 2 s (so at 1, 3, 5, … when it begins at
// 0), repeats after an hour, groups by alertname, and tells "one", a receiver with one channel. Events
// stand between ticks, so that a slow machine changes nothing. Moments are seconds; at kMinute a new
// minute begins.
//
//   route       what is different in the story's route
//   receivers   more receivers: {name: [send_resolved, …]}
//   inhibit     inhibit_rules; the story is added to both sides
//   script      [moment, what, labels, more]: fire (again: changed), resolve, lost (nobody speaks of it
//               any more), silence (matchers, and until when), expire
//   told        how many notifications that makes: counted by hand
export const kMinute = 12.5;
export const kEnd = 37;

const silence = (id, from, to, ...matchers) => [from, 'silence', id, { to, matchers }];
const matcher = (name, value, { regex = false, equal = true } = {}) => ({ name, value, isRegex: regex, isEqual: equal });
const critical = (labels) => ({ alertname: 'Down', severity: 'critical', ...labels });
const warning = (labels) => ({ alertname: 'Slow', severity: 'warning', ...labels });
const kInhibit = { source_matchers: ['severity="critical"'], target_matchers: ['severity="warning"'], equal: ['host'] };
const A = { n: 'a' };
const B = { n: 'b' };
const C = { n: 'c' };

export const scenarios = {
  // ---- groups ----
  one_alert: { script: [[0, 'fire', A], [2, 'resolve', A]], told: 2 },
  two_in_one_group: { script: [[0, 'fire', A], [0.4, 'fire', B]], told: 1 },
  a_group_for_each_alertname: { script: [[0, 'fire', A], [0, 'fire', { alertname: 'Y' }]], told: 2 },
  group_by_two_labels: {
    route: { group_by: ['zone', 'alertname'] },
    script: [[0, 'fire', { n: 'a', zone: 'h' }], [0, 'fire', { n: 'b', zone: 'h' }], [0, 'fire', { n: 'c', zone: 'i' }]],
    told: 2,
  },
  group_by_a_label_that_is_not_there: {
    route: { group_by: ['zone'] },
    script: [[0, 'fire', A], [0, 'fire', { n: 'b', zone: 'h' }], [0, 'fire', C]],
    told: 2,
  },
  group_by_nothing: { route: { group_by: undefined }, script: [[0, 'fire', A], [0, 'fire', { alertname: 'Y' }]], told: 1 },
  group_by_all: { route: { group_by: ['...'] }, script: [[0, 'fire', A], [0, 'fire', B], [0, 'fire', C], [2, 'resolve', B]], told: 4 },
  an_empty_group_by_is_the_parents: {
    route: { group_by: ['n'], routes: [{ group_by: [], matchers: ['sub="1"'] }] },
    script: [[0, 'fire', { n: 'a', sub: '1' }], [0, 'fire', { n: 'b', sub: '1' }]],
    told: 2,
  },
  values_in_group_keys_are_quoted: {
    route: { group_by: ['n', 'alertname'] },
    script: [[0, 'fire', { n: 'a"b\\c\n\t\u0001é磁盘😀\u200b' }]],
    told: 1,
  },
  names_that_sort_before_their_beginnings: {
    route: { group_by: ['n', 'n1', 'n_1'] },
    script: [[0, 'fire', { n: 'x', n1: 'y', n_1: 'z' }]],
    told: 1,
  },

  // ---- times ----
  late_alert_waits_for_the_tick: { script: [[0, 'fire', A], [2, 'fire', B]], told: 2 },
  group_wait_gathers: {
    route: { group_wait: '3s' },
    script: [[0, 'fire', A], [1, 'fire', B], [2, 'fire', C], [4, 'resolve', A]],
    told: 2,
  },
  old_alert_does_not_wait: { route: { group_wait: '5s' }, script: [[0, 'fire', A, { ago: 60 }]], told: 1 },
  old_alert_takes_the_waiting_ones_along: {
    route: { group_wait: '6s', group_interval: '4s' },
    script: [[0, 'fire', A], [2, 'fire', B, { ago: 60 }], [4, 'fire', C, { ago: 60 }]],
    told: 2,
  },
  repeats: { route: { repeat_interval: '5s' }, script: [[0, 'fire', A], [14, 'resolve', A]], told: 4 },
  repeats_with_the_tick_when_that_is_slower: {
    route: { repeat_interval: '1s', group_interval: '3s' },
    script: [[0, 'fire', A], [8.5, 'resolve', A]],
    told: 4,
  },
  does_not_repeat_too_early: { script: [[0, 'fire', A], [10, 'resolve', A]], told: 2 },
  a_change_begins_the_repeat_anew: {
    route: { repeat_interval: '5s' },
    script: [[0, 'fire', A], [4, 'fire', B], [12, 'resolve', A], [12, 'resolve', B]],
    told: 4,
  },
  an_empty_group_is_swept: {
    route: { group_interval: '7s' },
    script: [[0, 'fire', A], [2, 'resolve', A], [32, 'fire', A]],
    told: 3,
  },
  an_empty_group_ticks_on: {
    route: { group_interval: '4s' },
    script: [[0, 'fire', A], [2, 'resolve', A], [6, 'fire', A]],
    told: 3,
  },

  // ---- ends ----
  one_of_two_is_over: { script: [[0, 'fire', A], [0, 'fire', B], [2, 'resolve', A], [6, 'resolve', B]], told: 3 },
  all_over_at_once: { script: [[0, 'fire', A], [0, 'fire', B], [2, 'resolve', A], [2, 'resolve', B]], told: 2 },
  one_ends_as_another_begins: { script: [[0, 'fire', A], [2, 'resolve', A], [2, 'fire', B], [4, 'resolve', B]], told: 3 },
  over_and_back_between_two_ticks: {
    route: { group_interval: '4s' },
    script: [[0, 'fire', A], [2, 'resolve', A], [3.5, 'fire', A], [6, 'resolve', A]],
    told: 2,
  },
  back_after_the_end_was_told: { script: [[0, 'fire', A], [2, 'resolve', A], [6, 'fire', A], [10, 'resolve', A]], told: 4 },
  flaps_before_the_first_word: {
    route: { group_wait: '4s' },
    script: [[0, 'fire', A], [1, 'resolve', A], [2, 'fire', A]],
    told: 1,
  },
  over_before_the_first_word: {
    route: { group_wait: '2s', group_interval: '4s' },
    script: [[0, 'fire', A], [1, 'resolve', A], [8, 'fire', A]],
    told: 1,
  },
  flaps_at_every_tick: {
    script: [[0, 'fire', A], [2, 'resolve', A], [4, 'fire', A], [6, 'resolve', A], [8, 'fire', A], [10, 'resolve', A]],
    told: 6,
  },
  nobody_speaks_of_it_any_more: { script: [[0, 'fire', A], [0, 'fire', B], [1.2, 'lost', A]], told: 2 },
  annotations_are_no_news: {
    script: [[0, 'fire', A, { annotations: { summary: 'bad' } }], [2, 'fire', A, { annotations: { summary: 'worse' } }],
      [6, 'fire', B, { annotations: { summary: 'new' } }]],
    told: 2,
  },

  // ---- channels and receivers ----
  no_word_of_the_end: {
    route: { receiver: 'quiet' },
    receivers: { quiet: [false] },
    script: [[0, 'fire', A], [2, 'resolve', A], [6, 'fire', A]],
    told: 2,
  },
  no_word_of_one_end_among_several: {
    route: { receiver: 'quiet' },
    script: [[0, 'fire', A], [0, 'fire', B], [2, 'resolve', A], [6, 'fire', C]],
    told: 2,
  },
  the_end_beside_a_beginning_is_left_out: {
    route: { receiver: 'quiet' },
    script: [[0, 'fire', A], [2, 'resolve', A], [2, 'fire', B]],
    told: 2,
  },
  channels_hear_what_they_want: {
    route: { receiver: 'mixed' },
    receivers: { mixed: [true, false] },
    script: [[0, 'fire', A], [2, 'resolve', A]],
    told: 3,
  },
  two_receivers_of_two_channels: {
    route: { routes: [{ receiver: 'left', continue: true }, { receiver: 'right' }] },
    receivers: { left: [true, true], right: [true, true] },
    script: [[0, 'fire', A], [2, 'resolve', A]],
    told: 8,
  },
  a_receiver_without_channels: { route: { receiver: 'nobody' }, receivers: { nobody: [] }, script: [[0, 'fire', A]], told: 0 },

  // ---- routes ----
  the_first_sibling_wins: {
    route: { routes: [{ receiver: 'first' }, { receiver: 'second' }] },
    receivers: { first: [true], second: [true] },
    script: [[0, 'fire', A]],
    told: 1,
  },
  continue_goes_on: {
    route: { routes: [{ receiver: 'first', continue: true }, { receiver: 'second' }, { receiver: 'one' }] },
    script: [[0, 'fire', A]],
    told: 2,
  },
  continue_without_another_match: {
    route: { routes: [{ receiver: 'first', continue: true }, { receiver: 'second', matchers: ['n="b"'] }] },
    script: [[0, 'fire', A], [0, 'fire', { n: 'b', alertname: 'Y' }]],
    told: 3,
  },
  three_deep: {
    route: {
      routes: [{
        receiver: 'first',
        matchers: ['team="web"'],
        routes: [{ receiver: 'second', matchers: ['tier=~"front|edge"'], group_by: ['tier'], group_wait: '2s' }],
      }],
    },
    script: [[0, 'fire', { n: 'a', team: 'web', tier: 'edge' }], [0, 'fire', { n: 'b', team: 'web' }],
      [0, 'fire', { n: 'c', tier: 'edge' }], [0, 'fire', { n: 'd', team: 'web', tier: 'front' }]],
    told: 4,
  },
  a_child_of_a_parent_that_does_not_match: {
    route: { routes: [{ matchers: ['team="web"'], routes: [{ receiver: 'first' }] }, { receiver: 'second' }] },
    script: [[0, 'fire', { n: 'a', team: 'db' }]],
    told: 1,
  },
  match_and_match_re: {
    route: { routes: [{ match: { team: 'web' }, match_re: { n: 'a|b.*' } }, { match_re: { team: 'd.' } }] },
    script: [[0, 'fire', { n: 'a', team: 'web' }], [0, 'fire', { n: 'bcd', team: 'web' }], [0, 'fire', { n: 'xa', team: 'web' }],
      [0, 'fire', { n: 'e', team: 'db' }], [0, 'fire', { n: 'f', team: 'xdb' }]],
    told: 3,
  },
  negative_matchers: {
    route: { routes: [{ matchers: ['n!="a"', 'n!~"b.*"'], receiver: 'first' }, { receiver: 'second', matchers: ['n=~"b+"'] }] },
    script: [[0, 'fire', A], [0, 'fire', { n: 'bb' }], [0, 'fire', { n: 'bx' }], [0, 'fire', C]],
    told: 3,
  },
  a_label_that_is_not_there_is_empty: {
    route: { routes: [{ matchers: ['zone=""'], receiver: 'first' }, { matchers: ['zone!=""'], receiver: 'second' }] },
    script: [[0, 'fire', A], [0, 'fire', { n: 'b', zone: 'h' }]],
    told: 2,
  },
  two_routes_of_one_key_share_what_was_told: {
    route: { routes: [{ matchers: ['n="a"'], continue: true }, { matchers: ['n="a"'], group_wait: '2s' }] },
    script: [[0, 'fire', A]],
    told: 1,
  },
  intervals_of_a_child_are_its_own: {
    route: { group_interval: '5s', routes: [{ matchers: ['n="a"'], group_interval: '2s' }] },
    script: [[0, 'fire', A], [0, 'fire', B], [2, 'resolve', A], [2, 'resolve', B]],
    told: 4,
  },

  // ---- inhibition ----
  inhibited_from_the_beginning: {
    inhibit: [kInhibit],
    script: [[0, 'fire', critical({ host: 'h' })], [2, 'fire', warning({ host: 'h' })], [6, 'resolve', critical({ host: 'h' })]],
    told: 3,
  },
  inhibited_later: {
    inhibit: [kInhibit],
    script: [[0, 'fire', warning({ host: 'h' })], [2, 'fire', critical({ host: 'h' })], [4, 'resolve', warning({ host: 'h' })],
      [8, 'resolve', critical({ host: 'h' })]],
    told: 3,
  },
  inhibited_on_the_same_host_only: {
    inhibit: [kInhibit],
    script: [[0, 'fire', critical({ host: 'h' })], [0, 'fire', warning({ host: 'h' })], [0, 'fire', warning({ host: 'i' })]],
    told: 2,
  },
  labels_that_neither_has_are_equal: {
    inhibit: [{ ...kInhibit, equal: ['host', 'zone'] }],
    script: [[0, 'fire', critical({})], [0, 'fire', warning({})], [0, 'fire', warning({ zone: 'z' })]],
    told: 2,
  },
  inhibited_in_a_group_of_others: {
    route: { group_by: undefined },
    inhibit: [kInhibit],
    script: [[0, 'fire', critical({ host: 'h' })], [0, 'fire', warning({ host: 'h' })], [0, 'fire', warning({ host: 'i' })],
      [4, 'resolve', critical({ host: 'h' })], [8, 'resolve', warning({ host: 'h' })]],
    told: 3,
  },
  two_of_both_sides_do_not_inhibit_each_other: {
    inhibit: [{ source_matchers: ['side=~"both|source"'], target_matchers: ['side=~"both|target"'] }],
    script: [[0, 'fire', { alertname: 'P', side: 'both' }], [0, 'fire', { alertname: 'Q', side: 'both' }],
      [0, 'fire', { alertname: 'R', side: 'target' }]],
    told: 2,
  },
  a_source_inhibits_those_of_both_sides: {
    inhibit: [{ source_match: { role: 'up' }, target_match_re: { kind: 'k.*' } }],
    script: [[0, 'fire', { alertname: 'P', role: 'up' }], [0, 'fire', { alertname: 'Q', role: 'up', kind: 'k1' }]],
    told: 1,
  },
  one_of_two_sources_is_enough: {
    inhibit: [kInhibit],
    script: [[0, 'fire', critical({ host: 'h' })], [0, 'fire', critical({ host: 'h', n: '2' })], [0, 'fire', warning({ host: 'h' })],
      [4, 'resolve', critical({ host: 'h' })], [8, 'resolve', critical({ host: 'h', n: '2' })]],
    told: 4,
  },

  // ---- silences ----
  silenced_from_the_beginning: { script: [silence('s1', 0, 6, matcher('n', 'a')), [0.2, 'fire', A], [0.2, 'fire', B]], told: 2 },
  silenced_later_and_expired: {
    route: { repeat_interval: '3s' },
    script: [[0, 'fire', A], silence('s2', 2, 100, matcher('n', 'a')), [8, 'expire', 's2'], [10, 'resolve', A]],
    told: 3,
  },
  over_while_it_is_silenced: {
    script: [[0, 'fire', A], silence('s3', 2, 8, matcher('n', 'a')), [4, 'resolve', A], [10, 'fire', A]],
    told: 1,
  },
  silences_of_all_kinds: {
    script: [silence('s4', 0, 100, matcher('n', 'a|b', { regex: true })), silence('s5', 0, 100, matcher('n', 'c')),
      [0.2, 'fire', A], [0.2, 'fire', B], [0.2, 'fire', C], [0.2, 'fire', { n: 'ab' }]],
    told: 1,
  },
  negative_silences: {
    script: [silence('s6', 0, 100, matcher('alertname', 'X'), matcher('n', 'a', { equal: false })), [0.2, 'fire', A], [0.2, 'fire', B]],
    told: 1,
  },
  negative_regex_silences: {
    script: [silence('s7', 0, 100, matcher('alertname', 'X'), matcher('n', 'b.*', { equal: false, regex: true })),
      [0.2, 'fire', A], [0.2, 'fire', { n: 'bc' }]],
    told: 1,
  },
  a_silence_that_begins_later: {
    script: [[0, 'fire', A], [2, 'fire', B], [2, 'silence', 's8', { from: 4, to: 100, matchers: [matcher('alertname', 'X')] }],
      [6, 'fire', C]],
    told: 2,
  },
  all_matchers_of_a_silence_must_match: {
    script: [silence('s9', 0, 100, matcher('n', 'a'), matcher('zone', 'h')), [0.2, 'fire', { n: 'a', zone: 'h' }], [0.2, 'fire', A]],
    told: 1,
  },
  a_silenced_source_inhibits: {
    inhibit: [kInhibit],
    script: [silence('s10', 0, 100, matcher('severity', 'critical')), [0.2, 'fire', critical({ host: 'h' })],
      [0.2, 'fire', warning({ host: 'h' })]],
    told: 0,
  },

  // ---- times of the day ----
  muted_until_the_minute: { route: { mute_time_intervals: ['minute_before'] }, script: [[10, 'fire', A]], told: 1 },
  muted_from_the_minute: {
    route: { mute_time_intervals: ['minute_after'] },
    script: [[10, 'fire', A], [12, 'fire', B], [14, 'resolve', A]],
    told: 1,
  },
  active_from_the_minute: { route: { active_time_intervals: ['minute_after'] }, script: [[10, 'fire', A], [14, 'resolve', A]], told: 2 },
  active_until_the_minute: { route: { active_time_intervals: ['minute_before'] }, script: [[10, 'fire', A], [12, 'fire', B]], told: 1 },
  over_while_it_is_muted: {
    route: { mute_time_intervals: ['minute_before'] },
    script: [[6, 'fire', A], [6, 'fire', B], [8, 'resolve', A]],
    told: 1,
  },
  muted_today_in_shanghai: { route: { mute_time_intervals: ['today_in_shanghai'] }, script: [[0, 'fire', A]], told: 0 },
  not_muted_on_other_days: { route: { mute_time_intervals: ['other_weekdays', 'other_days', 'other_months'] }, script: [[0, 'fire', A]], told: 1 },
  one_of_several_intervals_mutes: { route: { mute_time_intervals: ['other_days', 'this_year'] }, script: [[0, 'fire', A]], told: 0 },
  muted_wins_over_active: {
    route: { mute_time_intervals: ['this_year'], active_time_intervals: ['this_year'] },
    script: [[0, 'fire', A]],
    told: 0,
  },
  intervals_are_not_inherited: {
    route: { mute_time_intervals: ['this_year'], routes: [{ matchers: ['n="a"'] }] },
    script: [[0, 'fire', A], [0, 'fire', B]],
    told: 1,
  },
  not_active_today: { route: { active_time_intervals: ['other_weekdays'] }, script: [[0, 'fire', A]], told: 0 },

  // ---- the default route: no story's name, so no route but the root ----
  '': { script: [[0, 'fire', A], [0, 'fire', { alertname: 'Y' }], [2, 'resolve', A]], told: 2 },
};

// The configuration of all stories, for both programs. `beginMs`: the moment 0; `hook`: where the
// webhook listens.
export function configuration(beginMs, hook) {
  const receivers = { one: [true] };
  const inhibitRules = [];
  const routes = [];
  for (const [name, story] of Object.entries(scenarios)) {
    Object.assign(receivers, story.receivers);
    for (const rule of story.inhibit ?? []) {
      const only = `scenario="${name}"`;
      inhibitRules.push({
        ...rule,
        source_matchers: [...(rule.source_matchers ?? []), only],
        target_matchers: [...(rule.target_matchers ?? []), only],
      });
    }
    if (name === '') continue;
    routes.push({ matchers: [`scenario="${name}"`], group_by: ['alertname'], ...story.route });
  }
  return {
    global: { resolve_timeout: '5s' },
    route: { receiver: 'one', group_wait: '1s', group_interval: '2s', repeat_interval: '1h', routes },
    receivers: Object.entries(receivers).map(([name, channels]) => ({
      name,
      webhook_configs: channels.map((sendResolved, index) => ({ url: `${hook}/${name}/webhook[${index}]`, send_resolved: sendResolved })),
    })),
    inhibit_rules: inhibitRules,
    time_intervals: timeIntervals(beginMs),
  };
}

const kWeekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

// The minute that begins at kMinute, and the one before it; this day and all others. Shanghai is 8 hours
// ahead of UTC.
function timeIntervals(beginMs) {
  const minuteMs = beginMs + kMinute * 1000;
  const clock = (ms) => new Date(ms).toISOString().slice(11, 16);
  const span = (fromMs) => ({ times: [{ start_time: clock(fromMs), end_time: clock(fromMs + 60_000).replace('00:00', '24:00') }] });
  const shanghai = new Date(minuteMs + 8 * 3_600_000);
  const today = new Date(minuteMs);
  const others = (all, mine) => all.filter((one) => !mine.includes(one));
  const days = [today.getUTCDate(), shanghai.getUTCDate()];
  const allDays = Array.from({ length: 31 }, (_, index) => index + 1);
  const year = today.getUTCFullYear();
  const intervals = {
    minute_before: span(minuteMs - 60_000),
    minute_after: span(minuteMs),
    today_in_shanghai: {
      weekdays: [kWeekdays[shanghai.getUTCDay()]],
      days_of_month: [`${shanghai.getUTCDate()}`],
      months: [`${shanghai.getUTCMonth() + 1}`],
      location: 'Asia/Shanghai',
    },
    other_weekdays: { weekdays: others(kWeekdays, [kWeekdays[today.getUTCDay()], kWeekdays[shanghai.getUTCDay()]]) },
    other_days: { days_of_month: others(allDays, days).map(String) },
    other_months: { months: [`${((today.getUTCMonth() + 5) % 12) + 1}`] },
    this_year: { years: [`${year - 1}:${year + 1}`], days_of_month: ['1:-1'] },
  };
  return Object.entries(intervals).map(([name, interval]) => ({ name, time_intervals: [interval] }));
}

// All events in order: {at (seconds), scenario, what, …}.
export function events() {
  const all = [];
  for (const [scenario, { script }] of Object.entries(scenarios)) {
    for (const [at, what, subject, more = {}] of script) all.push({ at, scenario, what, subject, ...more });
  }
  return all.sort((a, b) => a.at - b.at);  // stable
}
