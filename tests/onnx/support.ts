import { join } from "@std/path";
import { findCompiler } from "../../lib/compiler/find_compiler.ts";
import { mustRun, ROOT, TemporaryFolder, test, tool } from "../support.ts";

/** The compiler under test; the importer is in its environment. */
export const COMPILER: string = await findCompiler();

/**
 * Writes the models of `models.py`.
 *
 * @returns The folder, which is removed when it goes out of scope.
 */
export async function writeModels(): Promise<TemporaryFolder> {
  const folder = new TemporaryFolder();
  const script = join(ROOT, "tests/onnx/models.py");
  await mustRun(tool("python3"), [script, folder.path], {
    env: { LD_PRELOAD: "" },
  });
  return folder;
}

/** A test that starts IREE's importer, into which no sanitizer may be loaded. */
export function testWithImporter(
  name: string,
  body: () => void | Promise<void>,
): void {
  if (Deno.env.has("DEV_SANITIZE")) Deno.test.ignore(name, body);
  else test(name, body);
}
