import type { Prepare, Workloads } from "../workload.ts";

/** Messages to a worker: first the programs' folder, then numbers of calls. */
export type WorkerOrder = { folder: string } | { count: number };

// A worker replies to each message when it is done.
function answers(
  workers: readonly Worker[],
  order: WorkerOrder,
): Promise<void> {
  const all = workers.map((worker) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(order);
    return promise;
  });
  return Promise.all(all).then(() => {});
}

function workers(size: number): Prepare {
  return async (folder) => {
    const url = import.meta.resolve("./worker.ts");
    const workers = Array.from(
      { length: size },
      () => new Worker(url, { type: "module" }),
    );
    await answers(workers, { folder });
    return {
      run: (count) => answers(workers, { count }),
      [Symbol.dispose]() {
        for (const worker of workers) worker.terminate();
      },
    };
  };
}

/** Workers over one library, each with its own program. */
export const WORKERS: Workloads = {
  workers_1: workers(1),
  workers_2: workers(2),
  workers_4: workers(4),
};
