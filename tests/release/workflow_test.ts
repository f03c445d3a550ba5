import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { PLATFORMS } from "../../ffi/library/platform.ts";
import { mustRun, ROOT } from "../support.ts";

const workflow = await Deno.readTextFile(
  join(ROOT, ".github/workflows/release.yml"),
);

Deno.test("The workflow builds for all platforms and requires an archive of each", () => {
  const targets = [...workflow.matchAll(/- target: (\S+)/g)]
    .map(([, target]) => target);
  assertEquals(targets, Object.keys(PLATFORMS));
  assertStringIncludes(
    workflow,
    `lib/cli/setup/release.json)" = ${targets.length}`,
  );
});

Deno.test("The workflow's ./dev commands and test files exist", async () => {
  const help = await mustRun(join(ROOT, "dev"), ["help"]);
  for (const [, command] of workflow.matchAll(/\.\/dev (\w+)/g)) {
    assertStringIncludes(help, `\n  ${command} `);
  }
  for (const [path] of workflow.matchAll(/\b(?:tests|release)\/[\w/]+\.ts/g)) {
    assertEquals((await Deno.stat(join(ROOT, path))).isFile, true, path);
  }
});

Deno.test("Every push and pull request runs .ci/run", async () => {
  const path = join(ROOT, ".github/workflows/ci.yml");
  const text = await Deno.readTextFile(path);
  assertStringIncludes(
    text,
    'on:\n  push:\n    branches: ["**"]\n  pull_request:\n',
  );
  assertStringIncludes(text, "\n      - run: .ci/run\n");
});

Deno.test("A release has checksums of its files, and the provenance of its archives", () => {
  const steps = [
    "run: ./dev package dist --all",
    "uses: actions/attest-build-provenance@",
    "subject-path: dist/*.tar.gz",
    "dist/iree-runtime.intoto.jsonl",
    "sha256sum iree-* >SHA256SUMS",
    "gh release create",
  ];
  const places = steps.map((step) => workflow.indexOf(step));
  assertEquals(places.includes(-1), false, `${places}`);
  assertEquals(places, places.toSorted((a, b) => a - b));
});
