/**
 * Asks a server what its OpenAPI document allows and what it does not, by
 * schemathesis, by hand: more than 10,000 requests, about ten minutes.
 *
 *     ./dev deno run -A tests/serve/schemathesis.ts [EXAMPLES]
 *
 * Each operation gets up to EXAMPLES requests. Fails if an answer has a status of
 * 500 or more, comes late, or differs from the document.
 *
 * The last run, 2026-11-30: 13,242 requests, all answered as the document says.
 *
 * @module
 */

import { join } from "@std/path";
import { runtime } from "../../mod.ts";
import { TemporaryFolder } from "../support.ts";
import { installClients } from "./python_clients.ts";
import { echo, SERVED, TestServer } from "./support.ts";

/**
 * The document cannot say that a tensor has as many elements as its shape, so
 * that what it allows may be rejected.
 */
const EXCLUDED = "positive_data_acceptance";

const { python, reason } = await installClients(
  "tests/serve/requirements-schemathesis.txt",
);
if (python === undefined) throw new Error(`no schemathesis: ${reason}`);
const examples = Deno.args[0] ?? "260";

/** Runs schemathesis on the operations that the flags select. */
async function run(url: string, ...flags: string[]): Promise<boolean> {
  const { code } = await new Deno.Command(
    join(python!, "../schemathesis"),
    {
      args: [
        ...["run", `${url}/openapi.json`, "--phases=coverage,fuzzing"],
        ...[`--max-examples=${examples}`, `--exclude-checks=${EXCLUDED}`],
        ...["--request-timeout=20", "--continue-on-failure", "--no-shrink"],
        ...["--suppress-health-check=all", "--warnings=off", ...flags],
      ],
      cwd: folder.path,
    },
  ).spawn().status;
  return code === 0;
}

using folder = new TemporaryFolder();
await Deno.mkdir(folder.join("models/stored/1"), { recursive: true });
await Deno.copyFile(SERVED, folder.join("models/stored/1/model.vmfb"));
await Deno.writeTextFile(
  folder.join("models/stored/model.json"),
  '{"function":"score"}',
);
const results: boolean[] = [];
{
  await using server = new TestServer({ maxRequestBytes: 1_000_000 });
  const { server: models } = server;
  models.add("texts", echo({ name: "x", elementType: "bytes", shape: [null] }));
  models.add(
    "several names, and 100 %",
    echo(
      { name: "flags", elementType: "i1", shape: [2, null] },
      { name: "count", elementType: "si64", shape: [] },
      { name: "half", elementType: "f16", shape: [3] },
    ),
  );
  await models.openRepository(folder.join("models"));
  const listening = models.listen({ port: 0 });
  // Models that are unloaded would be missing in the others.
  results.push(
    await run(listening.url, "--exclude-path-regex=/repository/"),
    await run(listening.url, "--include-path-regex=/repository/"),
  );
  await listening.shutdown(10_000);
}
const { liveAllocations } = runtime.statistics;
console.log(`${liveAllocations} native allocations are live`);
if (liveAllocations > 0 || results.includes(false)) Deno.exit(1);
