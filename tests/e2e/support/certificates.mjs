// A certificate authority of a test's own, and what it signs, good and bad.
import fs from 'node:fs';
import path from 'node:path';
import { run } from './process.mjs';

async function openssl(...args) {
  const made = await run('openssl', args);
  if (made.code !== 0) throw new Error(`openssl ${args[0]}: ${made.stderr}`);
}

const kCurve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

// → {ca: path of its certificate, issue(name, {expired}) → {key, cert}} for localhost and 127.0.0.1
export async function makeAuthority(dir) {
  const ca = path.join(dir, 'ca.crt');
  const caKey = path.join(dir, 'ca.key');
  await openssl('req', '-x509', ...kCurve, '-days', '2', '-subj', '/CN=ecsward test CA', '-keyout', caKey, '-out', ca);
  return {
    ca,
    async issue(name, { expired = false } = {}) {
      const file = (end) => path.join(dir, `${name}.${end}`);
      await openssl('req', ...kCurve, '-subj', `/CN=${name}`, '-keyout', file('key'), '-out', file('csr'));
      fs.writeFileSync(file('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
      const days = expired ? '-1' : '1';
      await openssl('x509', '-req', '-in', file('csr'), '-CA', ca, '-CAkey', caKey, '-set_serial', '2',
        '-days', days, '-extfile', file('ext'), '-out', file('crt'));
      return { key: fs.readFileSync(file('key')), cert: fs.readFileSync(file('crt')) };
    },
  };
}
