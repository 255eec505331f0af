// email_configs against a mail server that is not ours: Debian's exim with STARTTLS and passwords. What
// lies in its maildir is read by postal-mime, which is not ours either, and must say in Chinese what the
// alert says.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import PostalMime, { decodeWords } from 'postal-mime';
import { tempDir } from './support/agent.mjs';
import { ChannelSend, notification } from './support/channel_send.mjs';
import { MailServer, kMailPassword, kMailUser, makeCertificates } from './support/mail_server.mjs';
import { testProgram } from './support/requirements.mjs';

testProgram('channel_send');
const dir = tempDir();
const certificates = makeCertificates(dir);
let server;
let sender;

before(async () => {
  server = await MailServer.start(dir, {
    certificates, refuse: ['gone@example.com'], defer: ['later@example.com'],
  });
  sender = new ChannelSend();
});
after(async () => {
  sender.child.stdin.end();
  await sender.end();
  await server.stop('SIGKILL');
});

const settings = (to, more = {}) => ({
  to: [to].flat(),
  from: '某某运维 <ops@example.com>',
  smarthost: server.smarthost,
  auth_username: kMailUser,
  auth_password: kMailPassword,
  'tls_config.ca_file': certificates.ca,
  ...more,
});
const parse = (raw) => PostalMime.parse(raw);

test('a mail arrives over STARTTLS, and is shown right in Chinese', async () => {
  const result = await sender.send('email', settings(['张三 <zhang@example.com>', 'li@example.com']), notification('n-1'));
  assert.equal(result.outcome, 'delivered', result.problem);
  for (const user of ['zhang', 'li']) {
    const [raw] = await server.mails(`${user}@example.com`, 1);
    const mail = await parse(raw);
    assert.deepEqual(mail.from, { name: '某某运维', address: 'ops@example.com' });
    assert.deepEqual(mail.to, [
      { name: '张三', address: 'zhang@example.com' }, { name: '', address: 'li@example.com' }]);
    assert.match(mail.subject, /告警/);
    assert.match(mail.subject, /DiskFull|磁盘/);
    assert.match(mail.text, /磁盘 \/数据 将满：已用 95 %/);
    assert.match(mail.html, /磁盘 \/数据 将满：已用 95 %/);
    assert.equal(mail.messageId, '<n-1@example.com>');
    assert.ok(Math.abs(Date.parse(mail.date) - Date.now()) < 60_000, mail.date);
    const header = (name) => mail.headers.find(({ key }) => key === name)?.value;
    assert.equal(header('auto-submitted'), 'auto-generated');
    // It was said to exim over TLS, by a user whom it knows.
    assert.match(header('received'), /with esmtpsa/);
    assert.doesNotMatch(raw.toString('latin1'), /[^\x00-\x7f]/);
  }
});

test('each of PLAIN and LOGIN is spoken, and TLS from the first byte', async () => {
  // Port 465 of an address that nobody else listens at.
  const smtps = { implicitTls: true, address: '127.0.46.5', port: 465 };
  for (const options of [{ mechanisms: ['PLAIN'] }, { mechanisms: ['LOGIN'] }, smtps]) {
    const one = await MailServer.start(dir, { certificates, ...options });
    const result = await sender.send(
      'email', settings('zhang@example.com', { smarthost: one.smarthost }), notification('n-2'));
    assert.equal(result.outcome, 'delivered', `${JSON.stringify(options)}: ${result.problem}`);
    await one.mails('zhang@example.com', 1);
    await one.stop('SIGKILL');
  }
});

test('a resolved mail stands below its firing one, and an attempt keeps its Message-ID', async () => {
  // Another timeout makes another channel, as a restart does: it does not know that n-3 has arrived.
  for (const [id, resolved, timeout] of [['n-3', false, '20s'], ['n-3', false, '21s'], ['n-4', true, '21s']]) {
    const result = await sender.send('email', settings('wang@example.com', { timeout }), notification(id, { resolved }));
    assert.equal(result.outcome, 'delivered', result.problem);
  }
  const mails = await Promise.all((await server.mails('wang@example.com', 3)).map(parse));
  const ids = mails.map(({ messageId }) => messageId).sort();
  assert.deepEqual(ids, ['<n-3@example.com>', '<n-3@example.com>', '<n-4@example.com>']);
  assert.equal(new Set(mails.map(({ references }) => references)).size, 1);
  assert.match(mails[0].references, /^<group-[0-9a-f]+@example\.com>$/);
  assert.equal(mails[0].inReplyTo, mails[0].references);
});

test('no label writes a header, and a long subject comes through whole', async () => {
  const subject = `磁盘将满😀${'很长的标题'.repeat(30)}`;
  const result = await sender.send(
    'email', settings('zhao@example.com', { subject: '{{ .CommonLabels.title }}', headers: { 'X-Team': '{{ .CommonLabels.team }}' } }),
    notification('n-5', { labels: { title: subject, team: '运维\r\nBcc: evil@example.com\r\n\r\nbody' } }));
  assert.equal(result.outcome, 'delivered', result.problem);
  const mail = await parse((await server.mails('zhao@example.com', 1))[0]);
  assert.equal(mail.subject, subject);
  const team = mail.headers.find(({ key }) => key === 'x-team').value;
  assert.equal(decodeWords(team), '运维 Bcc: evil@example.com body');
  assert.ok(!mail.headers.some(({ key }) => key === 'bcc'));
});

test('a refused address costs the others nothing', async () => {
  const result = await sender.send(
    'email', settings(['gone@example.com', 'sun@example.com']), notification('n-6'));
  assert.equal(result.outcome, 'delivered');
  assert.match(result.problem, /gone@example\.com/);
  await server.mails('sun@example.com', 1);
});

test('an address that is deferred is tried again, a refused one is not', async () => {
  const later = await sender.send('email', settings('later@example.com'), notification('n-7'));
  assert.equal(later.outcome, 'retry');
  assert.equal(later.reason, 'smtp');
  const gone = await sender.send('email', settings('gone@example.com'), notification('n-8'));
  assert.equal(gone.outcome, 'refused');
  assert.equal(gone.reason, 'smtp');
});

test('a wrong password is refused, and is not told', async () => {
  const result = await sender.send(
    'email', settings('zhang@example.com', { auth_password: 'wrong-hunter2' }), notification('n-9'));
  assert.equal(result.outcome, 'refused');
  assert.equal(result.reason, 'credentials');
  assert.doesNotMatch(JSON.stringify(result), /hunter2/);
});

test('without STARTTLS nothing is sent, unless that is wanted', async () => {
  const bare = await MailServer.start(dir, { certificates, starttls: false });
  const result = await sender.send(
    'email', settings('zhang@example.com', { smarthost: bare.smarthost }), notification('n-10'));
  assert.equal(result.outcome, 'retry');
  assert.match(result.problem, /STARTTLS/);
  assert.doesNotMatch(bare.log(), /zhang/);
  const wanted = await sender.send(
    'email', settings('zhang@example.com', { smarthost: bare.smarthost, require_tls: false }), notification('n-11'));
  assert.equal(wanted.outcome, 'delivered', wanted.problem);
  await bare.mails('zhang@example.com', 1);
  await bare.stop('SIGKILL');
});

test('a certificate of a CA that is not trusted is refused', async () => {
  for (const ca of [certificates.otherCa, '']) {
    const result = await sender.send(
      'email', settings('zhang@example.com', { 'tls_config.ca_file': ca }), notification('n-12'));
    assert.equal(result.outcome, 'retry');
    assert.equal(result.reason, 'tls');
  }
});

test('a server that is not there is tried again', async () => {
  const closed = net.createServer();
  await new Promise((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address();
  await new Promise((resolve) => closed.close(resolve));
  const result = await sender.send(
    'email', settings('zhang@example.com', { smarthost: `127.0.0.1:${port}` }), notification('n-13'));
  assert.equal(result.outcome, 'retry');
  assert.equal(result.reason, 'connect');
});

test('a server that says nothing costs no more than the timeout', async () => {
  const silent = net.createServer(() => {});
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const start = performance.now();
  const result = await sender.send(
    'email', settings('zhang@example.com', { smarthost: `127.0.0.1:${silent.address().port}`, timeout: '1s' }), notification('n-14'));
  assert.equal(result.outcome, 'retry');
  assert.equal(result.reason, 'timeout');
  assert.ok(performance.now() - start < 10_000);
  silent.close();
});
