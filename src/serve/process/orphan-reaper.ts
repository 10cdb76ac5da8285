import { spawn } from 'node:child_process';

/**
 * Kills orphaned workers and removes the run folder when the server dies without cleaning up: a shell that waits for the end
 * of its input, which comes with the server's death. A worker in an endless loop can only be ended by another process.
 */
export interface OrphanReaper {
  /** Kills this process when the server dies; the result cancels that. */
  guard(pid: number): () => void;
  /** Ends the reaper after a regular shutdown. */
  close(): void;
}

/** Reads lines of "+ PID" and "- PID"; at the end of input kills the remaining pids and removes the folder. */
const SCRIPT = `
trap '' HUP INT TERM
pids=' '
while read -r sign pid; do
  case $sign in
    +) pids="$pids$pid " ;;
    -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -9 "$pid"; done
rm -rf -- "$1"
`;

const noReaper: OrphanReaper = { guard: () => () => {}, close() {} };

/** Without a POSIX shell, workers still exit when their stdin ends. */
export function createOrphanReaper(folder: string): OrphanReaper {
  if (process.platform === 'win32') return noReaper;
  // Detached: signals to the server's process group must not reach it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  // The pipe is a socket, which has `unref`; its type does not say so.
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return {
    guard(pid) {
      shell.stdin.write(`+ ${pid}\n`);
      return () => void shell.stdin.write(`- ${pid}\n`);
    },
    close: () => void shell.stdin.end(),
  };
}
