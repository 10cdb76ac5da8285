import { expect, test } from 'vitest';
import { locateWorkflow } from '../../../src/serve/workflow/locate-workflow.ts';
import { tempTree } from '../../support/temp-tree.ts';

type Sources = Parameters<typeof locateWorkflow>[1];

test('a name that is not in the store is an error of the workflow API', async () => {
  const sources = { store: await tempTree(), modelStore: await tempTree() } as unknown as Sources;
  await expect(locateWorkflow('gone.war', sources)).rejects.toMatchObject({ code: 'WORKFLOW_NOT_IN_STORE' });
});
