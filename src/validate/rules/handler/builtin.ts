import { isToolError } from '../../../core/errors.ts';
import { builtinHandlers } from '../../../handlers/builtin/index.ts';
import { readLoadFacts } from '../../../handlers/builtin/load-facts.ts';
import { findRefusedKeys } from '../../../model/config/check-config.ts';
import { isOnnxBuiltin } from '../../../model/handler/builtin-names.ts';
import { defineRule } from '../../rule.ts';
import { atField } from '../../with-manifest.ts';

export const handlerBuiltin = defineRule({
  id: 'handler/builtin',
  severity: 'error',
  title: 'The built-in handler can work with the model',
  help: 'The built-in handlers over ONNX check the inputs and outputs of the model when they load: an image classifier accepts one image and answers a score for each class. This rule reports what they would refuse. base_handler accepts and answers tensors of any shape.',
  async check(subject) {
    const handler = await subject.handler();
    const config = await subject.config();
    if (handler.kind !== 'builtin' || !isOnnxBuiltin(handler.name)) return [];
    // Keys it does not take have a rule of their own.
    if (config?.kind === 'ok' && findRefusedKeys(config, handler.name).length > 0) return [];
    const facts = await readLoadFacts(subject);
    if (facts === undefined) return [];
    try {
      await builtinHandlers[handler.name].check(facts);
      return [];
    } catch (error) {
      if (!isToolError(error)) throw error;
      const hint = error.hint ?? 'Choose another handler, or set preprocess and postprocess in model-config.yaml.';
      return [{ message: `mar serve cannot load the model. ${error.message}`, at: atField('/model/handler'), hint }];
    }
  },
});
