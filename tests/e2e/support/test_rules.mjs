// The stock rule of that name, or one of the test's own where there is none.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kStock = fileURLToPath(new URL('../../../conf/rules', import.meta.url));

export function hasStockRule(name) {
  return fs.readdirSync(kStock).some((file) =>
    new RegExp(`^\\s*- alert: ${name}$`, 'm').test(fs.readFileSync(path.join(kStock, file), 'utf8')));
}

// A rule file with those of `rules`, {name: its lines}, that are no stock rules.
export function ownRules(rules) {
  const own = Object.entries(rules).filter(([name]) => !hasStockRule(name));
  if (own.length === 0) return 'groups: []\n';
  const text = own.map(([name, lines]) => `  - alert: ${name}\n${lines.trim().split('\n').map((line) => `    ${line.trim()}\n`).join('')}`);
  return `groups:\n- name: own\n  rules:\n${text.join('')}`;
}
