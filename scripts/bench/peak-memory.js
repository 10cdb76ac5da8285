import { spawn } from 'node:child_process';

/** Printed by the measured process itself as its last act. */
const PRELOAD = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))',
)}`;

/** MiB that a Node program held at most, all its threads together. */
export function peakMemory(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', PRELOAD, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const kibibytes = /\npeak (\d+)\n/.exec(said)?.[1];
      if (code === 0 && kibibytes !== undefined) resolve(Number(kibibytes) / 1024);
      else reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`));
    });
  });
}
