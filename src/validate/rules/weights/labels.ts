import { LABELS_FILE, readLabelsFile } from '../../../model/documents/labels.ts';
import type { Subject } from '../../../model/facts.ts';
import { defineRule } from '../../rule.ts';

export const weightsLabels = defineRule({
  id: 'weights/labels',
  severity: 'error',
  title: 'The label file can be read',
  help: 'index_to_name.json maps class numbers to names: {"0": "cat"}, {"0": ["n02123045", "cat"]} (the last element counts), or {"object_type_names": ["cat", "dog"]}. Anything else makes the built-in handlers fail when they load; a handler of your own may use another form, and should then use another name.',
  async check(subject) {
    const labels = await readLabelsFile(subject);
    if (labels?.kind !== 'invalid') return [];
    const { reason, pointer } = labels;
    const handler = await subject.handler();
    return [
      {
        // A handler of one's own need not read it as the built-in ones do.
        severity: handler.kind === 'builtin' ? 'error' : 'warning',
        message: `${LABELS_FILE} is in no form the built-in handlers read: ${reason}.`,
        at: { member: LABELS_FILE, ...(pointer === undefined ? {} : { pointer }) },
        hint: 'Write {"0": "first name", "1": "second name"}.',
      },
    ];
  },
});

/** Built-in handlers that answer a score a class: a detector's outputs are boxes, whose four numbers are no classes. */
const classifiers: ReadonlySet<string> = new Set(['image_classifier', 'text_classifier']);

export const weightsLabelCount = defineRule({
  id: 'weights/label-count',
  severity: 'warning',
  title: 'There are as many labels as classes',
  help: "The model's last axis fixes the number of classes. With too few labels TorchServe answers 503 whenever a class without one is among the best; too many mean that labels and model do not belong together.",
  async check(subject) {
    const labels = await readLabelsFile(subject);
    const handler = await subject.handler();
    if (labels?.kind !== 'ok' || handler.kind !== 'builtin' || !classifiers.has(handler.name)) return [];
    const classes = await findClassCount(subject);
    if (classes === undefined) return [];
    const missing = Array.from({ length: classes }, (_, index) => index).filter((index) => !labels.indices.has(index));
    const count = labels.indices.size;
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
  const reading = await subject.manifest();
  const member = reading.kind === 'ok' ? reading.manifest.model?.serializedFile : undefined;
  if (member === undefined || !(await subject.tree.has(member))) return undefined;
  const { facts } = await subject.weights(member);
  if (facts?.format !== 'onnx') return undefined;
  const shape = facts.outputs[0]?.shape ?? [];
  const classes = shape.at(-1);
  // 65,536 bounds the work for a shape that lies; ImageNet-21k has 21,841 classes.
  return shape.length === 2 && typeof classes === 'number' && classes > 1 && classes <= 65_536 ? classes : undefined;
}
