import { basename } from 'node:path';
import type { Context, LogEvent } from '../core/context.ts';
import { isToolError, ToolError } from '../core/errors.ts';
import type { Service } from '../serve/service.ts';

/** Delays warnings until the model is loaded: an error repeats what the worker's warning says. */
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

/** Loads the only model of a command. Throws MODEL_NOT_LOADED, without a hint to run the same command. */
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

/** Names the archive: MODEL_INVALID has TorchServe's words, which do not. */
export function nameArchive(error: unknown, archive: string): unknown {
  if (!isToolError(error) || error.code !== 'MODEL_INVALID') return error;
  return new ToolError('MODEL_INVALID', { message: `${archive}: ${error.message}` }, { cause: error.cause });
}

/** Without the worker's last output, which was already shown. */
function toLoadError(error: ToolError, model: string): ToolError {
  const { message } = error.cause instanceof Error ? error.cause : error;
  const reason = message.replace(/^Worker died\. (Cause: )?/, '').replace(/\nLast output:.*$/s, '');
  return new ToolError('MODEL_NOT_LOADED', { archive: model, reason }, { cause: error.cause });
}
