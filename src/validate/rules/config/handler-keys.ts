import { findRefusedKeys } from '../../../model/config/check-config.ts';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { defineRule } from '../../rule.ts';
import { atConfig, withConfig } from '../../with-config.ts';

export const configHandlerKeys = defineRule({
  id: 'config/handler-keys',
  severity: 'error',
  title: 'The built-in handler accepts its settings',
  help: 'The built-in handlers over ONNX read preprocess and postprocess, and refuse to load with an unknown key or an invalid value. The page on built-in handlers lists the keys with their defaults.',
  check: withConfig(async (config, subject) => {
    const handler = await subject.handler();
    const { serializedFile } = await subject.model();
    // With other weights TorchServe's own handler runs, which reads none of them.
    if (handler.kind !== 'builtin' || !isOnnxName(serializedFile)) return [];
    return findRefusedKeys(config, handler.name).map(atConfig(config));
  }),
});
