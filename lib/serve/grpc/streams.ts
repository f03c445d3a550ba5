import type { ServerState } from "../server_state.ts";
import { describeFailure } from "../failure_status.ts";
import { checkToken, counted, goneSignal } from "./calls.ts";
import type { GrpcStreamCall } from "./grpc_library.ts";
import { INFER_REQUEST, INFER_RESPONSE, STREAM_RESPONSE } from "./messages.ts";
import { infer } from "./methods.ts";
import { grpcStatus } from "./status.ts";

/** The most requests of one stream that are answered at the same time. */
const MOST_REQUESTS = 64;

/** Answers streams of requests for inference, in the order of the requests. */
export class InferenceStreams {
  readonly #server: ServerState;
  readonly #path: string;
  readonly #open = new Set<() => void>();

  /**
   * @param server The server.
   * @param path The method's path.
   */
  constructor(server: ServerState, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Ends the streams that are open, once their requests are answered. */
  end(): void {
    for (const end of this.#open) end();
  }

  /** Handles a new stream. */
  readonly handle: (call: GrpcStreamCall) => void = (call) => {
    try {
      checkToken(this.#server, call.metadata);
    } catch (error) {
      call.emit("error", grpcStatus(error));
      return;
    }
    const gone = goneSignal(call);
    let answered = Promise.resolve();
    let waiting = 0;
    // Called when the client has read what was written, or has gone.
    let proceed = () => {};
    const drained = () => new Promise<void>((resolve) => proceed = resolve);
    const end = () => {
      this.#open.delete(end);
      answered.then(() => call.end());
    };
    this.#open.add(end);
    call.on("data", (bytes) => {
      const answer = this.#answer(bytes, gone);
      if (++waiting >= MOST_REQUESTS) call.pause();
      answered = answered.then(async () => {
        const bytes = await answer;
        if (!gone.aborted && !call.write(bytes)) await drained();
        if (--waiting < MOST_REQUESTS) call.resume();
      });
    });
    call.on("end", end);
    // A message that the library rejects; it ends the call itself.
    call.on("error", () => this.#open.delete(end));
    call.on("drain", () => proceed());
    gone.addEventListener("abort", () => {
      this.#open.delete(end);
      proceed();
    });
  };

  /** Answers one request. A failure is an answer, and the stream continues. */
  async #answer(
    bytes: Uint8Array<ArrayBuffer>,
    gone: AbortSignal,
  ): Promise<Uint8Array> {
    let id = "";
    try {
      return await counted(this.#server, this.#path, async () => {
        const request = INFER_REQUEST.decode(bytes);
        id = request.id;
        const infer_response = await infer(this.#server, request, gone);
        return STREAM_RESPONSE.encode({ error_message: "", infer_response });
      });
    } catch (error) {
      const { text: error_message } = describeFailure(error);
      const empty = INFER_RESPONSE.decode(new Uint8Array());
      const infer_response = { ...empty, id };
      return STREAM_RESPONSE.encode({ error_message, infer_response });
    }
  }
}
