// The stock rules, quick enough for a test: each `for:` and each range is divided, so that what takes
// ten minutes in earnest takes ten seconds. Nothing else is touched: expressions, thresholds, labels and
// annotations are those of conf/rules.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kStock = fileURLToPath(new URL('../../../conf/rules', import.meta.url));
const kForDivisor = 60;
// Less for ranges: of one measurement a second, 2m / 12 still holds ten.
const kRangeDivisor = 12;
const kSeconds = { s: 1, m: 60, h: 3600 };

export function quickened(yaml) {
  return yaml.replace(/(\bfor: |\[)(\d+)([smh])\b/g, (_, before, number, unit) => {
    const seconds = number * kSeconds[unit];
    const quick = Math.ceil(seconds / (before === '[' ? kRangeDivisor : kForDivisor));
    return `${before}${quick}s`;
  });
}

// Writes them into `dir`. The `alerting` section of a configuration there, evaluated each second; `more` is
// the text of another rule file.
export function quickStockRules(dir, more = 'groups: []\n') {
  const folder = path.join(dir, 'rules');
  fs.mkdirSync(folder);
  for (const name of fs.readdirSync(kStock)) {
    fs.writeFileSync(path.join(folder, name), quickened(fs.readFileSync(path.join(kStock, name), 'utf8')));
  }
  fs.writeFileSync(path.join(folder, 'test.yml'), more);
  return 'alerting: {evaluation_interval: 1s, language: en, rule_files: [rules/*.yml]}\n';
}
