/**
 * Applies an asynchronous function to a list, some items ahead of the one being used, and gives the results in order.
 * When the consumer stops early, what is under way is awaited and dropped, so that nothing runs on in the background.
 */
export async function* mapInOrder<In, Out>(
  items: readonly In[],
  ahead: number,
  map: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const running: Promise<Out>[] = [];
  let next = 0;
  const start = () => {
    const promise = map(items[next++] as In);
    // Its rejection is reported where it is awaited; until then it must not count as unhandled.
    promise.catch(() => {});
    running.push(promise);
  };
  try {
    while (running.length > 0 || next < items.length) {
      while (running.length <= ahead && next < items.length) start();
      yield await (running.shift() as Promise<Out>);
    }
  } finally {
    await Promise.allSettled(running);
  }
}
