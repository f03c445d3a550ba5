/**
 * A streaming server: answers `GET /?steps=N` with a line of JSON for each step
 * of a simulation, as soon as it is computed.
 *
 *     server.ts PROGRAM PORT
 *
 * @module
 */

import { BufferView, load } from "@iree/runtime";

const START = new Float32Array([90, 0, 0, 0, 0, 0, 0, 0]);
const MOST_STEPS = 1000;

/** A running server. */
export interface Server {
  /** Where it listens. */
  readonly url: string;
  /** Finishes running requests, then ends. */
  shutdown(): Promise<void>;
}

/**
 * Starts the server.
 *
 * @param path Path of the compiled program.
 * @param port The port; 0 for any free one.
 */
export function serve(path: string, port: number): Server {
  const program = load({ modules: [path], device: "local-sync" });
  const step = program.lookupFunction("step");

  /** Yields lines; the state between two steps stays on the device. */
  async function* simulate(steps: number): AsyncGenerator<string> {
    let state = BufferView.from(program.devices[0], START);
    try {
      for (let done = 0; done < steps; done++) {
        const next = await step.callAsync(state) as BufferView;
        state.dispose();
        state = next;
        const values = Array.from(state.toTypedArray() as Float32Array);
        yield `${JSON.stringify(values.map(Math.round))}\n`;
      }
    } finally {
      // Also after the client disconnects, which ends the generator.
      state.dispose();
    }
  }

  const server = Deno.serve({ port, onListen: () => {} }, (request) => {
    const steps = Number(new URL(request.url).searchParams.get("steps"));
    if (!Number.isInteger(steps) || steps < 1 || steps > MOST_STEPS) {
      const text = `steps must be from 1 to ${MOST_STEPS}\n`;
      return new Response(text, { status: 400 });
    }
    // A step is computed when the client is ready to read it.
    const lines = ReadableStream.from(simulate(steps));
    return new Response(lines.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "application/x-ndjson" },
    });
  });
  return {
    url: `http://localhost:${server.addr.port}/`,
    async shutdown() {
      await server.shutdown();
      program.dispose();
    },
  };
}

if (import.meta.main) {
  const [path, port] = Deno.args;
  const server = serve(path, Number(port));
  Deno.addSignalListener("SIGINT", async () => {
    await server.shutdown();
    Deno.exit();
  });
  console.log(server.url);
}
