import { systemCode, ToolError } from '../../core/errors.ts';

/** An output stream of the process. */
export interface Output {
  readonly isTTY: boolean;
  /** Undefined if unknown, which some terminals report as 0. */
  readonly columns: number | undefined;
  /**
   * Resolves when the content is flushed, so that the process may exit. EPIPE (`mar inspect … | head`) is no failure: the
   * rest is dropped.
   */
  write(content: string | Uint8Array): Promise<void>;
}

export function createOutput(stream: NodeJS.WriteStream, name: string): Output {
  let closed = false;
  // Unhandled, the error that the callback below receives would also end the process.
  stream.on('error', () => {
    closed = true;
  });
  return {
    isTTY: stream.isTTY === true,
    columns: stream.columns || undefined,
    write(content) {
      if (closed || content.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        stream.write(content, (error) => {
          if (!error || systemCode(error) === 'EPIPE') return resolve();
          const reason = systemCode(error) ?? error.message;
          reject(new ToolError('FILE_UNWRITABLE', { path: name, reason }, { cause: error }));
        });
      });
    },
  };
}
