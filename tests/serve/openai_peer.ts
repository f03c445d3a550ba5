/**
 * What the tests use of OpenAI's client for JavaScript.
 *
 * @module
 */

/** The exact version, so that an import needs no look-up. */
const PACKAGE = "npm:openai@7.59.0";

/** What a request has. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a response, or a part of it, has. */
export interface Answer {
  readonly id: string;
  readonly object: string;
  readonly usage?: { readonly completion_tokens: number };
  readonly choices: readonly {
    readonly text?: string;
    readonly finish_reason: string | null;
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string };
    readonly logprobs?: {
      readonly content: readonly { readonly token: string }[];
    };
  }[];
}

interface Endpoint {
  create(
    fields: Fields & { readonly stream: true },
    options?: { readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Answer>>;
  create(
    fields: Fields,
    options?: { readonly signal: AbortSignal },
  ): Promise<Answer>;
}

/** The client. */
export interface OpenAiClient {
  readonly chat: { readonly completions: Endpoint };
  readonly completions: Endpoint;
  readonly responses: Endpoint;
  readonly embeddings: {
    create(
      fields: Fields,
    ): Promise<{ readonly data: readonly { embedding: number[] }[] }>;
  };
  readonly models: {
    list(): AsyncIterable<{ readonly id: string }>;
    retrieve(name: string): Promise<{ readonly object: string }>;
  };
}

/** Creates a client. */
export type CreateOpenAi = (
  options: {
    readonly baseURL: string;
    readonly apiKey: string;
    readonly maxRetries: number;
  },
) => OpenAiClient;

/** The package, or why it cannot be loaded. */
export async function loadOpenAi(): Promise<
  { readonly create: CreateOpenAi } | { readonly reason: string }
> {
  try {
    const { OpenAI } = await import(PACKAGE);
    return { create: (options) => new OpenAI(options) };
  } catch (error) {
    return { reason: `${PACKAGE} cannot be loaded: ${error}` };
  }
}
