import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { tempTree } from '../support/temp-tree.ts';
import { differences, notRun, withoutRefused } from './goldens/differences.ts';
import { addresses, type Group, groups, REMOVED_AFTERWARDS } from './goldens/groups.ts';
import { type Answer, type Exchange, isClose, normalise, readGroup, send } from './goldens/replay.ts';
import { makeModelStore } from './goldens/store.ts';
import { serveStore } from './serving.ts';

const PATIENCE_MS = 20_000;

test.for(Object.keys(groups) as Group[])(
  'every recorded exchange of the group %s is equal, or an intended difference',
  async (group) => {
    const modelStore = await tempTree({});
    await makeModelStore(modelStore);
    const { handle, keys } = await serveStore({ ...addresses, ...groups[group], modelStore });
    const fill = (text: string) =>
      text
        .replaceAll('@MODEL_STORE@', modelStore)
        .replaceAll('{{inference-key}}', keys.inference)
        .replaceAll('{{management-key}}', keys.management)
        .replaceAll('{{API-key}}', keys.api);
    const tally = { equal: 0, onPurpose: [] as string[], notRun: [] as string[], wrong: [] as string[] };
    for (const exchange of await readGroup(group)) {
      const id = `${group}/${exchange.name}`;
      if (notRun.some(({ exchanges }) => exchanges.test(id))) {
        tally.notRun.push(exchange.name);
        continue;
      }
      const recorded = { ...exchange.response, body: withoutRefused(exchange.response.body) };
      const wanted = normalise(recorded);
      const known = differences.find(({ exchanges }) => exchanges.test(id));
      const isKnown = ({ status, body }: Answer) => known?.status === status && known.body.test(body);
      const isSettled = (answer: Answer) => isEqual(normalise(answer), wanted) || isKnown(answer);
      const answer = await sendUntil(isSettled, handle.urls[exchange.request.port], exchange.request, fill);
      if (exchange.note?.startsWith('unregistered afterwards') && answer.status === 200)
        for (const path of REMOVED_AFTERWARDS)
          await send(handle.urls.management, { port: 'management', method: 'DELETE', path, headers: {} }, fill);
      const seen = normalise(answer);
      if (isEqual(seen, wanted)) tally.equal++;
      else if (isKnown(answer)) tally.onPurpose.push(exchange.name);
      else tally.wrong.push(describeWrong(exchange, seen, wanted));
    }
    console.log(
      `${group}: ${tally.equal} equal, ${tally.onPurpose.length} different on purpose` +
        `${list(tally.onPurpose)}, ${tally.notRun.length} not run${list(tally.notRun)}`,
    );
    expect(tally.wrong.join('\n\n')).toBe('');
  },
);

/** A worker that is being restarted, or asked for without waiting, shows in a description a moment later; so do its measurements. */
async function sendUntil(
  isSettled: (answer: Answer) => boolean,
  url: string,
  request: Exchange['request'],
  fill: (text: string) => string,
): Promise<Answer> {
  const patience = request.method === 'GET' && /^\/(models\/|metrics$)/.test(request.path) ? PATIENCE_MS : 0;
  for (let waited = 0; ; waited += 50) {
    const answer = await send(url, request, fill);
    if (waited >= patience || isSettled(answer)) return answer;
    await sleep(50);
  }
}

type Normalised = ReturnType<typeof normalise>;

function isEqual({ body, ...head }: Normalised, { body: wantedBody, ...wantedHead }: Normalised): boolean {
  const isSameHead = JSON.stringify(head) === JSON.stringify(wantedHead);
  return isSameHead && (body === wantedBody || isClose(body, wantedBody));
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function describeWrong({ seq, name, request }: Exchange, seen: Normalised, wanted: Normalised): string {
  const parts = (['status', 'reason', 'headers', 'body'] as const).flatMap((part) => {
    const [a, b] = [JSON.stringify(seen[part]), JSON.stringify(wanted[part])];
    const from = Math.max(0, [...a].findIndex((letter, i) => letter !== b[i]) - 40);
    return a === b ? [] : [`  ${part}: …${a.slice(from, from + 400)}\n  wanted …${b.slice(from, from + 400)}`];
  });
  return `${seq} ${name}: ${request.method} ${request.path}\n${parts.join('\n')}`;
}
