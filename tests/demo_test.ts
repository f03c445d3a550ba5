import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { denoFlags, execute, ROOT, test } from "./support.ts";

test("The demo creates and prints a string through the C++ module", async () => {
  const { code, stdout, stderr } = await execute(
    Deno.execPath(),
    ["run", "-A", ...denoFlags(), join(ROOT, "tests/demo.ts")],
  );
  assertEquals(stderr, "");
  assertEquals(code, 0);
  assertEquals(
    stdout,
    "main():\n" +
      "CREATE 5xi8=0 1 2 3 4\n" +
      "PRINT 5xi8=0 1 2 3 4\n" +
      "error():\n" +
      "UNKNOWN this function fails whenever it is called\n",
  );
});
