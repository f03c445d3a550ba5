import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { inspectProgram } from "../../lib/inspect/mod.ts";
import {
  LanguageModel,
  type LanguageModelOptions,
} from "../../lib/language/mod.ts";
import { failureOf, test } from "../support.ts";
import { assertLogits, inFolder, SMALL, someTokens } from "./support.ts";
import { tinyModel, writeFolder } from "./tiny_models.ts";

/** A recipe that makes other programs than the default one. */
const LOOPS = {
  name: "loops",
  flags: ["--iree-llvmcpu-loop-unrolling"],
  reason: "a test",
};

/** As long as it takes, on one device only. */
const LONG = { seconds: 3000, compileSeconds: 1000, workers: 1 };

/** Names of the recipes that were tried for each program in a cache of its own. */
async function triedRecipes(programs: string): Promise<string[][]> {
  const tried: string[][] = [];
  for await (const { name } of Deno.readDir(programs)) {
    if (!name.endsWith(".vmfb")) continue;
    const bytes = await Deno.readFile(join(programs, name));
    const { tuning } = inspectProgram(bytes);
    if (tuning === undefined) continue;
    const { function: measured, trials, skipped } = tuning;
    assertEquals(measured, "step");
    // On some CPUs, a recipe makes the same program of so small a model.
    for (const { reason } of skipped) assertMatch(reason, /the same program/);
    const names = [...trials, ...skipped].map(({ recipe }) => recipe);
    tried.push([...new Set(names)].sort());
  }
  return tried;
}

async function removeUntuned(programs: string): Promise<void> {
  for (const { name } of [...Deno.readDirSync(programs)]) {
    if (!name.endsWith(".vmfb")) continue;
    const path = join(programs, name);
    const { tuning } = inspectProgram(await Deno.readFile(path));
    if (tuning === undefined) await Deno.remove(path);
  }
}

test("A tuned model has a program of its own flags for each step, and keeps them", async () => {
  await inFolder(async (folder) => {
    const cache = join(Deno.env.get("XDG_CACHE_HOME")!, "iree-deno");
    const programs = join(cache, "programs");
    await Deno.remove(programs);
    await writeFolder(folder, tinyModel());
    const phases: string[] = [];
    const options = {
      ...SMALL,
      tune: { recipes: [LOOPS], ...LONG },
      onProgress: ({ phase }: { phase: string }) => phases.push(phase),
    };
    await assertLogits(folder, folder, options, 1e-4);
    // A step for a single token, and one for a part of a prompt.
    assertEquals(phases, ["compile", "tune", "tune"]);
    const both = ["default", "loops"];
    assertEquals(await triedRecipes(programs), [both, both]);
    // Later loads use them, whatever options they have that do not change programs;
    // no other program is left.
    await removeUntuned(programs);
    const files = [...Deno.readDirSync(programs)].map(({ name }) => name);
    const { library, target } = options.compile!;
    const others: readonly LanguageModelOptions[] = [
      { tune: true },
      { tune: undefined },
      { tune: { seconds: 1 } },
      { contextLength: 32 },
      { device: "local-task" },
      // Flags of the same meaning, and what is only reported.
      { compile: { library, target, flags: [], onDiagnostic: () => {} } },
    ];
    for (const other of others) {
      using model = await LanguageModel.load(folder, { ...options, ...other });
      using session = model.session();
      assert((await session.append(someTokens(3))).length > 0);
      const answer = model.generate(someTokens(2), { maxTokens: 2, seed: 1 });
      assertEquals((await Array.fromAsync(answer)).length, 2);
    }
    assertEquals(phases.slice(3), others.map(() => "compile"));
    const later = [...Deno.readDirSync(programs)].map(({ name }) => name);
    assertEquals(later.sort(), files.sort());
  });
});

test("Tuning with integers keeps the flags that they need", async () => {
  await inFolder(async (folder) => {
    const cache = join(Deno.env.get("XDG_CACHE_HOME")!, "iree-deno");
    const programs = join(cache, "programs");
    await Deno.remove(programs);
    await writeFolder(folder, tinyModel());
    const microkernels = {
      ...LOOPS,
      flags: [...LOOPS.flags, "--iree-llvmcpu-enable-ukernels=all"],
    };
    const tune = { recipes: [microkernels], ...LONG };
    const options = { ...SMALL, chunk: 1, weights: "int8", tune } as const;
    await assertLogits(folder, folder, options, 2e-3);
    assertEquals(await triedRecipes(programs), [["default", "loops"]]);
  });
});

test("Wrong options for tuning are named before anything is converted", async () => {
  await inFolder(async (folder) => {
    await writeFolder(folder, tinyModel());
    for (
      const [tune, message] of [
        [{ second: 1 }, /tune must be among .*, got 'second'/],
        [{ seconds: -1 }, /seconds must be a number from 0, got the number -1/],
        ["yes", /tune must be a boolean or an object/],
      ] as const
    ) {
      const phases: string[] = [];
      const error = await failureOf(LanguageModel.load(folder, {
        ...SMALL,
        weights: "int8",
        tune: tune as unknown as boolean,
        onProgress: ({ phase }) => phases.push(phase),
      }));
      assertEquals(error.code, "INVALID_ARGUMENT");
      assertMatch(error.message, message);
      assertEquals(phases, []);
    }
  });
});
