import { join } from "@std/path";
import { importGrpc } from "../../lib/serve/grpc/grpc_library.ts";
import type { Message } from "../../lib/serve/grpc/message.ts";
import {
  INFER_REQUEST,
  INFER_RESPONSE,
  type InferRequest,
  type InferResponse,
} from "../../lib/serve/grpc/messages.ts";
import { INFERENCE_SERVICE } from "../../lib/serve/grpc/methods.ts";
import { ROOT, test } from "../support.ts";
import { installClients } from "./python_clients.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A line of the peer. */
type Reply =
  | { readonly id: number; readonly answers: readonly string[] }
  | { readonly id: number; readonly code: number; readonly details: string };

/** A failure of a call: the number of its code, and its text. */
export class CallError extends Error {
  readonly code: number;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
  }
}

/** Options for a call. */
export interface CallOptions {
  readonly token?: string;
  /** The trace that the call continues. */
  readonly traceparent?: string;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /** Whether a stream is left to the server to end. */
  readonly keepOpen?: boolean;
}

interface Waiting {
  resolve(answers: Bytes[]): void;
  reject(error: CallError): void;
}

/** `grpc_peer.py`, for all clients of a file of tests. */
class Peer {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #text = "";
  #isReading = false;

  constructor(python: string) {
    const child = new Deno.Command(python, {
      args: [join(ROOT, "tests/serve/grpc_peer.py")],
      // No sanitizer in Python.
      env: { LD_PRELOAD: "" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  send(order: object): Promise<void> {
    const line = JSON.stringify(order) + "\n";
    return this.#writer.write(new TextEncoder().encode(line));
  }

  async ask(order: object, signal?: AbortSignal): Promise<Bytes[]> {
    const id = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<Bytes[]>();
    this.#waiting.set(id, { resolve, reject });
    const cancel = () => this.send({ cancel: id });
    signal?.addEventListener("abort", cancel);
    await this.send({ id, ...order });
    this.#read();
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  // Reads only while calls wait, so that no test leaves a read behind.
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#waiting.size > 0) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the peer has ended");
      this.#text += value;
      const lines = this.#text.split("\n");
      this.#text = lines.pop()!;
      for (const line of lines) this.#settle(JSON.parse(line));
    }
    this.#isReading = false;
  }

  #settle(reply: Reply): void {
    const { resolve, reject } = this.#waiting.get(reply.id)!;
    this.#waiting.delete(reply.id);
    if ("code" in reply) reject(new CallError(reply.code, reply.details));
    else resolve(reply.answers.map((it) => Uint8Array.fromBase64(it)));
  }
}

async function startPeer(): Promise<Peer | undefined> {
  const { python, reason } = await installClients();
  try {
    if (python === undefined) throw new Error(reason);
    await importGrpc();
    return new Peer(python);
  } catch (error) {
    if (!UNREACHABLE.test(String(error))) throw error;
    console.warn(`no gRPC: ${error}`);
    return undefined;
  }
}

/** Messages where no registry can be reached. */
const UNREACHABLE =
  /NewConnectionError|ConnectTimeout|NameResolution|Temporary failure in name|No matching distribution|error sending request|client error|dns error/;

const peer = await startPeer();

/** A test that is ignored, with a message, where no registry can be reached. */
export function testWithGrpc(name: string, body: () => Promise<void>): void {
  if (peer !== undefined) test(name, body);
  else Deno.test.ignore(name, () => {});
}

/** A client of gRPC. */
export class GrpcClient implements AsyncDisposable {
  readonly #address: string;
  readonly #roots: string | undefined;

  constructor(port: number, roots?: string) {
    this.#address = `127.0.0.1:${port}`;
    this.#roots = roots;
  }

  /** Calls a method of the inference service. */
  async call<Request, Response>(
    method: string,
    request: Message<Request>,
    response: Message<Response>,
    value: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const path = method.startsWith("/")
      ? method
      : `/${INFERENCE_SERVICE}/${method}`;
    return response.decode(
      await this.send(path, request.encode(value), options),
    );
  }

  /** Sends bytes to a method. */
  async send(
    path: string,
    bytes: Bytes,
    options: CallOptions = {},
  ): Promise<Bytes> {
    const [answer] = await this.#ask(
      path,
      { bytes: bytes.toBase64() },
      options,
    );
    return answer!;
  }

  /** Opens a stream and sends requests; returns the answers. */
  async stream(
    requests: readonly Bytes[],
    options: CallOptions = {},
  ): Promise<Bytes[]> {
    const path = `/${INFERENCE_SERVICE}/ModelStreamInfer`;
    const texts = requests.map((it) => it.toBase64());
    return await this.#ask(path, { requests: texts }, options);
  }

  /** Asks for inference. */
  async infer(
    model_name: string,
    request: Partial<InferRequest>,
    options?: CallOptions,
  ): Promise<InferResponse> {
    return await this.call(
      "ModelInfer",
      INFER_REQUEST,
      INFER_RESPONSE,
      { ...emptyRequest(), model_name, ...request },
      options,
    );
  }

  /** Asks for inference, which must fail; returns the code and the text. */
  async refusal(
    model: string,
    request: Partial<InferRequest>,
    options?: CallOptions,
  ): Promise<[number, string]> {
    return await callFailure(this.infer(model, request, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await peer!.send({ close: this.#address });
  }

  #ask(
    path: string,
    order: object,
    { token, traceparent, deadline, signal, keepOpen = false }: CallOptions,
  ): Promise<Bytes[]> {
    return peer!.ask({
      keepOpen,
      address: this.#address,
      path,
      ...order,
      ...(this.#roots === undefined ? {} : { roots: this.#roots }),
      ...(token === undefined ? {} : { token }),
      ...(traceparent === undefined ? {} : { traceparent }),
      ...(deadline === undefined ? {} : { deadline: deadline / 1000 }),
    }, signal);
  }
}

/** The code and the text of a call that must fail. */
export async function callFailure(
  call: Promise<unknown>,
): Promise<[number, string]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CallError) return [error.code, error.message];
    throw error;
  }
  throw new Error("the call did not fail");
}

/** A request without anything. */
export function emptyRequest(): InferRequest {
  return INFER_REQUEST.decode(new Uint8Array());
}

/** An input of a request, without elements. */
export function tensor(
  name: string,
  datatype: string,
  shape: readonly number[],
): InferRequest["inputs"][number] {
  return { name, datatype, shape, parameters: [], contents: undefined };
}
