import { isNothing } from '../../../model/weights-problems.ts';
import { defineRule } from '../../rule.ts';

export const weightsRecognised = defineRule({
  id: 'weights/recognised',
  severity: 'error',
  title: 'A single file is an archive or a weights file',
  help: 'The file is neither a ZIP or tar nor a weights file of a known format, so nothing can be checked. Give the archive, or the model file itself.',
  async check(subject) {
    if (subject.kind !== 'weights') return [];
    const member = await subject.serializedFile();
    if (member === undefined) return [];
    const { detected, problems } = await subject.weights(member);
    if (!isNothing(problems, detected)) return [];
    return [
      {
        message: `${member} is neither an archive nor a weights file of a known format.`,
        at: { member },
        hint: 'Archives end in .mar, .war or .tar.gz; weights in .onnx, .pt, .pth, .safetensors, .pkl, .npy or .npz.',
      },
    ];
  },
});
