import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { program, TemporaryFolder } from "./support.ts";

Deno.test("Concurrent calls that compile one program all receive it", async () => {
  const cache = Deno.env.get("IREE_DENO_CACHE")!;
  using empty = new TemporaryFolder();
  Deno.env.set("IREE_DENO_CACHE", empty.path);
  try {
    const paths = await Promise.all(
      [1, 2, 3].map(() => program("single.mlir")),
    );
    assertEquals(new Set(paths).size, 1);
    const [folder] = Array.from(Deno.readDirSync(empty.join("fixtures")));
    const files = Array.from(
      Deno.readDirSync(empty.join("fixtures", folder.name)),
      ({ name }) => join(empty.path, "fixtures", folder.name, name),
    );
    assertEquals(files, paths.slice(0, 1));
  } finally {
    Deno.env.set("IREE_DENO_CACHE", cache);
  }
});
