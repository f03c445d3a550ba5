/**
 * Runs the tests on a busy machine: no test may depend on idle cores.
 *
 *     ./dev deno run -A tests/under_load.ts [--times=3] [--load=8] [ARGUMENTS of ./dev test]
 *
 * `--load` is the number of busy processes per core. The exit status is that of
 * the first run that fails.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { parseArgs } from "@std/cli/parse-args";

const DEV: string = fromFileUrl(new URL("../dev", import.meta.url));

/** Busy processes, which disposal ends. */
class Load implements Disposable {
  readonly #processes: readonly Deno.ChildProcess[];

  constructor(count: number) {
    // Each ends with the process that started it.
    const code = `while kill -0 ${Deno.pid} 2>/dev/null; do
      i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done
    done`;
    this.#processes = Array.from(
      { length: count },
      () => new Deno.Command("sh", { args: ["-c", code] }).spawn(),
    );
  }

  [Symbol.dispose](): void {
    for (const process of this.#processes) process.kill("SIGKILL");
  }
}

async function main(): Promise<number> {
  const options = parseArgs(Deno.args, {
    string: ["times", "load"],
    default: { times: "3", load: "8" },
    stopEarly: true,
  });
  const args = ["test", ...options._.map(String)];
  const cores = navigator.hardwareConcurrency;
  using _load = new Load(Number(options.load) * cores);
  for (let i = 1; i <= Number(options.times); i++) {
    const [average] = Deno.loadavg();
    console.log(`run ${i} of ${options.times}, load ${average.toFixed(1)}`);
    const { code } = await new Deno.Command(DEV, { args }).spawn().status;
    if (code !== 0) return code;
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main());
