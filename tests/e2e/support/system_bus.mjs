// A system bus of a test's own, with a systemd on it whose units are made up (fake_systemd.cpp).
import fs from 'node:fs';
import path from 'node:path';
import { tempDir } from './agent.mjs';
import { Child } from './process.mjs';
import { judge, testProgram } from './requirements.mjs';

export class SystemBus {
  static async start({ fillers = 0 } = {}) {
    const bus = new SystemBus();
    bus.dir = tempDir();
    fs.chmodSync(bus.dir, 0o755);
    bus.address = `unix:path=${path.join(bus.dir, 'bus')}`;
    const config = path.join(bus.dir, 'bus.conf');
    fs.writeFileSync(config, `<busconfig>
  <type>system</type>
  <listen>${bus.address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/>
    <allow send_type="method_call"/><allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/><allow receive_type="method_return"/>
    <allow receive_type="error"/><allow receive_type="signal"/>
  </policy>
</busconfig>
`);
    bus.env = { DBUS_SYSTEM_BUS_ADDRESS: bus.address };
    bus.daemon = new Child(judge('dbus-daemon'), [`--config-file=${config}`, '--nofork', '--print-address']);
    await bus.daemon.said(/unix:/);
    bus.systemd = new Child(testProgram('fake_systemd'), [String(fillers)],
      { env: { ...process.env, ...bus.env } });
    await bus.systemd.said(/ready/);
    return bus;
  }

  async stop() {
    await Promise.all([this.systemd.stop(), this.daemon.stop()]);
  }
}
