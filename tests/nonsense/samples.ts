/**
 * Arguments with which every function succeeds.
 *
 * @module
 */

import { isBytes } from "../../ffi/base/typed_array.ts";
import { isArray } from "../../lib/base/checks.ts";
import { byteTokenizer, fileOf } from "../tokenizer/made_tokenizers.ts";
import { api } from "./entries.ts";
import type { Diagnostic } from "../../lib/compiler/mod.ts";
import type { Things } from "./things.ts";

/** Marks what are options, of which every unknown name must be refused. */
export const OPTIONS: WeakSet<object> = new WeakSet();

function options<T extends object>(value: T): T {
  OPTIONS.add(value);
  return value;
}

const DIAGNOSTIC: Diagnostic = {
  severity: "error",
  message: "message",
  file: "source.mlir",
  line: 1,
  column: 2,
  notes: [{ message: "note", file: "f", line: 1, column: 1 }],
};

function compilerOptions({ fixtures }: Things): object {
  return options({ library: fixtures.compiler, isolate: true, cache: false });
}

function benchmarkOptions(): object {
  return options({
    seconds: 0,
    warmUpSeconds: 0,
    sampleMilliseconds: 0,
    signal: new AbortController().signal,
    clock: api.SYSTEM_CLOCK,
  });
}

function captureOptions(): object {
  return options({
    families: ["queue-events"],
    counters: [],
    flushInterval: 0,
  });
}

function modelOptions(): object {
  return options({
    target: "generic",
    flags: ["--flag"],
    name: "name",
    onPhase: () => {},
    onDiagnostic: () => {},
  });
}

function targetOptions(): object {
  const { signal } = new AbortController();
  return options({ ...modelOptions(), signal });
}

function compileOptions(things: Things): object {
  return options({ ...compilerOptions(things), ...targetOptions() });
}

function mulInputs(): object {
  return { input0: new Float32Array(4), input1: new Float32Array(4) };
}

function requestOptions(): object {
  return options({ signal: new AbortController().signal });
}

const MESSAGES = [{ role: "user", content: "text" }];

function sessionOptions(): object {
  return options({ contextLength: 8, onFull: "error", keep: 1 });
}

function generateOptions(): object {
  return options({
    maxTokens: 1,
    stop: "stop",
    ignoreEnd: true,
    logProbabilities: 1,
    temperature: 1,
    topK: 4,
    topP: 0.5,
    minP: 0.1,
    repetitionPenalty: 1,
    seed: 1,
    logitBias: { 1: 1 },
  });
}

function modelSettings(): object {
  return options({
    version: 1,
    function: "mul",
    instances: 1,
    maxQueue: 4,
    batching: options({ maxSize: 4, maxDelay: 0, sizes: [4] }),
  });
}

function encodeStreamOptions(): object {
  return options({ specialTokens: true, matchSpecialTokens: true });
}

function encodeOptions(): object {
  return options({
    specialTokens: true,
    matchSpecialTokens: true,
    offsets: true,
    truncation: options({
      maxLength: 16,
      direction: "left",
      strategy: "longest-first",
    }),
    padding: options({
      length: 16,
      multipleOf: 8,
      direction: "left",
      id: 0,
      typeId: 0,
    }),
  });
}

/** Arguments with which a function succeeds, as many as it can take. */
export const SAMPLES: Readonly<Record<string, (it: Things) => unknown[]>> = {
  "HostType.prototype.create": (it) => [it.instance, 1],
  "HostType.prototype.read": (it) => [it.held],
  "HostModuleDescription.prototype.create": (it) => [it.instance],
  "HostModuleDescription.prototype.with": () => [{ key: "value" }],
  "hostModule": () => [
    "nonsense",
    { add: { types: "(i32, i32) -> i32", call: (a: number) => a } },
    options({ version: 0, hostTypes: [], tensors: "arrays" }),
  ],
  "hostType": () => ["nonsense.type"],
  "NpyFile.open": () => ["array.npy", options({ rawElementType: "bf16" })],
  "NpyFile.prototype.readTensor": (it) => [it.device, "f32"],
  "new IreeError": () => [
    "UNKNOWN",
    "detail",
    options({ hint: "h", status: "s" }),
  ],
  "IreeError.prototype.withHint": () => ["hint"],
  "Instance.open": () => [options({ library: undefined, bindAll: false })],
  "Instance.prototype.hasType": () => ["hal.buffer_view"],
  "Device.create": (it) => [
    it.instance,
    "local-task",
    options({
      allocators: ["caching"],
      topology: options({ groupCount: 1 }),
      worker: options({ stackSize: 65536, spinMicroseconds: 0 }),
    }),
  ],
  "Device.createGroup": (it) => [
    it.instance,
    ["local-sync", "local-sync"],
    options({ allocators: ["debug"] }),
  ],
  "Device.prototype.queryI64": () => ["hal.dispatch", "concurrency"],
  "Device.prototype.waitIdle": () => [options({ timeout: 1000 })],
  "Device.prototype.waitIdleAsync": () => [
    options({ signal: new AbortController().signal }),
  ],
  "List.create": (it) => [
    it.instance,
    options({ elementType: "i32", capacity: 1 }),
  ],
  "List.from": (it) => [it.instance, [1, 2], "i32"],
  "List.prototype.get": () => [0],
  "List.prototype.set": () => [0, 1, "i32"],
  "List.prototype.push": () => [1, "i32"],
  "List.prototype.resize": () => [2],
  "List.prototype.format": () => ["list", 4],
  "VmBuffer.from": (it) => [it.instance, new Uint8Array(4)],
  "VmBuffer.prototype.read": () => [new Uint8Array(2), 1],
  "VmBuffer.prototype.write": () => [new Uint8Array(2), 1],
  "BufferView.from": (it) => [
    it.device,
    [[1, 2], [3, 4]],
    [2, 2],
    options({ elementType: "f32" }),
  ],
  "BufferView.import": (it) => [
    it.device,
    api.BufferView.alignedArray(it.instance, "f32", 4),
    [2, 2],
    options({ elementType: "f32" }),
  ],
  "BufferView.alignedArray": (it) => [it.instance, "f64", 4],
  "BufferView.prototype.read": () => [new Float32Array(2), 1],
  "BufferView.prototype.write": () => [new Float32Array(2), 1],
  "BufferView.prototype.map": () => ["f32"],
  "BufferView.prototype.format": () => [4],
  "VmRef.prototype.equals": (it) => [it.storage],
  "ParameterIndex.create": (it) => [it.instance],
  "ParameterIndex.fromFile": (it) => [
    it.instance,
    "weights.irpa",
    options({ mode: "file" }),
  ],
  "ParameterIndex.prototype.has": () => ["key"],
  "ParameterIndex.prototype.lookup": () => ["key"],
  "ParameterIndex.prototype.addFile": () => [
    "weights.irpa",
    options({ mode: "file" }),
  ],
  "ParameterIndex.prototype.addData": () => [
    "new",
    new Uint8Array(4),
    options({ metadata: new Uint8Array(1) }),
  ],
  "ParameterIndex.prototype.addSplat": () => [
    "new",
    4,
    new Uint8Array(2),
    options({ metadata: new Uint8Array(1) }),
  ],
  "ParameterIndex.prototype.addFrom": (it) => [it.source, "other", "new"],
  "ParameterIndex.prototype.read": () => [
    "key",
    options({ offset: 1, length: 2 }),
  ],
  "ParameterIndex.prototype.writeArchive": () => [
    "archive.irpa",
    options({ alignment: 64, expand: [], onProgress: () => {} }),
  ],
  "ParameterIndex.prototype.writeArchiveAsync": () => [
    "archive.irpa",
    options({
      alignment: 64,
      expand: [],
      onProgress: () => {},
      signal: new AbortController().signal,
    }),
  ],
  "LoadedProgram.prototype.lookupFunction": (it) => [it.tensors.name],
  "LoadedProgram.prototype.call": (it) => [it.tensors.name, it.view, it.other],
  "LoadedProgram.prototype.compute": (it) => [
    it.tensors.name,
    it.view,
    new Float32Array(4),
  ],
  "LoadedProgram.prototype.computeAsync": (it) => [
    it.tensors.name,
    it.view,
    [1, 2, 3, 4],
  ],
  "LoadedProgram.prototype.run": (it) => [
    { input0: it.view, input1: it.other },
    options({
      function: it.tensors.name,
      into: { output0: new Float32Array(4) },
      signal: new AbortController().signal,
      structures: false,
    }),
  ],
  "LoadedProgram.prototype.callAsync": (it) => [
    it.tensors.name,
    it.view,
    it.other,
  ],
  "VmFunction.prototype.call": (it) => [it.view, it.other],
  "VmFunction.prototype.compute": (it) => [it.view, new Float32Array(4)],
  "VmFunction.prototype.bind": (it) => [it.view, it.other],
  "VmFunction.prototype.callAsync": (it) => [it.view, it.other],
  "VmFunction.prototype.computeAsync": (it) => [it.view, it.other],
  "VmFunction.prototype.run": (it) => [{ input0: it.view, input1: it.other }],
  "VmFunction.prototype.runAlone": (it) => [
    { input0: it.view, input1: it.other },
  ],
  "VmFunction.prototype.with": () => [
    options({
      signal: new AbortController().signal,
      into: [new Float32Array(4)],
      shapes: false,
      structures: false,
    }),
  ],
  "FunctionCalls.prototype.call": (it) => [it.view, it.other],
  "FunctionCalls.prototype.compute": (it) => [it.view, it.other],
  "FunctionCalls.prototype.callAsync": (it) => [it.view, it.other],
  "FunctionCalls.prototype.computeAsync": (it) => [it.view, it.other],
  "FunctionCalls.prototype.run": (
    it,
  ) => [{ input0: it.view, input1: it.other }],
  "VmFunction.prototype.submit": (it) => [it.view, it.other],
  "Context.create": (it) => [
    it.instance,
    [it.vmvx],
    options({ traceExecution: false }),
  ],
  "Context.prototype.lookupFunction": (it) => [
    it.tensors.name,
    it.program.mainModule,
  ],
  "HalModule.create": (it) => [it.instance, [it.device], 0],
  "BuiltinModule.create": (it) => [it.instance, "vmvx"],
  "BytecodeModule.fromFile": (it) => [
    it.instance,
    it.fixtures.arithmetic,
    options({ mode: "preload" }),
  ],
  "BytecodeModule.fromBytes": (it) => [it.instance, it.bytes],
  "DynamicModule.load": (it) => [
    it.instance,
    it.fixtures.library,
    options({
      exportName: it.fixtures.exportName,
      parameters: { prefix: "v" },
    }),
  ],
  "ParametersModule.create": (it) => [
    it.instance,
    [{ scope: "model", index: it.index }],
  ],
  "Watchdog.start": (it) => [it.instance, 1e9, "message", 1],
  "Profiling.begin": (it) => [it.device],
  "load": (it) => [
    options({
      modules: [it.fixtures.arithmetic],
      device: [it.device],
      leadDevice: 0,
      moduleMode: "preload",
      parameters: [{ scope: "", index: it.index }],
      parameterMode: "file",
      traceExecution: false,
    }),
  ],
  "loadAsync": (it) => [
    it.fixtures.arithmetic,
    options({
      device: [it.device],
      moduleMode: "mmap",
      signal: new AbortController().signal,
    }),
  ],
  "asTensor": (it) => [it.view, "f32", [4]],
  "compareTensors": (it) => [
    it.view,
    it.other,
    options({ mode: "approximate", f32Tolerance: 0 }),
  ],
  "copyToHost": (it) => [it.list, it.device],
  "decodeNpy": () => [
    api.encodeNpy(new Float32Array(2)),
    options({ rawElementType: "bf16" }),
  ],
  "decodeNpyArray": () => [
    api.encodeNpy(new Float32Array(2)),
    0,
    options({ rawElementType: "bf16" }),
  ],
  "disposeStructure": () => [[null, { a: 1 }]],
  "encodeNpy": (it) => [
    new Float32Array(2),
    { elementType: "f32", shape: [1], data: new Float32Array(1) },
    it.view,
  ],
  "formatCallingConvention": () => ["0ii_i"],
  "formatDeclaredType": (it) => [it.tensors.signature?.inputs[0]],
  "formatSignature": (it) => [it.tensors.signature, "name"],
  "formatProgramTypes": (it) => [
    it.description,
    options({ package: "@iree/runtime" }),
  ],
  "indexParameterFiles": (it) => [
    it.instance,
    ["weights.irpa"],
    options({ mode: "file" }),
  ],
  "SYSTEM_CLOCK.now": () => [],
  "SYSTEM_CLOCK.cpu": () => [],
  "benchmark": () => [() => 1, [], benchmarkOptions()],
  "compare": () => [{ one: () => 1 }, benchmarkOptions()],
  "compareSubjects": () => [
    [{ name: "one", run: () => {} }],
    benchmarkOptions(),
  ],
  "chartMeasurements": () => [[], "title"],
  "formatTime": () => [1],
  "readExecutables": (it) => [it.fixtures.program],
  "DeviceProfile.begin": (it) => [[it.device]],
  "DeviceProfile.prototype.end": () => [],
  "ProfileCapture.begin": (it) => [[it.device], captureOptions()],
  "ProfileCapture.prototype.flush": () => [],
  "ProfileCapture.prototype.span": () => ["name", () => 1],
  "ProfileCapture.prototype.end": () => [],
  "LoadedProgram.prototype.profile": () => [() => 1, captureOptions()],
  "reportProfile": (it) => [
    it.bundle,
    "dispatch",
    options({
      format: "jsonl",
      filter: "*",
      id: 1,
      dispatchEvents: true,
    }),
  ],
  "readTimeline": (it) => [it.bundle],
  "renderProfile": (it) => [it.bundle],
  "formatTrace": (it) => [it.bundle],
  "Recording.begin": (it) => [
    it.instance,
    "another",
    options({ files: "fail", fileValidation: "digest" }),
  ],
  "Recording.prototype.wrap": (it) => [[it.device]],
  "Recording.prototype.scope": () => ["name", () => 1],
  "Recording.prototype.end": () => [],
  "Replay.open": (it) => [
    it.instance,
    "recorded",
    options({
      remap: { "/here": "/there" },
      executables: [
        options({
          executable: 1,
          format: "format",
          source: new Uint8Array(4),
        }),
      ],
    }),
  ],
  "Replay.prototype.run": (it) => [[it.device], options({ scope: "" })],
  "dumpReplay": () => ["recorded", options({ format: "jsonl" })],
  "cpuFeatures": (it) => [it.instance],
  "disassemble": (it) => [
    it.fixtures.program,
    options({ function: "mul", offsets: true }),
  ],
  "flatbufferToJson": (it) => [it.fixtures.program, options({ pretty: true })],
  "Tokenizer.fromFile": () => [
    "cl100k_base.tiktoken",
    options({ encoding: "cl100k_base", library: undefined }),
  ],
  "Tokenizer.fromBytes": () => [fileOf(byteTokenizer()), options({})],
  "Tokenizer.prototype.encode": () => ["text", encodeOptions()],
  "Tokenizer.prototype.encodeBatch": () => [
    ["text", ["first", "second"]],
    encodeOptions(),
  ],
  "Tokenizer.prototype.decode": () => [
    [1, 2],
    options({ specialTokens: true }),
  ],
  "Tokenizer.prototype.decodeBatch": () => [
    [[1, 2], new Uint32Array([3])],
    options({ specialTokens: true }),
  ],
  "Tokenizer.prototype.encoder": () => [encodeStreamOptions()],
  "Tokenizer.prototype.decoder": () => [options({ specialTokens: true })],
  "Tokenizer.prototype.encodeStream": () => [encodeStreamOptions()],
  "Tokenizer.prototype.decodeStream": () => [options({ specialTokens: true })],
  "Tokenizer.prototype.tokenToId": () => ["hello"],
  "Tokenizer.prototype.idToToken": () => [1],
  "TokenEncoder.prototype.push": () => ["text"],
  "TokenEncoder.prototype.finish": () => [],
  "TokenDecoder.prototype.push": () => [[1, 2]],
  "TokenDecoder.prototype.finish": () => [],
  "inspect": (it) => [it.fixtures.program],
  "inspectProgram": (it) => [it.fixtures.program],
  "listDevices": (it) => [
    it.instance,
    "local-sync",
    options({ details: false }),
  ],
  "listDrivers": (it) => [it.instance],
  "probeDrivers": (it) => [it.instance, options({ details: false })],
  "listTaskTopologies": (it) => [
    it.instance,
    options({
      nodes: "current",
      mode: "physical_cores",
      maxGroupCount: 2,
      performanceLevel: "any",
      distribution: "scatter",
    }),
  ],
  "parseScalar": () => ["1", "f32"],
  "parseTensor": (it) => [it.device, "2xi8", new Uint8Array(2)],
  "readNpy": () => ["array.npy", options({ rawElementType: "bf16" })],
  "writeNpy": () => ["written.npy", new Float32Array(2)],
  "resolveModuleUri": () => ["library.so@create?key=value"],
  "setIreeFlags": (it) => [
    it.instance,
    { vulkan_tracing: "true" },
  ],
  "storageOf": (it) => [it.view],
  "tensorByteLength": () => ["2xf32"],
  "viewStorageBytes": (it) => [it.storage],
  "new CompileError": () => [
    "UNKNOWN",
    "detail",
    [DIAGNOSTIC],
    options({ hint: "h" }),
  ],
  "compile": (it) => ["missing.mlir", compileOptions(it)],
  "compileProgram": (it) => ["missing.mlir", compileOptions(it)],
  "Compiler.open": (it) => [compilerOptions(it)],
  "Compiler.prototype.compile": () => ["missing.mlir", targetOptions()],
  "Compiler.prototype.compileProgram": () => ["missing.mlir", targetOptions()],
  "formatDiagnostic": () => [DIAGNOSTIC, () => "line"],
  "loadModel": (it) => [
    "missing.mlir",
    options({
      compile: options({ ...compilerOptions(it), ...modelOptions() }),
      device: "local-sync",
    }),
  ],
  "importOnnx": (it) => [
    "missing.onnx",
    options({
      library: it.fixtures.compiler,
      opset: 17,
      parameters: "weights.irpa",
      signal: new AbortController().signal,
    }),
  ],
  "ProgramCache.find": () => [],
  "ProgramCache.prototype.get": () => ["key"],
  "ProgramCache.prototype.put": () => [
    "key",
    new Uint8Array(4),
    { source: "source", flags: ["flag"], compiler: "compiler" },
  ],
  "ProgramCache.prototype.list": () => [],
  "ProgramCache.prototype.clear": () => [],
  "new ProgramCache": () => ["programs", 1e9],
  "isSourcePath": () => ["source.mlir"],
  "targetOfDevice": () => ["vulkan"],
  "tune": (it) => [
    "missing.mlir",
    options({
      cache: false,
      flags: ["--flag"],
      library: it.fixtures.compiler,
      name: "name",
      signal: new AbortController().signal,
      target: "generic",
      function: "f",
      inputs: [new Float32Array(4), 1],
      load: options({ parameterMode: "file" }),
      seconds: 1,
      compileSeconds: 1,
      workers: 1,
      tolerance: 1,
      recipes: [{ name: "recipe", flags: ["--flag"] }],
      onProgress: () => {},
    }),
  ],
  "LanguageModel.load": () => [
    "missing.gguf",
    options({
      weights: "f32",
      contextLength: 8,
      chunk: 1,
      batch: 1,
      device: "local-sync",
    }),
  ],
  "LanguageModel.prototype.session": () => [sessionOptions()],
  "LanguageModel.prototype.tokenize": () => ["text"],
  "LanguageModel.prototype.countTokens": () => ["text"],
  "LanguageModel.prototype.generate": () => [[1, 2], generateOptions()],
  "LanguageModel.prototype.continue": (it) => [
    it.session,
    [1, 2],
    generateOptions(),
  ],
  "LanguageModel.prototype.chat": () => [MESSAGES, generateOptions()],
  "LanguageModel.prototype.chatSession": () => [
    options({ messages: MESSAGES, contextLength: 8 }),
  ],
  "LanguageModel.prototype.chatPrompt": () => [
    MESSAGES,
    options({ template: "" }),
  ],
  "LanguageModel.prototype.embed": () => [[1, 2], requestOptions()],
  "LanguageSession.prototype.append": () => [[1, 2], requestOptions()],
  "LanguageSession.prototype.fork": () => [],
  "LanguageSession.prototype.truncate": () => [0],
  "ChatSession.prototype.send": () => ["text", generateOptions()],
  "Generation.prototype.text": () => [],
  "ModelServer.prototype.addLanguageModel": (it) => [
    "model",
    it.model,
    options({ instances: 1, maxQueue: 4 }),
  ],
  "Pool.of": (it) => [
    it.program,
    options({ function: "mul", instances: 1, maxQueue: 4 }),
  ],
  "Pool.prototype.run": () => [mulInputs(), requestOptions()],
  "Pool.prototype.use": () => [() => 1, requestOptions()],
  "Pool.prototype.drain": () => [],
  "Batcher.of": (it) => [
    it.program,
    options({
      function: "mul",
      instances: 1,
      maxQueue: 4,
      maxSize: 4,
      maxDelay: 0,
      sizes: [4],
    }),
  ],
  "Batcher.prototype.run": () => [mulInputs(), requestOptions()],
  "Batcher.prototype.drain": () => [],
  "ModelServer.prototype.add": (it) => ["other", it.program, modelSettings()],
  "ModelServer.prototype.load": (it) => [
    "other",
    it.fixtures.program,
    options({ ...modelSettings(), load: options({ device: "local-sync" }) }),
  ],
  "ModelServer.prototype.openRepository": () => [
    ".",
    options({ instances: 1, maxQueue: 4, device: "local-sync" }),
  ],
  "ModelServer.prototype.listen": () => [
    options({ hostname: "127.0.0.1", port: 0 }),
  ],
  "ModelServer.prototype.listenGrpc": () => [
    options({ hostname: "127.0.0.1", port: 0 }),
  ],
  "ModelServer.prototype.remove": () => ["name", 1],
  "ModelServer.prototype.announceEnd": () => [],
  "ModelServer.prototype.drain": () => [],
  "Compiler.prototype.findTuned": () => ["missing.mlir", targetOptions()],
  "findOrCompile": (it) => ["missing.mlir", compileOptions(it)],
  "tuningOf": (it) => [it.bytes],
  "runtime.installationFolder": () => [],
  "runtime.findLibrary": () => ["/nonsense.so"],
  "runtime.version": () => [undefined],
  "runtime.traceObjects": () => [],
  "runtime.liveObjects": () => [],
  "BoundCall.prototype.run": () => [],
  "BoundCall.prototype.call": () => [],
  "BufferView.zeros": (it) => [
    it.device,
    "f32",
    [4],
  ],
  "BufferView.prototype.toTypedArray": () => [],
  "BufferView.prototype.toNestedArray": () => [],
  "BufferView.prototype.toNdArray": () => [],
  "BufferView.prototype.toBytes": () => [],
  "BufferView.prototype.readBytes": () => [new Uint8Array(4), 0],
  "BufferView.prototype.writeBytes": () => [new Uint8Array(4), 0],
  "Context.prototype.fork": () => [],
  "Device.prototype.formatStatistics": () => [],
  "Device.prototype.trim": () => [],
  "List.prototype.toArray": () => [],
  "LoadedProgram.prototype.fork": () => [],
  "VmBuffer.prototype.toBytes": () => [],
  "VmBuffer.prototype.toText": () => [],
  "NpyFile.prototype.peek": () => [],
  "NpyFile.prototype.read": () => [],
  "Profiling.prototype.end": () => [],
};

/**
 * Functions that only the package itself calls, with handles that users cannot
 * have.
 */
export const INTERNAL: ReadonlySet<string> = new Set([
  "List.fromHandle",
  "ParametersModule.prototype.findUnreadable",
  "HostType.prototype.register",
  "HostType.prototype.wrap",
  "HostType.prototype.unwrap",
  "HostType.is",
  "LoadedProgram.is",
  "Pool.is",
  "Batcher.prototype.runObserved",
  "LanguageSession.prototype.states",
  "HostModuleDescription.is",
  "new HostType",
  "new HostModuleDescription",
]);

/**
 * Functions whose sample cannot succeed, and the code of its failure: `mul` is
 * compiled without fences, and compiling takes long.
 */
export const FAILING: ReadonlyMap<string, string> = new Map([
  ["VmFunction.prototype.submit", "UNIMPLEMENTED"],
  ["compile", "NOT_FOUND"],
  ["compileProgram", "NOT_FOUND"],
  ["findOrCompile", "NOT_FOUND"],
  ["Compiler.prototype.compile", "NOT_FOUND"],
  ["Compiler.prototype.compileProgram", "NOT_FOUND"],
  ["loadModel", "NOT_FOUND"],
  ["importOnnx", "NOT_FOUND"],
  ["tune", "NOT_FOUND"],
  ["LanguageModel.load", "NOT_FOUND"],
  // The model has no vocabulary.
  ["LanguageModel.prototype.tokenize", "NOT_FOUND"],
  ["LanguageModel.prototype.countTokens", "NOT_FOUND"],
  ["LanguageModel.prototype.chat", "NOT_FOUND"],
  ["LanguageModel.prototype.chatPrompt", "NOT_FOUND"],
  ["ChatSession.prototype.send", "NOT_FOUND"],
]);

/**
 * Values that a function takes and that do more than it is good for a test:
 * they fill the memory, or end the process.
 */
export function isHarmful(
  name: string,
  path: string,
  value: unknown,
): boolean {
  // The compiler would run in this process, or compile.
  if (/^(?:\d\.)+isolate$/.test(path) && value === false) return true;
  if (/ompile|^tune/.test(name) && path === "0" && isBytes(value)) return true;
  // Formats descriptions that the package made, of any length.
  if (name.startsWith("format") && isArray(value)) return value.length > 1e6;
  const isLarge = typeof value === "number" && value > 1e6;
  if (/^List\.|\.zeros$/.test(name) && isLarge) return true;
  return name === "Watchdog.start" && typeof value === "number" &&
    value > 0 && value < 1000;
}
