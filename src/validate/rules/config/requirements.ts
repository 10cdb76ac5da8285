import { defineRule } from '../../rule.ts';

export const configRequirements = defineRule({
  id: 'config/requirements',
  severity: 'warning',
  title: 'The archive needs no packages installed',
  help: 'TorchServe installs a requirements file with pip when the model is registered, if install_py_dep_per_model is on, and ignores it silently if it is off. Installing is slow, needs the network, may replace torch, and runs the code of the packages: review the list, and prefer an image that has the packages.',
  async check(subject) {
    const { member, lines } = await subject.requirements();
    const packages = lines.filter(({ kind }) => kind === 'package' || kind === 'source' || kind === 'file');
    // pip installs nothing if it refuses a line, which config/requirement-lines reports.
    if (packages.length === 0 || lines.some(({ kind }) => kind === 'refused')) return [];
    const names = packages
      .map(({ text }) => text)
      .slice(0, 5)
      .join(', ');
    const message = `${member} asks for ${packages.length} package${packages.length === 1 ? '' : 's'} (${names}${packages.length > 5 ? ', …' : ''}), which TorchServe installs with pip only if install_py_dep_per_model is on.`;
    return [
      {
        message,
        ...(member === undefined ? {} : { at: { member } }),
        hint: 'Set install_py_dep_per_model=true, or build the packages into the image.',
      },
    ];
  },
});
