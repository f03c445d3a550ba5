import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  execute,
  ireeOfSources,
  mustRun,
  TemporaryFolder,
  test,
} from "../support.ts";

/** Whether a shell is installed; bash must be. */
// CI has all shells, so a test whose shell is missing fails there.
async function isLacking(shell: string): Promise<boolean> {
  if (Deno.env.get("CI") === "true") return false;
  return (await execute("sh", ["-c", `command -v ${shell}`])).code !== 0;
}

async function script(shell: string, folder: TemporaryFolder): Promise<string> {
  const { code, stdout, stderr } = await ireeOfSources(["completions", shell]);
  assertEquals([code, stderr], [0, ""]);
  const path = folder.join(`completions.${shell}`);
  await Deno.writeTextFile(path, stdout);
  await Deno.writeTextFile(folder.join("a file.vmfb"), "");
  return path;
}

/** All command names in the help. */
async function commands(): Promise<string[]> {
  const { stdout } = await ireeOfSources(["--help"]);
  return [...stdout.split("\nFlags:")[0].matchAll(/^ {2}([a-z]+) {2}/gm)]
    .map(([, name]) => name);
}

/** Names of the flags in a command's help. */
async function flagsOf(command: string): Promise<string[]> {
  const { stdout } = await ireeOfSources([command, "--help"]);
  return [...stdout.matchAll(/^ {2}--([a-z0-9_]+)/gm)].map(([, name]) => name);
}

const CASES: readonly (readonly [line: string, completions: string[]])[] = [
  ["iree ru", ["run"]],
  ["iree --ver", ["--verbose", "--version"]],
  ["iree run --module_mode=", ["mmap", "preload"]],
  ["iree run --module_mode=p", ["preload"]],
  ["iree run --module=", ["a file.vmfb", "completions.bash"]],
  ["iree inspect a", ["a file.vmfb"]],
  ["iree help compl", ["completions"]],
  ["iree completions ", ["bash", "fish", "zsh"]],
  ["iree --verbose completions z", ["zsh"]],
  ["iree new ", ["app", "module"]],
  ["iree new module ", ["a file.vmfb", "completions.bash"]],
];

test("bash completes commands, flags, values and files", async () => {
  using folder = new TemporaryFolder();
  const path = await script("bash", folder);
  const complete = async (line: string) => {
    const code = 'source "$1"; COMP_LINE=$2 COMP_POINT=${#2}; _iree; ' +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const args = ["--norc", "-c", code, "bash", path, line];
    const stdout = await mustRun("bash", args, { cwd: folder.path });
    return stdout.split("\n").filter(Boolean).sort();
  };
  for (const [line, completions] of CASES) {
    assertEquals(await complete(line), completions, line);
  }
  const names = await commands();
  assertEquals(await complete("iree "), ["help", ...names].sort());
  for (const name of names) {
    const flags = (await complete(`iree ${name} --`))
      .map((flag) => flag.replace(/^--|=$/g, ""));
    const missing = (await flagsOf(name)).filter((it) => !flags.includes(it));
    assertEquals(missing, [], name);
    assert(flags.includes("verbose"));
  }
});

Deno.test({
  name: "fish completes commands, flags and values",
  ignore: await isLacking("fish"),
  async fn() {
    using folder = new TemporaryFolder();
    const path = await script("fish", folder);
    const complete = async (line: string) => {
      const code = `source '${path}'; complete -C '${line}'`;
      const stdout = await mustRun("fish", ["--no-config", "-c", code], {
        cwd: folder.path,
        env: { HOME: folder.path },
      });
      return stdout.split("\n").filter(Boolean)
        .map((text) => text.split("\t")[0]).sort();
    };
    assertEquals(await complete("iree "), ["help", ...await commands()].sort());
    assertEquals(await complete("iree run --module_mode="), [
      "--module_mode=mmap",
      "--module_mode=preload",
    ]);
    assertEquals(await complete("iree new "), ["app", "module"]);
    for (const name of await commands()) {
      const flags = await complete(`iree ${name} --`);
      const missing = (await flagsOf(name))
        .filter((it) => !flags.includes(`--${it}`));
      assertEquals(missing, [], name);
    }
  },
});

Deno.test({
  name: "zsh completes commands, flags and values",
  ignore: await isLacking("zsh"),
  async fn() {
    using folder = new TemporaryFolder();
    const path = await script("zsh", folder);
    // A shell on a terminal of its own, driven by keystrokes.
    const code = `zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "PS1= LISTMAX=999; autoload -Uz compinit; compinit -u -D"
      zpty -w z "source $1; print READY"
      while zpty -r z out && [[ $out != *READY* ]]; do :; done
      zpty -r z out
      for line words in "\${@:2}"; do
        zpty -w -n z "$line"$'\\t\\t'
        seen=
        for ((i = 0; i < 1800; i++)); do
          while zpty -r -t z out; do seen+=$out; done
          missing=()
          for word in \${=words}; do
            [[ $seen == *$word* ]] || missing+=$word
          done
          (($#missing)) || break
          sleep 0.1
        done
        print -r -- "$line: $missing"
        zpty -w -n z $'\\C-u'
      done
      zpty -d z`;
    const lines = {
      "iree ": (await commands()).join(" "),
      "iree run --module_mode=": "mmap preload",
      "iree new ": "app module",
    };
    const args = ["-fc", code, "zsh", path, ...Object.entries(lines).flat()];
    const printed = await mustRun("zsh", args, {
      cwd: folder.path,
      env: { HOME: folder.path, TERM: "dumb" },
    });
    // Each line, and the completions that it lacked.
    const expected = Object.keys(lines).map((line) => `${line}: `);
    assertEquals(printed.split("\n").filter(Boolean), expected);
  },
});

test("Shells without a completion script are rejected", async () => {
  for (const args of [[], ["tcsh"], ["bash", "zsh"], ["toString"]]) {
    const { code, stderr } = await ireeOfSources(["completions", ...args]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "the shell must be one of bash, zsh, fish");
  }
});
