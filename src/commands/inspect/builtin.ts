import { isToolError } from '../../core/errors.ts';
import { builtinHandlers } from '../../handlers/builtin/index.ts';
import { readLoadFacts } from '../../handlers/builtin/load-facts.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { isOnnxBuiltin } from '../../model/handler/builtin-names.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';

/** What a built-in handler takes the model for. What it would refuse is for `mar validate` to say. */
export async function describeModel(facts: ModelFacts, handler: HandlerReference): Promise<string | undefined> {
  if (handler.kind !== 'builtin' || !isOnnxBuiltin(handler.name)) return undefined;
  const { describe } = builtinHandlers[handler.name];
  const known = describe && (await readLoadFacts(facts));
  if (describe === undefined || known === undefined) return undefined;
  try {
    return await describe(known);
  } catch (error) {
    if (isToolError(error)) return undefined;
    throw error;
  }
}
