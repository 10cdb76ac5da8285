import { basename } from 'node:path';
import type { Context, LogEvent } from '../core/context.ts';
import { isToolError, ToolError } from '../core/errors.ts';
import type { Service } from '../serve/service.ts';

/** Warnings wait until the model is loaded or is not: an error says what the warning about its worker says. */
export function holdWarnings(context: Context) {
  let waiting: LogEvent[] | undefined = [];
  const log = (event: LogEvent) => {
    if (event.kind === 'warning' && waiting !== undefined) waiting.push(event);
    else context.log(event);
  };
  return {
    context: { ...context, log },
    release() {
      const events = waiting ?? [];
      waiting = undefined;
      events.forEach(context.log);
    },
  };
}

/** Loads the one model of a command. Throws MODEL_NOT_LOADED, once and without a hint to the command itself. */
export async function loadModel(service: Service, path: string, { release }: { release(): void }) {
  try {
    const registered = await service.register({ path, url: basename(path), initialWorkers: 1 });
    release();
    return registered;
  } catch (error) {
    if (isToolError(error) && error.code === 'WORKERS_FAILED') throw toLoadError(error, basename(path));
    release();
    throw nameArchive(error, path);
  }
}

/** MODEL_INVALID in TorchServe's words says what is wrong and not where; a command may have been given several archives. */
export function nameArchive(error: unknown, archive: string): unknown {
  if (!isToolError(error) || error.code !== 'MODEL_INVALID') return error;
  return new ToolError('MODEL_INVALID', { message: `${archive}: ${error.message}` }, { cause: error.cause });
}

/** The last output of the worker is left out: it has been shown as it came. */
function toLoadError(error: ToolError, model: string): ToolError {
  const { message } = error.cause instanceof Error ? error.cause : error;
  const reason = message.replace(/^Worker died\. (Cause: )?/, '').replace(/\nLast output:.*$/s, '');
  return new ToolError('MODEL_NOT_LOADED', { archive: model, reason }, { cause: error.cause });
}
