/**
 * The uses of docs/permissions.md by row, with the permissions that each needs.
 *
 * @module
 */

import { dirname, join } from "@std/path";
import { Device, Instance, ParameterIndex, runtime } from "../../mod.ts";
import { writeNpy } from "../../lib/npy/mod.ts";
import { ProfileCapture } from "../../lib/profile/mod.ts";
import { importGrpc } from "../../lib/serve/grpc/grpc_library.ts";
import { COMPILER, fixture, TWICE } from "../compiler/support.ts";
import { smallArchive } from "../cli/archives.ts";
import { byteVocabulary } from "../language/texts.ts";
import { tinyModel, writeGguf } from "../language/tiny_models.ts";
import { byteTokenizer, fileOf } from "../tokenizer/made_tokenizers.ts";
import {
  CACHE_VARIABLES,
  DENO_DIR,
  inCache,
  LIBRARY,
  nativeModule,
  program,
  ROOT,
  TemporaryFolder,
} from "../support.ts";

const arithmetic = await program("arithmetic.mlir");
const echo = await program("echo.mlir");
const single = await program("single.mlir");
const plugin = await nativeModule("fixtures/plugin.cc");
const types = await nativeModule("fixtures/types_module.cc");
const bytes = Array.from(await Deno.readFile(single)).join(",");

const parameters = await program("parameters.mlir");
const archives = Deno.makeTempDirSync({ prefix: "iree_deno_" });
const archive = join(archives, "model.irpa");
{
  using instance = Instance.open();
  using index = ParameterIndex.create(instance);
  index.addData("weight", new Float32Array(4));
  index.addData("state", new Int32Array(4));
  index.addSplat("scale", 16, new Uint8Array(1));
  index.writeArchive(archive);
}

const bundle = join(archives, "device.ireeprof");
{
  using instance = Instance.open();
  using device = Device.create(instance, "local-sync");
  using capture = ProfileCapture.begin([device]);
  Deno.writeFileSync(bundle, capture.end());
}

/** Links that point elsewhere, as model caches have them. */
const linked = new TemporaryFolder();
globalThis.addEventListener("unload", () => linked[Symbol.dispose]());
const links = {
  vmfb: linked.join("link.vmfb"),
  so: linked.join("link.so"),
  irpa: linked.join("link.irpa"),
};
await Deno.symlink(arithmetic, links.vmfb);
await Deno.symlink(types, links.so);
await Deno.symlink(archive, links.irpa);

const CORE = `--allow-ffi=${LIBRARY}`;
/** What a program without a named library needs. */
export const ENV = "--allow-env=IREE_RUNTIME_LIBRARY";
/** Deno starts no programs by name with LD_PRELOAD, which a sanitizer needs. */
const RUN = Deno.env.has("LD_PRELOAD")
  ? "--allow-run"
  : `--allow-run=${Deno.execPath()}`;
const quoted = (text: string) => JSON.stringify(text);

const languageModel = Deno.makeTempFileSync({
  prefix: "iree_deno_",
  suffix: ".gguf",
});
await writeGguf(languageModel, tinyModel(), { metadata: byteVocabulary() });

const LANGUAGE = quoted(import.meta.resolve("../../lib/language/mod.ts"));

const ENTRY = quoted(import.meta.resolve("../../lib/compiler/mod.ts"));

const SERVE = quoted(import.meta.resolve("../../lib/serve/mod.ts"));

/** The variables that the package for gRPC reads, as the page lists them. */
const GRPC_VARIABLES = await grpcVariables();

/** Downloads the package, where a registry can be reached. */
const hasGrpc = await canImportGrpc();

/** Code that calls `compile`. */
function compiling(args: string): string {
  return `const { compile } = await import(${ENTRY});` +
    `{ const library = ${quoted(COMPILER)}; await compile(${args}); }`;
}

/** A row of the table. */
export interface Line {
  /** All permissions that it needs. */
  readonly needs: readonly string[];
  /** Code that uses it, or arguments of the command line. */
  readonly use: string | readonly string[];
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** Additional environment variables. */
  readonly env?: Record<string, string>;
  /** Whether it cannot be tried here. */
  readonly isIgnored?: boolean;
}

/** A user's cache with the library in it. */
const cache = new TemporaryFolder();
globalThis.addEventListener("unload", () => cache[Symbol.dispose]());
const cached = cache.join(
  `iree-deno/library/${runtime.packageVersion}-${Deno.build.target}`,
  runtime.platform!.library,
);
await Deno.mkdir(dirname(cached), { recursive: true });
await Deno.copyFile(LIBRARY, cached);

const flagfile = Deno.makeTempFileSync({ prefix: "iree_deno_" });
const written = Deno.makeTempFileSync({ prefix: "iree_deno_" });
Deno.writeTextFileSync(flagfile, `--module=${single}\n--input=21\n`);

const npy = Deno.makeTempFileSync({ prefix: "iree_deno_", suffix: ".npy" });
writeNpy(npy, new Float32Array(4));

const tokenizer = Deno.makeTempFileSync({
  prefix: "iree_deno_",
  suffix: ".json",
});
Deno.writeFileSync(tokenizer, fileOf(byteTokenizer()));

/** Another user's cache, and an archive to install into it. */
const setupCache = new TemporaryFolder();
globalThis.addEventListener("unload", () => setupCache[Symbol.dispose]());
const { bytes: archiveBytes, sha256 } = await smallArchive();
const installable = setupCache.join("archive.tar.gz");
const installations = setupCache.join("iree-deno/library");
await Deno.writeFile(installable, archiveBytes);

/** The rows by their first column. */
export const LINES: Readonly<Record<string, Line>> = {
  "importing the package": { needs: [], use: "iree.runtime.libraryPath;" },
  "`Instance.open({ library })`": {
    needs: [CORE],
    use: "using i = iree.Instance.open({ library });",
  },
  "`Instance.open()`, `load` without the option `library`": {
    needs: [CORE, ENV],
    use: "using i = iree.Instance.open();" +
      `using p = iree.load({ modules: [new Uint8Array([${bytes}])] });`,
  },
  "the same, with the library in the cache of the user": {
    needs: [
      `--allow-ffi=${cached}`,
      `--allow-env=${CACHE_VARIABLES}`,
      `--allow-read=${cached}`,
    ],
    use: "using i = iree.Instance.open();",
    env: { IREE_RUNTIME_LIBRARY: "", ...inCache(cache.path), DENO_DIR },
  },
  "`runtime.statistics`, `runtime.version`": {
    needs: [CORE],
    use: "iree.runtime.version(library); iree.runtime.statistics;",
  },
  "`Device.create`, `HalModule.create`, `BuiltinModule.create`": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      using d = iree.Device.create(i, "local-task");
      using h = iree.HalModule.create(i, d);
      using b = iree.BuiltinModule.create(i, "hal_loader");`,
  },
  "`Device.createGroup`, all options and members of `Device`": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      const uris = ["local-task", "local-sync"];
      const devices = iree.Device.createGroup(i, uris, {
        allocators: ["debug", "caching"],
        topology: { cpuIds: [0] },
        worker: { localMemory: 4096 },
      });
      using h = iree.HalModule.create(i, devices);
      for (const device of devices) {
        device.queryI64("hal.device", "concurrency");
        device.formatStatistics();
        if (device.memoryHeaps.length !== 1) throw new Error("wrong");
        device.trim();
        device.waitIdle();
        await device.waitIdleAsync();
        device.dispose();
      }`,
  },
  "`listDrivers`, `listDevices`, `probeDrivers`, `listTaskTopologies`": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      iree.probeDrivers(i, { details: true });
      iree.listDevices(i);
      iree.listTaskTopologies(i, { nodes: "all" });`,
  },
  "`BytecodeModule.fromBytes`, `load` of bytes": {
    needs: [CORE],
    use: `const bytes = new Uint8Array([${bytes}]);
      using i = iree.Instance.open({ library });
      using m = iree.BytecodeModule.fromBytes(i, bytes);
      using p = iree.load({ modules: [bytes], library });
      if (p.double(21) !== 42) throw new Error("wrong");`,
  },
  "`load` of `-`": {
    needs: [CORE],
    use: `using p = iree.load({ modules: ["-"], library });
      if (p.double(21) !== 42) throw new Error("wrong");`,
    stdin: await Deno.readFile(single),
  },
  "`BytecodeModule.fromFile`, `load` of the path of a `.vmfb`": {
    needs: [CORE, `--allow-read=${arithmetic}`],
    use: `using i = iree.Instance.open({ library });
      using m = iree.BytecodeModule.fromFile(i, ${quoted(arithmetic)});
      using p = iree.load({ modules: [${quoted(arithmetic)}], library });`,
  },
  "`DynamicModule.load`, `load` of a native library": {
    needs: [`${CORE},${types}`],
    use: `using i = iree.Instance.open({ library });
      using m = iree.DynamicModule.load(i, ${quoted(types)});
      using p = iree.load({ modules: [${quoted(types)}], library });`,
  },
  "the same with symbolic links to programs, libraries and parameters": {
    needs: [`${CORE},${links.so}`, `--allow-read=${links.vmfb},${links.irpa}`],
    use: `using i = iree.Instance.open({ library });
      using t = iree.DynamicModule.load(i, ${quoted(links.so)});
      using index = iree.ParameterIndex.fromFile(i, ${quoted(links.irpa)});
      using m = iree.BytecodeModule.fromFile(i, ${quoted(links.vmfb)});`,
  },
  "`ParameterIndex.create`, `addData`, `addSplat`, `ParametersModule.create`": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      using index = iree.ParameterIndex.create(i);
      index.addData("a", new Float32Array(4));
      index.addSplat("b", 8, new Uint8Array(1));
      using m = iree.ParametersModule.create(i, [{ scope: "", index }]);`,
  },
  "`ParameterIndex.fromFile`, `addFile`, `read`, `load` with `parameters`": {
    needs: [CORE, `--allow-read=${parameters},${archive}`],
    use: `using i = iree.Instance.open({ library });
      for (const mode of ["file", "preload", "mmap"]) {
        using index = iree.ParameterIndex.fromFile(i, ${quoted(archive)});
        index.read("weight");
        using p = iree.load({
          modules: [${quoted(parameters)}],
          parameters: "model=" + ${quoted(archive)},
          parameterMode: mode,
          library,
        });
      }`,
  },
  '`ParameterIndex.addFile` with `writable: "file"`': {
    needs: [CORE, `--allow-read=${archive}`, `--allow-write=${archive}`],
    use: `using i = iree.Instance.open({ library });
      using index = iree.ParameterIndex.create(i);
      index.addFile(${quoted(archive)}, { writable: "file" });`,
  },
  "`ParameterIndex.writeArchive`, `writeArchiveAsync`": {
    needs: [CORE, `--allow-read=${archives}`, `--allow-write=${archives}`],
    use: `using i = iree.Instance.open({ library });
      using index = iree.ParameterIndex.create(i);
      index.writeArchive(${quoted(join(archives, "written.irpa"))});`,
  },
  "`Context.create`, calls, `List`, `VmBuffer`, `BufferView`, `VmRef`": {
    needs: [`${CORE},${types}`],
    use: `using i = iree.Instance.open({ library });
      using m = iree.DynamicModule.load(i, ${quoted(types)});
      using c = iree.Context.create(i, [m]);
      const call = (name, ...values) => {
        using f = c.lookupFunction("types." + name);
        return f.call(...values);
      };
      using list = call("make_list");
      using buffer = call("make_buffer");
      using view = call("make_buffer_view");
      using counter = call("counter_create", 1);
      list.size; buffer.toText(); view.format(); counter.typeName;`,
  },
  "`parseTensor`, `compareTensors`, `copyToHost`, `Profiling`, `Watchdog`": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      using w = iree.Watchdog.start(i, 60_000, "");
      using d = iree.Device.create(i, "local-sync");
      using p = iree.Profiling.begin(d);
      using t = iree.parseTensor(d, "2xf32=1 2");
      iree.compareTensors(t, t);
      using l = iree.List.from(i, [t]);
      iree.copyToHost(l, d);
      p.end();`,
  },
  "`program.profile`, `ProfileCapture`, `reportProfile` of bytes": {
    needs: [CORE],
    use: `using i = iree.Instance.open({ library });
      using d = iree.Device.create(i, "local-sync");
      using c = iree.ProfileCapture.begin([d]);
      iree.reportProfile(c.end(), "summary", { library });`,
  },
  "`Recording.begin`": {
    needs: [CORE, `--allow-write=${written}`],
    use: `using i = iree.Instance.open({ library });
      using recording = iree.Recording.begin(i, ${quoted(written)});
      recording.end();`,
  },
  "`setIreeFlags` with a plugin for executables": {
    needs: [`${CORE},${plugin}`],
    use: `using i = iree.Instance.open({ library });
      iree.setIreeFlags(i, { executable_plugin: ${quoted(plugin)} });`,
  },
  "`setIreeFlags` with a file for a profile or a capture": {
    needs: [CORE, `--allow-write=${written}`],
    use: `using i = iree.Instance.open({ library });
      iree.setIreeFlags(i, {
        device_profiling_output: ${quoted(written)},
        device_capture_file: ${quoted(written)},
      });`,
  },
  "`setIreeFlags` with a path for Vulkan's library": {
    needs: [`${CORE},${plugin}`],
    use: `using i = iree.Instance.open({ library });
      iree.setIreeFlags(i, {
        vulkan_libvulkan_search_path: ${quoted(plugin)},
      });`,
  },
  "`BufferView.map`": {
    needs: ["--allow-ffi"],
    use: `using i = iree.Instance.open({ library });
      using d = iree.Device.create(i, "local-sync");
      using view = iree.BufferView.from(d, new Float32Array([1]));
      view.map().dispose();`,
  },
  "`hostModule` with `load`, `hostType`": {
    needs: ["--allow-ffi"],
    use: `const host = iree.hostModule("host", {});
      iree.load({ library, modules: [host] }).dispose();`,
  },
  "`load` with `traceTensors`, or with `parameters` that a function reads": {
    needs: ["--allow-ffi"],
    use: `using i = iree.Instance.open({ library });
      const read = () => undefined;
      iree.BuiltinModule.create(i, "hal_inline", read).dispose();
      iree.ParametersModule.create(i, [{ scope: "", read }]).dispose();`,
  },
  "`decodeNpy`, `encodeNpy`": {
    needs: [],
    use: "iree.decodeNpy(iree.encodeNpy(new Float32Array(4)));",
  },
  "`readNpy`, `NpyFile.open`": {
    needs: [`--allow-read=${npy}`],
    use: `iree.readNpy(${quoted(npy)});
      iree.NpyFile.open(${quoted(npy)}).dispose();`,
  },
  "`writeNpy`": {
    needs: [`--allow-write=${npy}`],
    use: `iree.writeNpy(${quoted(npy)}, new Float32Array(4));`,
  },
  "`inspect`, `inspectProgram` of bytes": {
    needs: [],
    use: `const bytes = new Uint8Array([${bytes}]);
      if (iree.inspect(bytes).name !== "single") throw new Error("wrong");
      iree.formatProgramTypes(iree.inspectProgram(bytes));`,
  },
  "`inspect`, `inspectProgram` of the path of a file": {
    needs: [`--allow-read=${arithmetic},${types}`],
    use: `iree.inspectProgram(${quoted(arithmetic)});
      iree.inspect(${quoted(types)});`,
  },
  "`compile` of text with the options `library` and `isolate: false`": {
    needs: [`--allow-ffi=${COMPILER}`],
    use: compiling(`${quoted(TWICE)}, { library, isolate: false }`),
  },
  "the same in a child process": {
    needs: [`--allow-ffi=${COMPILER}`, RUN],
    use: compiling(`${quoted(TWICE)}, { library }`),
  },
  "the same without the option `library`": {
    needs: [
      `--allow-ffi=${COMPILER}`,
      RUN,
      "--allow-env=IREE_COMPILER_LIBRARY",
    ],
    use: compiling(quoted(TWICE)),
    env: { IREE_COMPILER_LIBRARY: COMPILER },
  },
  "the same with the path of a file": {
    needs: [
      `--allow-ffi=${COMPILER}`,
      RUN,
      "--allow-env=IREE_COMPILER_LIBRARY",
      `--allow-read=${fixture("mul.mlir")}`,
    ],
    use: compiling(quoted(fixture("mul.mlir"))),
    env: { IREE_COMPILER_LIBRARY: COMPILER },
  },
  "`loadModel` of the path of a `.mlir`": {
    needs: [
      `--allow-ffi=${COMPILER},${LIBRARY}`,
      RUN,
      "--allow-env=IREE_COMPILER_LIBRARY",
      `--allow-read=${fixture("mul.mlir")}`,
    ],
    use: `const { loadModel } = await import(${ENTRY});` +
      `(await loadModel(${
        quoted(fixture("mul.mlir"))
      }, { library })).dispose();`,
    env: { IREE_COMPILER_LIBRARY: COMPILER },
  },
  "`loadModel` of the path of a `.vmfb` with the option `watch`": {
    needs: [CORE, `--allow-read=${arithmetic}`],
    use: `const { loadModel } = await import(${ENTRY});
      const options = { watch: true, library };
      (await loadModel(${quoted(arithmetic)}, options)).dispose();`,
  },
  "`LanguageModel.load`, with `isolate: false` in the option `compile`": {
    needs: [
      `--allow-ffi=${COMPILER},${LIBRARY}`,
      `--allow-read=${languageModel}`,
    ],
    use: `const { LanguageModel } = await import(${LANGUAGE});
      using model = await LanguageModel.load(${quoted(languageModel)}, {
        ...{ library, device: "local-sync", chunk: 1 },
        compile: {
          ...{ library: ${quoted(COMPILER)}, isolate: false },
          target: "generic",
        },
      });
      await model.generate("low", { maxTokens: 1 }).text();`,
  },
  "`Tokenizer.fromFile`": {
    needs: [CORE, `--allow-read=${tokenizer}`],
    use: `const path = ${quoted(tokenizer)};
      iree.Tokenizer.fromFile(path, { library }).encode("hello");`,
  },
  "`Tokenizer.fromBytes`": {
    needs: [CORE],
    use: `const json = ${quoted(JSON.stringify(byteTokenizer()))};
      const bytes = new TextEncoder().encode(json);
      iree.Tokenizer.fromBytes(bytes, { library }).encode("hello");`,
  },
  "`ModelServer.listen`": {
    needs: ["--allow-net=127.0.0.1"],
    use: `const { ModelServer } = await import(${SERVE});
      await new ModelServer().listen({ port: 0 }).shutdown(1000);`,
  },
  "`ModelServer.listenGrpc`": {
    needs: ["--allow-net=127.0.0.1", `--allow-env=${GRPC_VARIABLES}`],
    use: `const { ModelServer } = await import(${SERVE});
      const server = new ModelServer();
      await (await server.listenGrpc({ port: 0 })).shutdown(1000);`,
    isIgnored: !hasGrpc,
  },
  "`iree run` with the modules above": {
    needs: [`${CORE},${types}`, ENV, `--allow-read=${arithmetic}`],
    use: [
      "run",
      `--module=${types}`,
      `--module=${arithmetic}`,
      "--function=add_i32",
      "--input=1",
      "--input=2",
    ],
  },
  "`iree parameters dump`": {
    needs: [CORE, ENV, `--allow-read=${archive}`],
    use: ["parameters", "dump", archive],
  },
  "`iree parameters convert`, `iree parameters create`": {
    needs: [
      CORE,
      ENV,
      `--allow-read=${archives}`,
      `--allow-write=${archives}`,
    ],
    use: [
      "parameters",
      "convert",
      archive,
      `--output=${join(archives, "converted.irpa")}`,
    ],
  },
  "`iree run --flagfile=FILE`": {
    needs: [CORE, ENV, `--allow-read=${flagfile},${single}`],
    use: ["run", `--flagfile=${flagfile}`],
  },
  "`iree run` with inputs or outputs that are files": {
    needs: [
      CORE,
      ENV,
      `--allow-read=${echo},${npy}`,
      `--allow-write=${written}`,
    ],
    use: [
      "run",
      echo,
      "--function=view",
      `--input=@${npy}`,
      `--output=@${written}`,
    ],
  },
  "`iree devices`": {
    needs: [CORE, ENV],
    use: ["devices", "--details", "--topologies", "--json"],
  },
  "`iree inspect FILE…`, `iree inspect --types FILE`": {
    needs: [`--allow-read=${arithmetic},${types}`],
    use: ["inspect", arithmetic, types],
  },
  "`iree disassemble FILE`": {
    needs: [CORE, ENV, `--allow-read=${arithmetic}`],
    use: ["disassemble", arithmetic],
  },
  "`iree tokenize --tokenizer=FILE`": {
    needs: [CORE, ENV, `--allow-read=${tokenizer}`],
    use: ["tokenize", `--tokenizer=${tokenizer}`, "hello"],
  },
  "`iree profile FILE`, `iree replay dump FILE`": {
    needs: [CORE, ENV, `--allow-read=${bundle}`],
    use: ["profile", bundle],
  },
  "`iree benchmark` with the modules above": {
    needs: [`${CORE},${types}`, ENV, `--allow-read=${arithmetic}`],
    use: [
      "benchmark",
      `--module=${types}`,
      `--module=${arithmetic}`,
      "--function=add_i32",
      "--input=1",
      "--input=2",
      "--benchmark_min_time=1x",
      "--benchmark_format=json",
    ],
  },
  "`iree inspect --load LIBRARY`": {
    needs: [`${CORE},${types}`, ENV, `--allow-read=${types}`],
    use: ["inspect", "--load", types],
  },
  "`iree inspect --output=FILE`": {
    needs: [`--allow-write=${written}`, `--allow-read=${single}`],
    use: ["inspect", "--types", `--output=${written}`, single],
  },
  "`iree setup --from=FILE`": {
    needs: [
      `--allow-env=${CACHE_VARIABLES}`,
      `--allow-read=${installable},${installations}`,
      `--allow-write=${installations}`,
    ],
    use: ["setup", `--from=${installable}`, `--sha256=${sha256}`],
    env: { ...inCache(setupCache.path), DENO_DIR },
  },
};

async function grpcVariables(): Promise<string> {
  const page = await Deno.readTextFile(join(ROOT, "docs/serving.md"));
  return [...page.matchAll(/^GRPC_\w+$/gm)].join(",");
}

async function canImportGrpc(): Promise<boolean> {
  try {
    await importGrpc();
    return true;
  } catch (error) {
    console.warn(`no gRPC: ${error}`);
    return false;
  }
}
