import { spawn } from 'node:child_process';

/**
 * Cleans up after a server that had no chance to: a shell of a megabyte that waits for the end of its input, which comes
 * when the server is gone, however it went. A worker in an endless loop hears of nothing, and only another process can end it.
 */
export interface Reaper {
  /** Ends this process when the server is gone; the result calls that off. */
  guard(pid: number): () => void;
  /** Nothing is left to clean up. */
  close(): void;
}

/** Lines of "+ PID" and "- PID"; at the end of them the pids that are left are killed and the folder goes. */
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

const noReaper: Reaper = { guard: () => () => {}, close() {} };

/** Where there is no POSIX shell, workers that listen still leave when their input ends. */
export function createReaper(folder: string): Reaper {
  if (process.platform === 'win32') return noReaper;
  // A session of its own: what is sent to the server's process group must not reach it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  // The type does not say that the pipe is a socket, which can be unreferenced.
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return {
    guard(pid) {
      shell.stdin.write(`+ ${pid}\n`);
      return () => void shell.stdin.write(`- ${pid}\n`);
    },
    close: () => void shell.stdin.end(),
  };
}
