import { systemCode, ToolError } from '../../core/errors.ts';

/** A stream of the process, written to in whole texts or pieces. */
export interface Output {
  readonly isTTY: boolean;
  /** Undefined when the terminal does not say, which some do as 0. */
  readonly columns: number | undefined;
  /**
   * Resolves when the content has left the process, so that an exit afterwards cuts nothing off. A reader that went away
   * (`mar inspect … | head`) is no failure: the rest is dropped.
   */
  write(content: string | Uint8Array): Promise<void>;
}

export function createOutput(stream: NodeJS.WriteStream, name: string): Output {
  let closed = false;
  // Without a listener the same error that the callback below gets would end the process.
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
