import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path";
import { hostModule, IreeError, load, type LoadedProgram } from "../../mod.ts";
import { execute, failureOf, program, ROOT, test } from "../support.ts";
import { UNUSED } from "./support.ts";

test("A function cannot call the context that called it", async () => {
  const codes: unknown[] = [];
  const holder: { called?: LoadedProgram } = {};
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b) => {
        try {
          holder.called!.call("mix", 1n, 1, 1, 0, 0);
        } catch (error) {
          codes.push((error as IreeError).code);
        }
        return a + b;
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  holder.called = loaded as LoadedProgram;
  assertEquals(loaded.sum(1, 2), 5);
  assertEquals(await loaded.callAsync("sum", 1, 2), 5);
  assertEquals(codes, Array(4).fill("FAILED_PRECONDITION"));
});

test("A function that awaits its own context is rejected", async () => {
  const holder: { called?: LoadedProgram } = {};
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: async (a, b) => {
        await Promise.resolve();
        return a + Number(await holder.called!.callAsync("sum", a, b));
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  holder.called = loaded as LoadedProgram;
  const error = await failureOf(loaded.callAsync("sum", 1, 2));
  assertEquals(error.code, "FAILED_PRECONDITION");
});

test("A function calls other programs, 50 deep", async () => {
  const path = await program("host.mlir");
  using stack = new DisposableStack();
  let next: LoadedProgram | undefined;
  for (let depth = 0; depth < 50; depth++) {
    const inner = next;
    const host = hostModule("host", {
      ...UNUSED,
      add: {
        types: "(i32, i32) -> i32",
        call: (a, b) =>
          inner === undefined || b === 0
            ? a + b
            : Number(inner.call("sum", a, 0)) + b,
      },
    });
    next = stack.use(load({ modules: [host, path] })) as LoadedProgram;
  }
  assertEquals(next!.call("sum", 1, 2), 5);
});

test("A wrong result is rejected and named", async () => {
  let result: unknown;
  const host = hostModule("host", {
    ...UNUSED,
    add: { types: "(i32, i32) -> i32", call: () => result as number },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  for (const wrong of [2 ** 40, 1.5, "1", undefined, 1n]) {
    result = wrong;
    const error = assertThrows(() => loaded.sum(1, 2), IreeError);
    assertEquals(error.code, "INVALID_ARGUMENT");
    assertMatch(error.message, /result 0 of 'host\.add' must be/);
  }
});

test("A stack overflow in a function is an error", async () => {
  const host = hostModule("host", {
    ...UNUSED,
    add: {
      types: "(i32, i32) -> i32",
      call: (a, b) => {
        const recurse = (n: number): number => 1 + recurse(n + 1);
        return recurse(a + b);
      },
    },
  });
  using loaded = load({ modules: [host, await program("host.mlir")] });
  const error = assertThrows(() => loaded.sum(1, 2), IreeError);
  assertEquals((error.cause as Error).constructor, RangeError);
});

/** Runs a script in a process of its own. */
async function runScript(script: string, ...flags: string[]) {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/script.ts`;
  const path = await program("host.mlir");
  await Deno.writeTextFile(
    file,
    `import { hostModule, load } from ${
      JSON.stringify(toFileUrl(`${ROOT}/mod.ts`).href)
    };
const path = ${JSON.stringify(path)};
const module = (call: (a: number, b: number) => number | Promise<number>) =>
  hostModule("host", {
    add: { types: "(i32, i32) -> i32", call },
    mix: {
      types: "(i64, f32, f64, i1, i8) -> (i64, f32, f64, i1, i8)",
      call: (a, b, c, d, e) => [a, b, c, d, e] as const,
    },
    scale: { types: "(tensor<?xf32>, f32) -> tensor<?xf32>", call: () => [0] },
  });
${script}
`,
  );
  try {
    return await execute(Deno.execPath(), [
      "run",
      "--no-check",
      `--import-map=${ROOT}/tests/offline/import_map.json`,
      ...(flags.length > 0 ? flags : ["-A"]),
      file,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Deno.exit in a function ends the process with its status", async () => {
  for (
    const way of [
      'program.call("sum", 1, 2)',
      'await program.callAsync("sum", 1, 2)',
    ]
  ) {
    const { code, stderr } = await runScript(`
const program = load({ modules: [module(() => Deno.exit(7)), path] });
${way};`);
    assertEquals([code, stderr], [7, ""], way);
  }
});

Deno.test("A worker is terminated while a program waits for its function", async () => {
  const { code, stdout, stderr } = await runScript(`
if (globalThis.name !== "inner") {
  const worker = new Worker(import.meta.url, { type: "module", name: "inner" });
  const { promise, resolve } = Promise.withResolvers();
  worker.onmessage = resolve;
  await promise;
  worker.terminate();
  const program = load({ modules: [module((a, b) => a + b), path] });
  console.log(program.call("sum", 1, 2));
} else {
  const wait = () => {
    postMessage(0);
    return new Promise<number>(() => {});
  };
  const program = load({ modules: [module(wait), path] });
  await program.callAsync("sum", 1, 2);
}`);
  assertEquals([code, stdout, stderr], [0, "5\n", ""]);
});

// Each ends the worker while the function is on the stack, or its promise is
// pending; a program of the main thread then calls a function. Deno itself does
// not end a worker whose code never returns to its event loop.
Deno.test("A worker ends while its function is being called", async () => {
  const ways = {
    "terminated, blocking calls": [
      "(a, b) => { postMessage(0); return a + b; }",
      'for (;;) { program.call("sum", 1, 2); await new Promise(setTimeout); }',
    ],
    "terminated, asynchronous calls": [
      "(a, b) => { postMessage(0); return a + b; }",
      'for (;;) await program.callAsync("sum", 1, 2)',
    ],
    "closed, blocking call": [
      "(a, b) => { postMessage(0); close(); return a + b; }",
      'program.call("sum", 1, 2)',
    ],
    "closed, asynchronous call": [
      "(a, b) => { postMessage(0); close(); return a + b; }",
      'await program.callAsync("sum", 1, 2)',
    ],
    "closed while it is pending": [
      "() => { postMessage(0); close(); return new Promise<number>(() => {}); }",
      'await program.callAsync("sum", 1, 2)',
    ],
    "failed, blocking call": [
      "(a, b) => { setTimeout(() => { throw new Error('late'); }); postMessage(0); return a + b; }",
      'program.call("sum", 1, 2)',
    ],
  };
  for (const [way, [call, body]] of Object.entries(ways)) {
    const { code, stdout, stderr } = await runScript(`
if (globalThis.name !== "inner") {
  const worker = new Worker(import.meta.url, { type: "module", name: "inner" });
  const called = Promise.withResolvers();
  worker.onmessage = called.resolve;
  worker.onerror = (event) => event.preventDefault();
  await called.promise;
  worker.terminate();
  const program = load({ modules: [module((a, b) => a + b), path] });
  console.log(program.call("sum", 1, 2), await program.callAsync("sum", 3, 4));
} else {
  const program = load({ modules: [module(${call}), path] });
  ${body};
}`);
    assertEquals([code, stdout], [0, "5 11\n"], `${way}: ${stderr}`);
  }
});

Deno.test("Without unrestricted --allow-ffi, nothing is created", async () => {
  const library = Deno.env.get("IREE_RUNTIME_LIBRARY")!;
  const { stdout } = await runScript(
    `try {
  load({ modules: [module((a, b) => a + b), path], library: ${
      JSON.stringify(library)
    } });
} catch (error) {
  console.log(error.message);
}`,
    `--allow-ffi=${library}`,
    "--allow-read",
  );
  assertMatch(stdout, /^PERMISSION_DENIED: modules written in TypeScript/);
});
