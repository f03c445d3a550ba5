// KServe's inference clients, which come with its model server: the environment is
// that of `./dev bench:load`.

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { mustRun, ROOT, test } from "../support.ts";
import { installClients } from "./python_clients.ts";
import { echo, TestServer } from "./support.ts";

const NAME = "KServe's clients get over HTTP and gRPC what they ask for";

const isSanitized = Deno.env.get("DEV_SANITIZE") !== undefined;
const { python, reason } = isSanitized
  ? { python: undefined, reason: "it takes minutes under a sanitizer" }
  : await installClients("bench/load/requirements.txt");

async function body(): Promise<void> {
  await using served = new TestServer();
  const { server } = served;
  server.add("text", echo({ name: "t", elementType: "bytes", shape: [null] }));
  await using http = server.listen({ port: 0 });
  await using grpc = await server.listenGrpc({ port: 0 });
  const script = join(ROOT, "tests/serve/kserve_peer.py");
  const results = JSON.parse(
    await mustRun(python!, [script, `${http.port}`, `${grpc.port}`]),
  );
  const texts = { t: ["héllo", ""] };
  const sum = [11, 22, 33, 44];
  for (const { refusal, ...rest } of [results.http, results.grpc]) {
    assertEquals(rest, {
      health: [true, true, true],
      id: "7",
      sums: { sum, difference: [-9, -18, -27, -36] },
      others: [sum, texts, texts],
    });
    assert(refusal.includes("input 'b' is missing: INT32 [-1, -1]"), refusal);
  }
}

if (python !== undefined) {
  test(NAME, body);
} else {
  console.warn(`no clients for "${NAME}": ${reason}`);
  Deno.test.ignore(NAME, body);
}
