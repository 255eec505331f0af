// TLS and basic auth as Prometheus's web configuration file has them, made for one test.
import fs from 'node:fs';
import path from 'node:path';
import { run } from './process.mjs';

export const kUser = 'scraper';
export const kPassword = 'correct horse';
// bcrypt of kPassword, cost 10: perl -e 'print crypt("correct horse", "\$2b\$10\$abc…")'
export const kPasswordHash = '$2b$10$abcdefghijklmnopqrstuu23JPZtHcGhwXSF41f93o/7vBdDut3Xu';

// → {file, ca}: the web configuration and the certificate to trust. `name` is the certificate's CN.
export async function makeWebConfig(dir, { users = true, name = 'localhost' } = {}) {
  await makeCertificate(dir, name);
  const file = path.join(dir, 'web.yml');
  fs.writeFileSync(file, [
    'tls_server_config:',
    '  cert_file: server.crt', // relative: to the folder of this file
    '  key_file: server.key',
    ...(users ? ['basic_auth_users:', `  ${kUser}: ${kPasswordHash}`] : []),
    '',
  ].join('\n'));
  return { file, ca: path.join(dir, 'server.crt') };
}

export async function makeCertificate(dir, name = 'localhost') {
  const made = await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
    '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout', path.join(dir, 'server.key'), '-out', path.join(dir, 'server.crt'),
  ]);
  if (made.code !== 0) throw new Error(`openssl: ${made.stderr}`);
}
