import { assertEquals, assertStringIncludes } from "@std/assert";
import { DEV, dev, finish, ROOT, which } from "./sandbox.ts";

Deno.test("./dev test ends with the counts of the real run and fails when a test does", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/sample_test.ts`;
    Deno.writeTextFileSync(
      file,
      `Deno.test("a", () => {});
       Deno.test("b", async (t) => { await t.step("c", () => {}); });
       Deno.test.ignore("d", () => {});
       Deno.test("e", () => { if (Deno.env.get("FAIL")) throw new Error("as asked"); });`,
    );
    const last = (text: string) => text.trimEnd().split("\n").at(-1);
    const good = await dev("test", file);
    assertEquals([good.code, last(good.stdout)], [
      0,
      "3 passed, 0 failed, 1 skipped",
    ]);

    const bad = await finish(
      new Deno.Command(DEV, {
        args: ["test", file],
        env: { FAIL: "1" },
        stdout: "piped",
        stderr: "piped",
      })
        .spawn(),
    );
    assertEquals([bad.code, last(bad.stdout)], [
      1,
      "2 passed, 1 failed, 1 skipped",
    ]);

    Deno.writeTextFileSync(file, `const text: string = 1;`);
    const broken = await dev("test", file);
    assertEquals([broken.code, last(broken.stdout)], [1, "0 passed, 1 failed"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("CI adds up the checks and all runs of the tests", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${folder}/.ci`);
    Deno.copyFileSync(`${ROOT}/.ci/run`, `${folder}/.ci/run`);
    // Whatever this machine lacks, the test installs nothing.
    const apt = `${folder}/apt-get`;
    Deno.writeTextFileSync(apt, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const run = async (
      check: string,
      plain: string,
      asan: string,
      prepare = "true",
      arm64 = "echo 0 passed, 0 failed",
    ) => {
      Deno.writeTextFileSync(
        `${folder}/dev`,
        `#!/bin/sh
case "$*" in
  check) ${check} ;;
  test) ${plain} ;;
  "test --asan") ${asan} ;;
  "test --platform=linux-arm64 --prepare") ${prepare} ;;
  "test --platform=linux-arm64 --quarter") ${arm64} ;;
  *) exit 9 ;;
esac
`,
        { mode: 0o755 },
      );
      const { code, stdout } = await finish(
        new Deno.Command("bash", {
          args: [`${folder}/.ci/run`],
          env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      );
      printed = stdout;
      return [code, stdout.trimEnd().split("\n").at(-1)];
    };
    let printed = "";
    const good = "echo 3 passed, 0 failed";
    assertEquals(await run("true", good, "echo 2 passed, 0 failed"), [
      0,
      "6 passed, 0 failed",
    ]);
    const skipped = "echo 2 passed, 0 failed, 4 skipped";
    assertEquals(await run("true", skipped, skipped), [
      0,
      "5 passed, 0 failed, 8 skipped",
    ]);
    const bad = "echo 1 passed, 2 failed; exit 1";
    assertEquals(await run("false", good, bad), [1, "4 passed, 3 failed"]);
    assertEquals(await run("true", "exit 134", good), [
      1,
      "4 passed, 1 failed",
    ]);

    // A quarter of the tests runs on arm64, where that can be had.
    assertEquals(await run("true", good, good, "true", good), [
      0,
      "10 passed, 0 failed",
    ]);
    assertEquals(await run("true", good, good, "true", bad), [
      1,
      "8 passed, 2 failed",
    ]);
    const unreachable = "echo noise; echo no registry >&2; exit 1";
    assertEquals(await run("true", good, good, unreachable, bad), [
      0,
      "7 passed, 0 failed, 1 skipped",
    ]);
    assertStringIncludes(printed, "cannot run tests on arm64:\nnoise\nno reg");

    // What failed in the first run is said again after the second.
    Deno.writeTextFileSync(
      `${folder}/account`,
      `\x1b[1m ERRORS \x1b[0m\n\nmul => wrong\n\nFAILED | 1\n${
        "more\n".repeat(20)
      }`,
    );
    const failing = `cat ${folder}/account; echo 0 passed, 1 failed; exit 1`;
    assertEquals(await run("true", failing, good), [1, "4 passed, 1 failed"]);
    assertStringIncludes(
      printed.slice(printed.indexOf("3 passed, 0 failed\n")),
      "failed: ./dev test \n ERRORS \n\nmul => wrong\n\nFAILED | 1\n",
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("CI installs the shells that the tests need, if it may", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const bin = `${folder}/bin`;
    for (const path of [`${folder}/.ci`, bin]) Deno.mkdirSync(path);
    Deno.copyFileSync(`${ROOT}/.ci/run`, `${folder}/.ci/run`);
    for (
      const name of ["bash", "sh", "dirname", "mktemp", "rm", "tail", "tee"]
    ) {
      const path = which(name);
      if (path) Deno.symlinkSync(path, `${bin}/${name}`);
    }
    const log = `${folder}/log`;
    const script = (path: string, text: string) =>
      Deno.writeTextFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    script(`${bin}/apt-get`, `echo "$*" >>${log}; echo noise; exit $STATUS`);
    script(`${folder}/dev`, "echo 1 passed, 0 failed");
    const run = async (status: number) => {
      Deno.writeTextFileSync(log, "");
      const { code, stdout, stderr } = await finish(
        new Deno.Command(`${bin}/bash`, {
          args: [`${folder}/.ci/run`],
          env: { PATH: bin, STATUS: `${status}` },
          stdout: "piped",
          stderr: "piped",
        }).spawn(),
      );
      assertEquals(code, 0);
      assertEquals(stdout.includes("noise"), false);
      return { log: Deno.readTextFileSync(log), stderr };
    };
    if (Deno.uid() !== 0) {
      assertEquals(await run(0), { log: "", stderr: "" });
      return;
    }
    assertEquals(await run(0), {
      log: "update\ninstall --yes --no-install-recommends fish zsh\n",
      stderr: "",
    });
    assertEquals(await run(1), {
      log: "update\n",
      stderr: "cannot install fish zsh: noise\n",
    });
    // What is there is not installed.
    for (const name of ["fish", "zsh"]) script(`${bin}/${name}`, "exit 9");
    assertEquals(await run(0), { log: "", stderr: "" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
