// Tests that mount something do it where nobody else sees it, and where it goes away with them.
import { spawnSync } from 'node:child_process';
import { skipFile } from './requirements.mjs';

// Runs this test file again with mounts and processes of its own, and returns only there. What it
// leaves mounted or running ends with it, however it ends. /proc/1/mounts, which the agent reads, is
// then ours too.
export function enterPrivateNamespaces() {
  if (process.env.ECSWARD_E2E_INNER) return;
  const unshare = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  if (spawnSync('unshare', [...unshare, 'true']).status !== 0) skipFile('unshare is not permitted');
  const inner = spawnSync(
    'unshare', [...unshare, process.execPath, process.argv[1]],
    { stdio: 'inherit', env: { ...process.env, ECSWARD_E2E_INNER: '1' } });
  process.exit(inner.status ?? 1);
}
