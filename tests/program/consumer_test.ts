import { assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { denoFlags, execute, ROOT, TemporaryFolder } from "../support.ts";

/** Paths of the package's sources, without the commands. */
function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      if (path !== "lib/cli") yield* sources(path);
    } else if (path.endsWith(".ts")) yield path;
  }
}

const urlOf = (path: string): string =>
  JSON.stringify(toFileUrl(join(ROOT, path)).href);

/** A file that passes `undefined` for all that options leave open. */
function useOfOptions(): string {
  const lines = [
    "type Open<T> = {",
    "  [K in keyof T as object extends Pick<T, K> ? K : never]: undefined;",
    "};",
  ];
  for (const path of [...sources("lib"), ...sources("ffi")]) {
    const text = Deno.readTextFileSync(join(ROOT, path));
    for (
      const [, name] of text.matchAll(/^export interface (\w+Options)\b/gm)
    ) {
      const count = lines.length;
      lines.push(
        `import type { ${name} as Options${count} } from ${urlOf(path)};`,
        `declare const open${count}: Open<Options${count}>;`,
        `export const given${count}: Partial<Options${count}> = open${count};`,
      );
    }
  }
  return lines.join("\n");
}

Deno.test("A program with strict compiler options imports the package's sources", async () => {
  const { exports, imports } = JSON.parse(
    Deno.readTextFileSync(join(ROOT, "deno.json")),
  );
  using folder = new TemporaryFolder();
  Deno.writeTextFileSync(
    folder.join("deno.json"),
    JSON.stringify({
      imports,
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        isolatedDeclarations: true,
        noUncheckedIndexedAccess: true,
      },
    }),
  );
  const entries = Object.values<string>(exports).map((path) =>
    `import ${urlOf(path)};\n`
  );
  Deno.writeTextFileSync(
    folder.join("main.ts"),
    entries.join("") + useOfOptions(),
  );
  // The options are the consumer's, whatever gives this process its imports.
  const map = denoFlags().filter((flag) => !flag.startsWith("--config="));
  const { code, stderr } = await execute(
    Deno.execPath(),
    ["check", "--quiet", ...map, "main.ts"],
    { cwd: folder.path },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});
