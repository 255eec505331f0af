// Debian's exim as a mail server of a test's own: in the foreground, on a loopback port, with TLS by a CA
// that only the test knows, a user with a password, and one maildir for all. It comes from
// ECSWARD_JUDGES or the system, and is not installed as a service.
//
// Exim wants a user "Debian-exim", which its package would have made, and starts itself again as that user,
// by a setuid program for which LD_LIBRARY_PATH does not count. So in mounts of the server's own it lies
// where everybody may go, and a passwd(5) with that user and an ld.so.cache with the judges' libraries are
// bound over the system's.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Child } from './process.mjs';
import { needRoot, skipFile } from './requirements.mjs';
import { until } from './wait.mjs';

export const kMailUser = 'ops';
export const kMailPassword = 'pass word"1';
const kId = 64991;

// sh's arguments: the server's folder, and the root that exim was unpacked below.
const kScript = `
set -e
mount --bind "$2" "$1/judges"
ldconfig -X -C "$1/ld.so.cache" "$1"/judges/usr/lib/*-linux-*
for file in passwd group ld.so.cache; do mount --bind "$1/$file" "/etc/$file"; done
"$1/judges/usr/sbin/exim4" -C "$1/exim.conf" -bdf -v
`;

// → {ca, otherCa, certificate, key}: files. The certificate is for 127.0.0.1 and 127.0.46.5, by `ca`.
export function makeCertificates(dir) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = (name) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`];
  for (const ca of ['ca', 'other-ca']) {
    openssl('req', '-x509', ...key(ca), '-out', `${ca}.pem`, '-days', '2', '-subj', `/CN=${ca}`);
  }
  openssl('req', ...key('server'), '-out', 'server.csr', '-subj', '/CN=mail.example.com');
  fs.writeFileSync(path.join(dir, 'san'), 'subjectAltName=IP:127.0.0.1,IP:127.0.46.5,DNS:mail.example.com\n');
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '2',
    '-days', '2', '-extfile', 'san', '-out', 'server.pem');
  const file = (name) => path.join(dir, name);
  return { ca: file('ca.pem'), otherCa: file('other-ca.pem'), certificate: file('server.pem'), key: file('server.key') };
}

// The root that it is below.
function findExim() {
  const root = [process.env.ECSWARD_JUDGES, '/'].find((one) => one && fs.existsSync(path.join(one, 'usr/sbin/exim4')));
  return root ? path.resolve(root) : skipFile('no exim4: ./dev test unpacks it; or install exim4-daemon-light');
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// options: certificates (of makeCertificates), starttls (true), implicitTls (false), mechanisms,
// refuse (addresses that are answered 550), defer (those that are answered 451), address, port
function configuration(dir, address, port, o) {
  const offered = o.starttls ?? true;
  const mechanisms = o.mechanisms ?? ['PLAIN', 'LOGIN'];
  const quoted = kMailPassword.replaceAll('"', '\\"');
  const accepted = (user, password) =>
    `\${if and{{eq{${user}}{${kMailUser}}}{eq{${password}}{${quoted}}}}}`;
  const none = '!*';  // an empty list matches nothing, but is not to be written
  return `
primary_hostname = mail.example.com
exim_path = ${dir}/judges/usr/sbin/exim4
spool_directory = ${dir}/spool
log_file_path = ${dir}/log/%slog
pid_file_path = ${dir}/exim.pid
keep_environment =
daemon_smtp_ports = ${port}
local_interfaces = <; ${address}
${o.implicitTls ? `tls_on_connect_ports = ${port}` : ''}
tls_advertise_hosts = ${offered ? '*' : ''}
tls_certificate = ${o.certificates.certificate}
tls_privatekey = ${o.certificates.key}
auth_advertise_hosts = ${offered ? '${if eq{$tls_in_cipher}{}{}{*}}' : '*'}
acl_smtp_rcpt = recipient
acl_smtp_data = message
never_users =
qualify_domain = example.com
rfc1413_query_timeout = 0s
host_lookup =
begin acl
recipient:
  deny    message = authentication is required
          !authenticated = *
  deny    message = no such user here
          recipients = ${(o.refuse ?? []).join(' : ') || none}
  defer   message = come back later
          recipients = ${(o.defer ?? []).join(' : ') || none}
  accept
message:
  require message = bad header syntax
          verify = header_syntax
  accept
begin routers
all:
  driver = accept
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = ${dir}/mail
  maildir_format
  user = Debian-exim
  delivery_date_add
  envelope_to_add
  return_path_add
begin authenticators
${mechanisms.includes('PLAIN') ? `plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${accepted('$auth2', '$auth3')}
  server_set_id = $auth2` : ''}
${mechanisms.includes('LOGIN') ? `login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${accepted('$auth1', '$auth2')}
  server_set_id = $auth1` : ''}
`;
}

export class MailServer extends Child {
  // Started and listening.
  static async start(dir, options) {
    needRoot('exim changes its user');
    const root = findExim();
    const home = fs.mkdtempSync(path.join(dir, 'exim-'));
    const address = options.address ?? '127.0.0.1';
    const port = options.port ?? await freePort();
    for (const folder of ['spool', 'log', 'mail', 'judges']) fs.mkdirSync(path.join(home, folder));
    fs.writeFileSync(path.join(home, 'exim.conf'), configuration(home, address, port, options));
    for (const [file, line] of [['passwd', `Debian-exim:x:${kId}:${kId}::${home}:/usr/sbin/nologin`],
      ['group', `Debian-exim:x:${kId}:`]]) {
      const others = fs.readFileSync(`/etc/${file}`, 'utf8').split('\n').filter((text) => !text.startsWith('Debian-exim:'));
      fs.writeFileSync(path.join(home, file), [line, ...others].join('\n'));
    }
    // The test's folders are root's alone: exim's user has to pass, and owns what he writes to.
    for (const folder of [dir, home]) fs.chmodSync(folder, 0o711);
    for (const folder of ['spool', 'log', 'mail']) fs.chownSync(path.join(home, folder), kId, kId);
    fs.chmodSync(options.certificates.key, 0o644);
    // Processes of its own, which end with the first of them: exim forks for each mail. That first one is
    // the shell: the kernel forgets that exim, which is setuid, was to end with its parent.
    const unshare = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    if (spawnSync('unshare', [...unshare, 'true']).status !== 0) skipFile('unshare is not permitted');
    const server = new MailServer('unshare', [...unshare, 'sh', '-c', kScript, 'sh', home, root],
      { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
    server.home = home;
    server.port = port;
    server.smarthost = `${address}:${port}`;
    await until(`exim to listen\n${server.log()}`, 10_000, async () => {
      if (server.exit) throw new Error(`exim ended: ${server.stderr}${server.log()}`);
      await new Promise((resolve, reject) => {
        const probe = net.connect(port, address, () => resolve(probe.destroy())).on('error', reject);
      });
      return true;
    });
    return server;
  }

  // What exim wrote into its logs.
  log() {
    if (!this.home) return '';
    const folder = path.join(this.home, 'log');
    return fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8')).join('');
  }

  // The mails that were delivered to that address, as they lie in the maildir, oldest first; once there are so
  // many.
  async mails(address, count) {
    const found = () => this.#delivered().filter(({ text }) => text.includes(`\nEnvelope-to: ${address}\n`));
    await until(`${count} mails to ${address}`, 15_000, () => found().length >= count)
      .catch((error) => { throw new Error(`${error.message}\n${this.log()}\n${this.stderr}`); });
    return found().map(({ raw }) => raw);
  }

  #delivered() {
    const folder = path.join(this.home, 'mail/new');
    if (!fs.existsSync(folder)) return [];
    const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
    const byTime = files.map((file) => [fs.statSync(file).mtimeMs, file]).sort(([a], [b]) => a - b);
    return byTime.map(([, file]) => {
      const raw = fs.readFileSync(file);
      return { raw, text: `\n${raw.toString('latin1')}` };
    });
  }
}
