import type { BatchTiming } from "./batcher_options.ts";
import { Histogram } from "./histogram.ts";

/** Seconds, from a small call to a large model. */
const SECONDS = [
  ...[0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Calls of a program with one number of rows. */
export interface BatchCount {
  /** How many there were. */
  calls: number;
  /** Their time. */
  seconds: number;
}

/** Counts of a model's requests. */
export class ModelStatistics {
  /** Seconds from the arrival of a request to its answer. */
  readonly request: Histogram = new Histogram(SECONDS);
  /** Seconds that requests waited. */
  readonly queue: Histogram = new Histogram(SECONDS);
  /** Seconds of the calls, counted for each of their requests. */
  readonly compute: Histogram = new Histogram(SECONDS);
  /** Rows of the calls, counted for each of their requests. */
  readonly rows: Histogram = new Histogram(ROWS);
  /** Failures by the status of the response. */
  readonly failures: Map<number, number> = new Map();
  /** Calls by their number of rows. */
  readonly batches: Map<number, BatchCount> = new Map();
  /** Seconds of requests that failed. */
  failureSeconds = 0;
  /** Calls of the program. */
  executions = 0;
  /** Rows that were computed. */
  inferences = 0;
  /** Milliseconds since 1970, of the last request; 0 before the first. */
  lastRequest = 0;

  /** Counts how a request ran. */
  ran({ waited, ran, rows, requests, ownRows }: BatchTiming): void {
    this.queue.observe(waited / 1000);
    this.compute.observe(ran / 1000);
    this.rows.observe(rows);
    this.executions += 1 / requests;
    this.inferences += ownRows;
    const batch = this.batches.get(rows) ?? { calls: 0, seconds: 0 };
    this.batches.set(rows, batch);
    // Each request of a call counts its part of it.
    batch.calls += 1 / requests;
    batch.seconds += ran / 1000 / requests;
  }

  /** Counts an answer. */
  ended(status: number, milliseconds: number): void {
    this.lastRequest = Date.now();
    if (status < 400) {
      this.request.observe(milliseconds / 1000);
      return;
    }
    this.failures.set(status, (this.failures.get(status) ?? 0) + 1);
    this.failureSeconds += milliseconds / 1000;
  }

  /** All requests that failed. */
  get failureCount(): number {
    return [...this.failures.values()].reduce((sum, it) => sum + it, 0);
  }
}
