/**
 * A web page that shows a language model's answers while they are generated.
 *
 *     server.ts MODEL PORT
 *
 * where MODEL is a `.gguf` file, or a folder of Hugging Face.
 *
 * @module
 */

import { LanguageModel } from "@iree/runtime/language";
import { ModelServer } from "@iree/runtime/serve";

/** A running server. */
export interface Server {
  /** Where it listens. */
  readonly url: string;
  /** Finishes running answers, then ends. */
  shutdown(): Promise<void>;
}

/**
 * Serves the page, and OpenAI's API, which it uses.
 *
 * @param model The model; the caller still owns it.
 * @param port The port; 0 for any free one.
 */
export async function serve(
  model: LanguageModel,
  port: number,
): Promise<Server> {
  const page = await Deno.readTextFile(new URL("page.html", import.meta.url));
  const models = new ModelServer();
  models.addLanguageModel("chat", model, { instances: 4 });
  const options = { port, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, (request) => {
    if (new URL(request.url).pathname !== "/") return models.fetch(request);
    return new Response(page, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async shutdown() {
      await models.drain();
      await server.shutdown();
    },
  };
}

if (import.meta.main) {
  const [path = "", port] = Deno.args;
  using model = await LanguageModel.load(path, { batch: 4 });
  const server = await serve(model, Number(port));
  console.log(server.url);
  await new Promise<void>((resolve) =>
    Deno.addSignalListener("SIGINT", resolve)
  );
  await server.shutdown();
  Deno.exit();
}
