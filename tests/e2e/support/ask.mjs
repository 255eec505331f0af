// The commands that ask a running agent: `ecsward query`, `alerts`, `backtest`.
import { run } from './process.mjs';
import { agentBinary } from './requirements.mjs';

// → {code, stdout, stderr}
export function ask(agent, verb, ...args) {
  return run(agentBinary(), [verb, ...args, `--config=${agent.configFile}`]);
}

// What --json printed, whatever the exit code.
export async function askJson(agent, verb, ...args) {
  const { stdout, stderr } = await ask(agent, verb, ...args, '--json');
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`${verb} ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`);
  }
}

// The alerts of one rule, as the API shows them.
export async function alertsOf(agent, name) {
  const { data } = await askJson(agent, 'alerts');
  return data.alerts.filter((alert) => alert.labels.alertname === name);
}
