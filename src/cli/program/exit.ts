/** The one place that ends the process: after what was written has left it, whatever else is still open. */
export async function exitProcess(code: number): Promise<never> {
  await Promise.all([drain(process.stdout), drain(process.stderr)]);
  process.exit(code);
}

function drain(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}

/**
 * A reader that goes away (`mar serve --help | head`) is no failure. commander writes its help by itself, so the streams
 * need a listener from the start: without one the error would end the process with a stack.
 */
export function forgiveClosedReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
