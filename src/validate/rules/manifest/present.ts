import { MANIFEST_PATH } from '../../../core/paths.ts';
import { packAdvice, packLines } from '../../../model/artefact/pack-line.ts';
import { defineRule } from '../../rule.ts';

export const manifestPresent = defineRule({
  id: 'manifest/present',
  severity: 'error',
  title: 'The archive has a manifest',
  help: 'MAR-INF/MANIFEST.json names the model, its handler and its files. The name is case-sensitive in TorchServe. Pack the files with ts-model-archiver, which writes it.',
  async check(subject) {
    const reading = await subject.manifest();
    if (reading.kind !== 'missing') return [];
    const artefact = await subject.artefact();
    if (artefact !== undefined) {
      const lines = packLines(subject.path, artefact);
      const steps = [packAdvice(artefact), ...(lines.length === 0 ? [] : [`Pack it with: ${lines.join(' ; ')}`])];
      const hint = steps.filter((step) => step !== undefined).join(' ');
      return [
        {
          message: `There is no ${MANIFEST_PATH}: the files are those of another tool (${artefact.facts.name}), not of an archive.`,
          hint,
        },
      ];
    }
    const members = [...(await subject.members()).keys()];
    const alike = members.find((member) => /(^|\/)manifest\.json$/i.test(member));
    const message = alike
      ? `There is no ${MANIFEST_PATH}; ${JSON.stringify(alike)} is not the place of a manifest.`
      : `There is no ${MANIFEST_PATH} among the ${members.length} members.`;
    const hint = alike
      ? `Move ${alike} to ${MANIFEST_PATH}, or pack the files again.`
      : 'Pack the files with ts-model-archiver, which writes the manifest.';
    return [{ message, hint }];
  },
});
