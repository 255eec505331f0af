// What a test needs from its surroundings, and how it says that something is missing: loudly on a
// developer's machine, as a failure where CI=true, because a test that nobody runs is not a test.
import fs from 'node:fs';
import path from 'node:path';

// Ends this file's run as skipped. ctest knows the code 77 (SKIP_RETURN_CODE) and lists the file
// under "did not run"; `node --test` has no such code and gets 0.
export function skipFile(reason) {
  const file = path.basename(process.argv[1] ?? '?');
  if (process.env.CI === 'true') {
    console.error(`FAIL ${file}: ${reason} (CI=true: nothing may be skipped)`);
    process.exit(1);
  }
  console.error(`\n!!! SKIPPED ${file}: ${reason}\n`);
  process.exit(process.env.ECSWARD_E2E_SKIP_CODE ? Number(process.env.ECSWARD_E2E_SKIP_CODE) : 0);
}

// The binary under test: ECSWARD_BINARY (ctest sets it).
export function agentBinary() {
  const binary = process.env.ECSWARD_BINARY;
  if (!binary) skipFile('ECSWARD_BINARY is not set: the path of the ecsward binary to test');
  if (!fs.existsSync(binary)) skipFile(`ECSWARD_BINARY=${binary} does not exist: build it first`);
  return path.resolve(binary);
}

// A judge that is not ours, by its Debian name: from ECSWARD_JUDGES/usr/bin, else from PATH.
export function judge(name) {
  const folders = [];
  if (process.env.ECSWARD_JUDGES) folders.push(path.join(process.env.ECSWARD_JUDGES, 'usr/bin'));
  folders.push(...(process.env.PATH ?? '').split(':'), '/usr/bin');
  for (const folder of folders) {
    const candidate = path.join(folder, name);
    if (fs.existsSync(candidate)) return candidate;
  }
  return skipFile(`no ${name}: install Debian's package or set ECSWARD_JUDGES to where it is unpacked`);
}

export function needRoot(why) {
  if (process.getuid() !== 0) skipFile(`not root: ${why}`);
}

// A program of ours that only tests need: ECSWARD_E2E_PROGRAMS is the folder they were built into.
export function testProgram(name) {
  const folder = process.env.ECSWARD_E2E_PROGRAMS;
  if (!folder) skipFile(`ECSWARD_E2E_PROGRAMS is not set: the folder that holds ${name}`);
  const program = path.resolve(folder, name);
  if (!fs.existsSync(program)) skipFile(`${program} does not exist: build it first`);
  return program;
}
