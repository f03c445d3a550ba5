import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  type BufferView,
  Instance,
  IreeError,
  load,
  type LoadOptions,
  ParameterIndex,
  type Program,
} from "../../mod.ts";
import { failureOf, program, TemporaryFolder, test } from "../support.ts";

const parameters = await program("parameters.mlir");

const DEVICES = ["local-sync", "local-task"];

/** An archive in a folder that is removed with it. */
class Archive extends TemporaryFolder {
  readonly file: string = this.join("model.irpa");

  constructor() {
    super();
    using instance = Instance.open();
    using index = ParameterIndex.create(instance);
    index.addData("weight", new Float32Array([1, 2, 3, 4]));
    index.addData("state", new Int32Array([10, 20, 30, 40]));
    index.addSplat("scale", 16, new Float64Array([2.5]));
    index.addSplat("unread", 2 ** 20, new Uint8Array([1]));
    index.writeArchive(this.file, { expand: ["scale", "unread"] });
  }

  truncate(): void {
    Deno.truncateSync(this.file);
  }

  load(device: string, parameterMode: LoadOptions["parameterMode"]): Program {
    return load({
      modules: [parameters],
      parameters: `model=${this.file}`,
      parameterMode,
      device,
    });
  }

  /** Checks that a failure names the file. */
  check(error: IreeError): void {
    assertEquals(error.code, "DATA_LOSS");
    assertStringIncludes(error.message, `'${this.file}' was truncated`);
  }

  fails(body: () => unknown): void {
    this.check(assertThrows(body, IreeError));
  }
}

const input = new Float32Array([1, 1, 1, 1]);
const expected = new Float32Array([1, 2, 3, 4]);

test("A call whose mapped parameters were truncated fails, and so does each later one", () => {
  for (const device of DEVICES) {
    using archive = new Archive();
    using loaded = archive.load(device, "mmap");
    const scaled = loaded.lookupFunction("scaled");
    archive.truncate();
    for (let i = 0; i < 3; i++) archive.fails(() => scaled.compute(input));
  }
});

test("An asynchronous call whose mapped parameters were truncated fails", async () => {
  for (const device of DEVICES) {
    using archive = new Archive();
    using loaded = archive.load(device, "mmap");
    const scaled = loaded.lookupFunction("scaled");
    archive.truncate();
    archive.check(await failureOf(scaled.computeAsync(input)));
    archive.check(await failureOf(scaled.computeAsync(input)));
  }
});

test("Once the program of a truncated file is disposed, others work", () => {
  using copied = new Archive();
  using archive = new Archive();
  using other = copied.load("local-sync", "preload");
  {
    using loaded = archive.load("local-sync", "mmap");
    const scaled = loaded.lookupFunction("scaled");
    assertEquals(scaled.compute(input), expected);
    archive.truncate();
    archive.fails(() => scaled.compute(input));
    // What other programs return might come from the same memory.
    archive.fails(() => other.lookupFunction("scaled").compute(input));
  }
  copied.truncate();
  assertEquals(other.lookupFunction("scaled").compute(input), expected);
  using again = new Archive();
  using next = again.load("local-task", "mmap");
  assertEquals(next.lookupFunction("scaled").compute(input), expected);
});

test("While a truncated file is mapped, no tensor is read, printed or mapped", () => {
  using archive = new Archive();
  using loaded = archive.load("local-sync", "mmap");
  using weight = loaded.call("weight") as BufferView;
  archive.truncate();
  archive.fails(() => loaded.call("weight"));
  archive.fails(() => weight.toTypedArray());
  archive.fails(() => weight.format());
  archive.fails(() => weight.map());
});

test("Parameters in a truncated file are not read or copied as zeros", () => {
  using archive = new Archive();
  using instance = Instance.open();
  using index = ParameterIndex.fromFile(instance, archive.file, {
    mode: "mmap",
  });
  archive.truncate();
  archive.fails(() => index.read("weight"));
  archive.fails(() => index.writeArchive(archive.join("copy.irpa")));
});

test("A file that is shortened after the bytes in use loses nothing", () => {
  using archive = new Archive();
  using instance = Instance.open();
  using index = ParameterIndex.fromFile(instance, archive.file, {
    mode: "mmap",
  });
  using loaded = load({
    modules: [parameters],
    parameters: { scope: "model", index },
    device: "local-sync",
  });
  const scaled = loaded.lookupFunction("scaled");
  const unread = index.entries.find(({ key }) => key === "unread");
  assert(unread?.storage === "file");
  Deno.truncateSync(archive.file, unread.offset + 1);
  assertEquals(scaled.compute(input), expected);
  archive.fails(() => index.read("unread"));
  archive.fails(() => scaled.compute(input));
});
