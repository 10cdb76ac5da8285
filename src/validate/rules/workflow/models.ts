import { defineRule, type Observation } from '../../rule.ts';

export const workflowModels = defineRule({
  id: 'workflow/models',
  severity: 'error',
  title: 'Every model names its archive and is a node',
  help: 'A model needs a url: the file name of an archive in the model store, or an address the server may fetch from. A model that the graph does not name is never loaded; often the name is misspelled, and the graph then needs a function of that name.',
  async check(subject) {
    const { spec, manifest } = await subject.workflow();
    if (spec === undefined) return [];
    const member = manifest.workflow?.specFile ?? '';
    const nodes = new Set([...spec.edges].flatMap(([from, next]) => [from, ...next]));
    return [...spec.models.values()].flatMap(({ name, url }): Observation[] => {
      const at = { member, pointer: `/models/${name}` };
      if (url === undefined || url === '')
        return [{ message: `The model ${name} has no url.`, at, hint: 'Name an archive of the model store.' }];
      if (nodes.has(name)) return [];
      const message = `The model ${name} is not a node of the graph, so it is never loaded.`;
      return [{ severity: 'warning', message, at, hint: 'Add it to dag, or remove it from models.' }];
    });
  },
});
