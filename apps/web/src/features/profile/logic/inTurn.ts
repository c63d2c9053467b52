/**
 * Runs tasks one after another. Quick changes of settings would otherwise overtake each other, each with a version that the one
 * before has made old. A failed task does not stop those after it.
 */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
