// node tests/cloud_emulator/main.mjs ['{"port": 8080, "keys": {"LTAIfake": "secret"}}']
// Says where it listens, and goes on until it is told to end. Options: see emulator.mjs.
import { start } from './emulator.mjs';

const emulator = await start({ keys: { LTAIfake: 'fake-secret' }, ...JSON.parse(process.argv[2] ?? '{}') });
console.log(`listening on ${emulator.url}`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    await emulator.stop();
    process.exit(0);
  });
}
