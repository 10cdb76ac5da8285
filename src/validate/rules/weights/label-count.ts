import { LABELS_FILE } from '../../../model/documents/labels.ts';
import { defineRule } from '../../rule.ts';
import type { Subject } from '../../subject.ts';

/**
 * Built-in handlers that answer a score for each class: the outputs of a detector are boxes, whose four numbers are not
 * classes.
 */
const classifiers: ReadonlySet<string> = new Set(['image_classifier', 'text_classifier']);

export const weightsLabelCount = defineRule({
  id: 'weights/label-count',
  severity: 'warning',
  title: 'There are as many labels as classes',
  help: 'The model\'s last axis fixes the number of classes. With too few labels TorchServe answers 503 when a class without a label is among the best; too many mean that labels and model do not match. A class is looked up by its index in plain digits: "00" is not a class.',
  async check(subject) {
    const labels = await subject.labels();
    const handler = await subject.handler();
    if (labels.kind !== 'ok' || handler.kind !== 'builtin' || !classifiers.has(handler.name)) return [];
    const classes = await findClassCount(subject);
    if (classes === undefined) return [];
    const numbers = Array.from({ length: classes }, (_, index) => index);
    const missing = numbers.filter((index) => !labels.names.has(String(index)));
    const count = labels.names.size;
    if (missing.length === 0 && count === classes) return [];
    const detail =
      missing.length > 0
        ? `; class ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''} has no name`
        : '';
    const message = `The model has ${classes} classes and ${LABELS_FILE} has ${count} names${detail}.`;
    return [{ message, at: { member: LABELS_FILE }, hint: 'Pack the label file that was made with this model.' }];
  },
});

/** Length of the last axis of the first output; a map per pixel or a list of boxes has more than two axes. */
async function findClassCount(subject: Subject): Promise<number | undefined> {
  const member = await subject.serializedFile();
  if (member === undefined || !(await subject.tree.has(member))) return undefined;
  const { facts } = await subject.weights(member);
  if (facts?.format !== 'onnx') return undefined;
  const shape = facts.outputs[0]?.shape ?? [];
  const classes = shape.at(-1);
  // 65,536 limits the work for a wrong shape; ImageNet-21k has 21,841 classes.
  return shape.length === 2 && typeof classes === 'number' && classes > 1 && classes <= 65_536 ? classes : undefined;
}
