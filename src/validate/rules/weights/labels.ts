import { LABELS_FILE } from '../../../model/documents/labels.ts';
import { defineRule } from '../../rule.ts';

export const weightsLabels = defineRule({
  id: 'weights/labels',
  severity: 'error',
  title: 'The label file can be read',
  help: 'index_to_name.json maps class indices to names: {"0": "cat"}, {"0": ["n02123045", "cat"]} (the last element counts), or {"object_type_names": ["cat", "dog"]}. Anything else makes the built-in handlers fail when they load; a custom handler may use another form, and should then use another file name.',
  async check(subject) {
    const labels = await subject.labels();
    if (labels.kind !== 'unreadable') return [];
    const { reason, pointer } = labels;
    const handler = await subject.handler();
    return [
      {
        // A custom handler need not read it as the built-in ones do.
        severity: handler.kind === 'builtin' ? 'error' : 'warning',
        message: `${LABELS_FILE} is not in a form that the built-in handlers read: ${reason}.`,
        at: { member: LABELS_FILE, ...(pointer === undefined ? {} : { pointer }) },
        hint: 'Write {"0": "first name", "1": "second name"}.',
      },
    ];
  },
});
