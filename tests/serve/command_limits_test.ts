// The limits and keys of `iree serve`, each by its flag.

import { assertEquals, assertMatch } from "@std/assert";
import { TemporaryFolder, test } from "../support.ts";
import { makeCertificate } from "./certificate.ts";
import { RawClient } from "./raw_client.ts";
import { ServeProcess } from "./serve_process.ts";
import { SERVED } from "./support.ts";

const MODEL = [`m=${SERVED}`, "--function=score"];

/** The beginning of a request whose body does not come. */
const BEGINNING = "POST /v2/models/m/infer HTTP/1.1\r\nHost: test\r\n" +
  'Content-Length: 1000\r\n\r\n{"inputs';

test("iree serve answers over HTTPS, with tokens, up to a size", async () => {
  using folder = new TemporaryFolder();
  const { cert, key } = await makeCertificate();
  await Deno.writeTextFile(folder.join("cert.pem"), cert);
  await Deno.writeTextFile(folder.join("key.pem"), key);
  await Deno.writeTextFile(folder.join("tokens"), "one\n\n two \n");
  await using process = await ServeProcess.start(
    ...[...MODEL, "--max-request-bytes=200"],
    ...[`--tls-cert=${folder.join("cert.pem")}`],
    ...[`--tls-key=${folder.join("key.pem")}`],
    ...[`--auth-token-file=${folder.join("tokens")}`],
  );
  using client = Deno.createHttpClient({ caCerts: [cert] });
  const ask = async (token: string, padding: number) => {
    const url = `https://localhost:${process.port}/v2/models/m/infer`;
    const input = { name: "input0", datatype: "FP32", shape: [1, 4] };
    const response = await fetch(url, {
      ...{ client, method: "POST" },
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ inputs: [{ ...input, data: [5, 0, 0, 0] }] })
        .padEnd(padding),
    });
    const { error, outputs } = await response.json();
    return [response.status, error ?? outputs[0].data];
  };
  assertEquals(await ask("one", 0), [200, [5]]);
  assertEquals(await ask("two", 200), [200, [5]]);
  assertEquals(await ask("two", 201), [
    413,
    "the body must have at most 200 bytes",
  ]);
  assertEquals((await ask("three", 0))[0], 401);
  assertEquals(await process.end("SIGINT"), 0);
});

test("iree serve ends a request after --request-timeout", async () => {
  await using process = await ServeProcess.start(
    ...[...MODEL, "--request-timeout=0.1"],
  );
  using client = await RawClient.connect(process.port);
  await client.write(BEGINNING);
  assertMatch(await client.readUntil(/timeout"\}/), /^HTTP\/1.1 504 /);
  assertEquals(await process.end(), 0);
});

test("iree serve waits --grace for requests, then ends with 1", async () => {
  await using process = await ServeProcess.start(...MODEL, "--grace=0.2");
  using client = await RawClient.connect(process.port);
  await client.write(BEGINNING);
  // The server has seen the first request when it has answered this one.
  const response = await process.infer("m", [[1, 2, 3, 4]]);
  assertEquals((await response.json()).outputs[0].data, [30]);
  assertEquals(await process.end(), 1);
  assertMatch(process.text, /ended early.*requests took longer than 0.2 s/);
});
