/**
 * Objects of all classes.
 *
 * @module
 */

import { api } from "./entries.ts";
import { byteTokenizer, fileOf } from "../tokenizer/made_tokenizers.ts";
import { tinyModel, writeFolder } from "../language/tiny_models.ts";
import { Hosted } from "./hosted.ts";

/** Programs and libraries that a process was given. */
export interface Fixtures {
  /** A program that multiplies two tensors 4xf32. */
  readonly program: string;
  /** A program with functions of scalars. */
  readonly arithmetic: string;
  /** A native module. */
  readonly library: string;
  /** Name of its creation function. */
  readonly exportName: string;
  /** A program with functions of structures. */
  readonly structures: string;
  /** A program that calls a host module. */
  readonly host: string;
  /** The compiler's library. */
  readonly compiler: string;
}

/** Live objects of all classes by name. */
export type Things = Awaited<ReturnType<typeof makeThings>>;

/**
 * Makes an object of every class.
 *
 * @param fixtures What is loaded.
 * @param stack Disposes them.
 */
export async function makeThings(
  fixtures: Fixtures,
  stack: AsyncDisposableStack,
) {
  const instance = stack.use(api.Instance.open());
  const device = stack.use(api.Device.create(instance, "local-sync"));
  const list = stack.use(api.List.from(instance, [1, 2n, null]));
  const buffer = stack.use(
    api.VmBuffer.from(instance, new TextEncoder().encode("text")),
  );
  const view = stack.use(
    api.BufferView.from(device, new Float32Array([1, 2, 3, 4])),
  );
  const other = stack.use(
    api.BufferView.from(device, new Float32Array([1, 2, 3, 4])),
  );
  const storage = stack.use(api.storageOf(view));
  const index = stack.use(api.ParameterIndex.create(instance));
  index.addData("key", new Uint8Array([1, 2, 3, 4]));
  const source = stack.use(api.ParameterIndex.create(instance));
  source.addData("other", new Uint8Array([1, 2, 3, 4]));
  const program = stack.use(
    api.load({ modules: [fixtures.program], device }),
  );
  // A device is profiled once at a time.
  const profiled = stack.use(
    api.load({ modules: [fixtures.program], device: "local-sync" }),
  );
  const captured = stack.use(
    api.load({ modules: [fixtures.program], device: "local-sync" }),
  );
  const first = api.ProfileCapture.begin(captured.devices);
  const bundle = first.end();
  first.dispose();
  const recorded = stack.use(api.Recording.begin(instance, "recorded"));
  for (const it of recorded.wrap([device])) it.dispose();
  recorded.end();
  const arithmetic = stack.use(api.load({ modules: [fixtures.arithmetic] }));
  const structured = stack.use(
    api.load({ modules: [fixtures.structures], device: "local-sync" }),
  );
  const tensors = program.lookupFunction(program.functionNames[0]);
  const scalars = arithmetic.lookupFunction("mixed");
  const disposed = api.List.create(instance);
  disposed.dispose();
  const model = stack.use(await loadTiny(fixtures.compiler));
  const pool = stack.use(api.Pool.of(program));
  const batcher = stack.use(api.Batcher.of(program));
  const server = stack.use(new api.ModelServer());
  server.add("name", program);
  const types = api.hostType("nonsense.held");
  const host = api.hostModule("nonsense", {
    id: { types: "(i32) -> i32", call: (it) => it },
  });
  const tokenizer = stack.use(
    api.Tokenizer.fromBytes(fileOf(byteTokenizer())),
  );
  return {
    instance,
    device,
    list,
    buffer,
    view,
    other,
    storage,
    index,
    source,
    program,
    tensors,
    scalars,
    structures: structured.lookupFunction("layer"),
    hosted: stack.use(new Hosted(fixtures.host)),
    compiler: stack.use(
      await api.Compiler.open({ library: fixtures.compiler, cache: false }),
    ),
    cache: new api.ProgramCache("programs"),
    context: program.context,
    bound: stack.use(tensors.bind(view, other)),
    mapping: stack.use(view.map("f32")),
    hal: stack.use(api.HalModule.create(instance, device)),
    vmvx: stack.use(api.BuiltinModule.create(instance, "vmvx")),
    bytecode: stack.use(
      api.BytecodeModule.fromFile(instance, fixtures.arithmetic),
    ),
    dynamic: stack.use(
      api.DynamicModule.load(instance, fixtures.library, {
        exportName: fixtures.exportName,
      }),
    ),
    parameters: stack.use(
      api.ParametersModule.create(instance, [{ scope: "", index }]),
    ),
    npy: stack.use(api.NpyFile.open("array.npy")),
    watchdog: stack.use(api.Watchdog.start(instance, 1e9, "never")),
    deviceProfile: stack.use(api.DeviceProfile.begin(profiled.devices)),
    bundle,
    capture: stack.use(api.ProfileCapture.begin(captured.devices)),
    recording: stack.use(api.Recording.begin(instance, "recording")),
    replay: stack.use(api.Replay.open(instance, "recorded")),
    profiling: stack.use(api.Profiling.begin(device)),
    disposed,
    model,
    session: stack.use(model.session()),
    chat: stack.use(model.chatSession()),
    generation: model.generate([1, 2], { maxTokens: 1 }),
    pool,
    batcher,
    server,
    types,
    host,
    held: stack.use(types.create(instance, 1)),
    tokenizer,
    tokenEncoder: stack.use(tokenizer.encoder()),
    tokenDecoder: stack.use(tokenizer.decoder()),
    bytes: Deno.readFileSync(fixtures.arithmetic),
    description: api.inspectProgram(fixtures.program),
    fixtures,
  };
}

async function loadTiny(compiler: string) {
  await writeFolder("tiny", tinyModel());
  return await api.LanguageModel.load("tiny", {
    chunk: 1,
    device: "local-sync",
    compile: { library: compiler, target: "generic" },
  });
}

/** The object that methods of a class are called on. */
export const RECEIVERS: Readonly<Record<string, (it: Things) => object>> = {
  HostType: (it) => it.types,
  HostModuleDescription: (it) => it.host,
  HostModule: (it) => it.vmvx,
  Instance: (it) => it.instance,
  Device: (it) => it.device,
  List: (it) => it.list,
  VmBuffer: (it) => it.buffer,
  BufferView: (it) => it.view,
  VmRef: (it) => it.storage,
  ParameterIndex: (it) => it.index,
  LoadedProgram: (it) => it.program,
  VmFunction: (it) => it.tensors,
  FunctionCalls: (it) => it.tensors.with({}),
  NpyFile: (it) => it.npy,
  Context: (it) => it.context,
  BoundCall: (it) => it.bound,
  BufferMapping: (it) => it.mapping,
  HalModule: (it) => it.hal,
  BuiltinModule: (it) => it.vmvx,
  BytecodeModule: (it) => it.bytecode,
  DynamicModule: (it) => it.dynamic,
  ParametersModule: (it) => it.parameters,
  Module: (it) => it.vmvx,
  NativeObject: (it) => it.list,
  Watchdog: (it) => it.watchdog,
  DeviceProfile: (it) => it.deviceProfile,
  Profiling: (it) => it.profiling,
  ProfileCapture: (it) => it.capture,
  Recording: (it) => it.recording,
  Replay: (it) => it.replay,
  IreeError: () => new api.IreeError("UNKNOWN", "nonsense"),
  CompileError: () => new api.CompileError("UNKNOWN", "nonsense", []),
  Compiler: (it) => it.compiler,
  LanguageModel: (it) => it.model,
  LanguageSession: (it) => it.session,
  ChatSession: (it) => it.chat,
  Generation: (it) => it.generation,
  Pool: (it) => it.pool,
  Batcher: (it) => it.batcher,
  ModelServer: (it) => it.server,
  QueueFullError: () => new api.QueueFullError(1),
  ProgramCache: (it) => it.cache,
  Tokenizer: (it) => it.tokenizer,
  TokenEncoder: (it) => it.tokenEncoder,
  TokenDecoder: (it) => it.tokenDecoder,
};
