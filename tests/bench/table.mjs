// The table of docs/performance.md, and whether each row is what we promise.
import fs from 'node:fs';

// Where a run's table stands: each choice of parts has a place of its own.
const marks = (only) => ['begin', 'end'].map((end) => `<!-- ${end}: ./dev bench --write${only ? ` --only=${only}` : ''} -->`);

export class Table {
  rows = [];
  machine = '';

  #add(what, ours, theirs, ratio, wanted, good, note = '') {
    this.rows.push({ what, ours, theirs, ratio, wanted, good, note });
    console.error(`${good ? 'good  ' : good === null ? '?     ' : 'MISSED'} ${what}: ${ours} | ${theirs} | ${ratio} (want ${wanted}) ${note}`);
  }

  // `times`: theirs by ours; wanted at least `least`.
  versus(what, ours, theirs, times, least, note) {
    this.#add(what, ours, theirs, `1/${times.toFixed(times < 10 ? 1 : 0)}`, `≤ 1/${least}`, times >= least, note);
  }
  // `times`: ours by a reference of ours; wanted at most `most`.
  against(what, ours, reference, times, most, note) {
    this.#add(what, ours, reference, `${times.toFixed(2)} ×`, `≤ ${most} ×`, times <= most, note);
  }
  limit(what, ours, theirs, good, wanted, note) {
    this.#add(what, ours, theirs, '', wanted, good, note);
  }
  // `tolerance`: what the count itself may be off by.
  zero(what, value, unit, note, tolerance = 0) {
    const shown = `${Number.isInteger(value) ? value : value.toFixed(2)} ${unit}`.trim();
    this.#add(what, shown, '', '', '0', value <= tolerance, note);
  }
  skipped(what, note) {
    this.#add(what, '', '', '', '', null, note);
  }

  missed() {
    return this.rows.filter((row) => row.good === false).length;
  }

  text() {
    const head = ['', 'ecsward', 'the other, or reference', 'ratio', 'wanted', '', 'note'];
    const lines = [head, head.map(() => '---'), ...this.rows.map((r) =>
      [r.what, r.ours, r.theirs, r.ratio, r.wanted, r.good === null ? '?' : r.good ? 'yes' : '**no**', r.note])];
    return `${this.machine}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
  }

  writeInto(file, only) {
    const page = fs.readFileSync(file, 'utf8');
    const [beginMark, endMark] = marks(only);
    const begin = page.indexOf(beginMark);
    const end = page.indexOf(endMark);
    if (begin < 0 || end < begin) throw new Error(`${file} has no lines "${beginMark}" and "${endMark}"`);
    fs.writeFileSync(file, `${page.slice(0, begin + beginMark.length)}\n${this.text()}${page.slice(end)}`);
  }
}
