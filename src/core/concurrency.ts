/**
 * Maps items with at most `most` running at once, and gives the results in order. When the consumer stops early or an
 * item fails, the running items are awaited and dropped: nothing continues in the background.
 */
export async function* mapInOrder<In, Out>(
  items: Iterable<In> | AsyncIterable<In>,
  most: number,
  map: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const running: Promise<Out>[] = [];
  try {
    for await (const item of items) {
      const promise = map(item);
      // Its rejection is reported where it is awaited; until then it must not count as an unhandled rejection.
      promise.catch(() => {});
      running.push(promise);
      if (running.length < most) continue;
      const first = running.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = running.shift(); first !== undefined; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}

/**
 * Handles the items, at most `most` at a time, in any order. After a failure no item is started; the failure is thrown
 * when all running items have ended, so that nothing still writes to what the caller removes.
 */
export async function forEachOf<In>(
  items: Iterable<In>,
  most: number,
  work: (item: In) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  let failed = false;
  const lane = async () => {
    for (let next = rest.next(); !next.done && !failed; next = rest.next()) {
      await work(next.value).catch((cause: unknown) => {
        failed = true;
        throw cause;
      });
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: most }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}

/** The results of all items, in the order of the items, with at most `most` running at once. */
export async function mapAll<In, Out>(
  items: readonly In[],
  most: number,
  map: (item: In) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  await forEachOf(items.entries(), most, async ([index, item]) => {
    results[index] = await map(item);
  });
  return results;
}
