/**
 * Our contestant: the workloads through the public API, in a separate process.
 *
 * @module
 */

import { serve } from "./serve.ts";
import { WORKLOADS } from "./workloads.ts";

const [folder] = Deno.args;
await serve(WORKLOADS, folder);
