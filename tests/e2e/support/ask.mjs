// The commands that ask a running agent: `ecsward query`, `alerts`, `backtest`.
import { run } from './process.mjs';
import { agentBinary } from './requirements.mjs';

// `verb` may be two words: "silence add". → {code, stdout, stderr}
export function ask(agent, verb, ...args) {
  return run(agentBinary(), [...verb.split(' '), `--config=${agent.configFile}`, ...args]);
}

// What --json printed, whatever the exit code.
export async function askJson(agent, verb, ...args) {
  const { stdout, stderr } = await ask(agent, verb, '--json', ...args);
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
