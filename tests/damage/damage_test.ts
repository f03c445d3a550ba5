import { assert, assertEquals } from "@std/assert";
import { KINDS } from "./kinds.ts";
import { runDamaged } from "./run.ts";

/** More of them are run by hand: see `all.ts`. */
const CASES = 150;

for (const kind of KINDS) {
  Deno.test(`A damaged ${kind} is used or rejected, without a crash or leak`, async () => {
    const { outcomes, failures } = await runDamaged({
      ...{ kind, seed: 1, start: 0, end: CASES },
    });
    assertEquals(failures, []);
    const counts = [...outcomes.values()];
    assertEquals(counts.reduce((sum, it) => sum + it, 0), CASES);
    const used = outcomes.get("OK") ?? 0;
    assert(used > 0 && used < CASES, `${used} of ${CASES} were used`);
  });
}
