import type { BearerTokens } from "./bearer_token.ts";
import type { ModelRegistry } from "./model_registry.ts";
import type { ModelRepository } from "./model_repository.ts";
import type { LanguageModels } from "./openai/language_models.ts";
import type { RequestSignals } from "./request_signal.ts";
import type { RequestRecord, ServerLimits } from "./server_options.ts";

/** A server as its requests see it, over HTTP and gRPC. */
export interface ServerState {
  readonly models: ModelRegistry;
  readonly limits: ServerLimits;
  readonly tokens: BearerTokens;
  /** Ends requests in time. */
  readonly signals: RequestSignals;
  /** The language models, which OpenAI's API serves. */
  readonly languageModels: LanguageModels;
  /** Responses of HTTP by their status. */
  readonly responses: Map<number, number>;
  /** gRPC responses by status code. */
  readonly answers: Map<string, number>;
  /** The folder that models are loaded from, if any. */
  repository?: ModelRepository;
  /** `ending` still answers, but is not ready; `closed` answers nothing. */
  state: "ready" | "ending" | "closed";
  /** Requests that are being answered. */
  active: number;
  /** Requests that came so far. */
  arrivals: number;
  /** Called when no request is being answered anymore. */
  readonly whenIdle: (() => void)[];
}

/**
 * Answers a request, which keeps the server from ending.
 *
 * @param server The server.
 * @param work Answers it.
 */
export async function keepingAlive<Result>(
  server: ServerState,
  work: () => Promise<Result>,
): Promise<Result> {
  begin(server);
  try {
    return await work();
  } finally {
    end(server);
  }
}

/** Begins to answer a request that came, until {@linkcode end}. */
export function begin(server: ServerState): void {
  server.arrivals++;
  server.active++;
}

/** Ends an answer. */
export function end(server: ServerState): void {
  server.active--;
  if (server.active > 0) return;
  for (const resolve of server.whenIdle.splice(0)) resolve();
}

/**
 * Begins to answer, which keeps the server from ending.
 *
 * @returns Ends it, at the first call.
 */
export function enter(server: ServerState): () => void {
  server.active++;
  let hasLeft = false;
  return () => {
    if (hasLeft) return;
    hasLeft = true;
    end(server);
  };
}

/** Resolves when no request is being answered. */
export async function untilIdle(server: ServerState): Promise<void> {
  if (server.active === 0) return;
  await new Promise<void>((resolve) => server.whenIdle.push(resolve));
}

/** Counts an answer. */
export function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Reports a request to the caller of the server. */
export function report(
  { limits }: ServerState,
  record: RequestRecord,
): void {
  try {
    limits.onRequest?.(record);
  } catch (error) {
    // The caller's own failure must not change the answer.
    reportError(error);
  }
}
