import { assertEquals } from "@std/assert";
import { load } from "../../mod.ts";
import {
  type ModelFunction,
  ModelServer,
  type ModelServerOptions,
} from "../../lib/serve/mod.ts";
import { program } from "../support.ts";

/** The fixture `served.mlir`. */
export const SERVED: string = await program("served.mlir");

/** A server, and requests to its handler. */
export class TestServer implements AsyncDisposable {
  readonly server: ModelServer;
  readonly #program = load(SERVED);

  constructor(options?: ModelServerOptions) {
    this.server = new ModelServer(options);
    for (const name of ["score", "add", "scale"]) {
      this.server.add(name, this.#program, { function: name, instances: 2 });
    }
  }

  /** Sends a request. */
  send(path: string, init?: RequestInit): Promise<Response> {
    return this.server.fetch(new Request(`http://test${path}`, init));
  }

  /** Reads JSON from a path. */
  async get(path: string): Promise<unknown> {
    return await (await this.send(path)).json();
  }

  /** Asks for inference with JSON. */
  async infer(model: string, body: unknown): Promise<Response> {
    return await this.send(`/v2/models/${model}/infer`, {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Asks for inference, which must fail; returns the status and the message. */
  async refusal(model: string, body: unknown): Promise<[number, string]> {
    const response = await this.infer(model, body);
    const { error } = await response.json();
    return [response.status, error];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.drain();
    this.#program.dispose();
  }
}

/** A body with binary data. */
export function binaryRequest(
  json: unknown,
  ...parts: readonly Uint8Array<ArrayBuffer>[]
): RequestInit {
  const header = new TextEncoder().encode(JSON.stringify(json));
  return {
    method: "POST",
    body: new Blob([header, ...parts]),
    headers: { "inference-header-content-length": `${header.length}` },
  };
}

/** An output in JSON. */
export interface OutputJson {
  name: string;
  datatype: string;
  shape: number[];
  data?: unknown;
  parameters?: Record<string, unknown>;
}

/** Splits a response with binary data. */
export async function binaryResponse(
  response: Response,
): Promise<{
  json: { outputs: OutputJson[] };
  binary: Uint8Array<ArrayBuffer>;
}> {
  assertEquals(response.status, 200);
  const bytes = await response.bytes();
  const length = Number(
    response.headers.get("inference-header-content-length"),
  );
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return { json: JSON.parse(text), binary: bytes.slice(length) };
}

/** A model that returns its inputs. */
export function echo(
  ...inputs: readonly ModelFunction["inputs"][number][]
): ModelFunction {
  return {
    inputs,
    outputs: inputs,
    run: (values) => Promise.resolve(values),
  };
}

/** A model that answers when the test wants. */
export function slow(): {
  /** Signals of the requests that run. */
  readonly signals: readonly AbortSignal[];
  /** Answers them, and later ones. */
  open(): void;
  readonly model: ModelFunction;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  return {
    signals,
    open: resolve,
    model: {
      inputs: [],
      outputs: [],
      run: async (_: unknown, { signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        await promise;
        return {};
      },
    },
  };
}
