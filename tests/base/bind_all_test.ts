import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFileUrl } from "@std/path";
import {
  denoFlags,
  execute,
  program,
  ROOT,
  TemporaryFolder,
} from "../support.ts";

const arithmetic = await program("arithmetic.mlir");

const TEST = `
  import { Instance, load } from ${
  JSON.stringify(toFileUrl(`${ROOT}/mod.ts`).href)
};
  Deno.test("adds", () => {
    using program = load(${JSON.stringify(arithmetic)});
    if (program.call("add_i32", 1, 2) !== 3) throw new Error("wrong");
  });
`;

// As docs/permissions.md advises.
const BIND_ALL = `Instance.open({ bindAll: true }).dispose();`;

Deno.test("Deno's resource sanitizer passes a test after bindAll, and counts bindings without it", async () => {
  using folder = new TemporaryFolder();
  for (const [name, code] of [["bound", BIND_ALL], ["unbound", ""]]) {
    Deno.writeTextFileSync(folder.join(`${name}_test.ts`), TEST + code);
    const { code: status, stdout } = await execute(Deno.execPath(), [
      ...["test", "-A", "--no-check", "--sanitize-resources", "--trace-leaks"],
      ...denoFlags(),
      folder.join(`${name}_test.ts`),
    ], { env: { NO_COLOR: "1" } });
    assertEquals(status, name === "bound" ? 0 : 1, stdout);
    if (status !== 0) assertStringIncludes(stdout, "dynamic library");
  }
});
