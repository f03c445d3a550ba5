import { join } from "@std/path";
import { execute, ROOT } from "../../tests/support.ts";
import { type Body, RUN } from "./models.ts";

const HERE = join(ROOT, "bench/load");

/** A program and its arguments. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** What a client sends. */
export interface Requests {
  readonly url: string;
  readonly body: Body;
  readonly connections: number;
  readonly seconds: number;
}

/** Sends requests, and prints what came of them as JSON. */
export type Client = (requests: Requests) => Command;

/**
 * Finds a client: wrk, which takes little of the machine, or autocannon.
 *
 * @returns The client, and its name for the table.
 */
export async function findClient(): Promise<{ name: string; client: Client }> {
  const cache = Deno.env.get("IREE_DENO_CACHE")!;
  const { code, stdout, stderr } = await execute(join(HERE, "wrk"), [cache]);
  if (code === 0) return { name: "wrk", client: wrk(stdout.trim()) };
  console.log(`without wrk: ${stderr.trim()}`);
  return { name: "autocannon", client: autocannon };
}

function wrk(command: string): Client {
  return ({ url, body, connections, seconds }) => ({
    command,
    args: [
      ...["-t", "1", "-c", `${connections}`, "-d", `${seconds}s`],
      "--timeout=60s",
      ...["-s", join(HERE, "client.lua"), url, "--"],
      ...[body.path, ...body.headers],
    ],
  });
}

function autocannon(
  { url, body, connections, seconds }: Requests,
): Command {
  return {
    command: Deno.execPath(),
    args: [
      ...[...RUN, join(HERE, "client.ts"), url],
      ...[`${connections}`, `${seconds}`, body.path, ...body.headers],
    ],
  };
}
