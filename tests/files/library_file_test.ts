import { assert, assertEquals } from "@std/assert";
import {
  likelyCreationFunctions,
  readLibraryFile,
} from "../../lib/files/library_file.ts";
import {
  LIBRARY,
  mustRun,
  nativeModule,
  sampleModule,
  test,
} from "../support.ts";

const sample = await sampleModule();
const refusing = await nativeModule("fixtures/refusing_module.cc");
const notIree = await nativeModule("fixtures/not_iree.c");

/** Functions that a library exports, according to the system's tools. */
async function exportsByNm(path: string): Promise<string[]> {
  const lines = await mustRun("nm", ["-D", "--defined-only", path]);
  return [...lines.matchAll(/^\S+ [TWi] ([^_\s@]\S*)/gm)].map(([, name]) =>
    name
  )
    .toSorted();
}

/** Numbers from 0 to `bound`, the same in every run. */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

test("A library's exports match those of nm", async () => {
  for (const path of [sample, refusing, notIree, LIBRARY]) {
    const file = readLibraryFile(await Deno.readFile(path));
    assertEquals(file.format, "elf");
    assertEquals(file.arch, Deno.build.arch);
    assertEquals(file.exports?.toSorted(), await exportsByNm(path));
  }
  const { exports } = readLibraryFile(await Deno.readFile(sample));
  assertEquals(exports?.toSorted(), [
    "create_custom_module",
    "create_shout_module",
    "iree_vm_dynamic_module_create",
  ]);
});

test("Bytes anywhere in a buffer are read the same", async () => {
  const bytes = await Deno.readFile(sample);
  const larger = new Uint8Array(bytes.length + 100).fill(0xff);
  larger.set(bytes, 7);
  const moved = larger.subarray(7, 7 + bytes.length);
  assertEquals(readLibraryFile(moved), readLibraryFile(bytes));
});

test("A truncated library has fewer exports and never throws", async () => {
  const bytes = await Deno.readFile(notIree);
  const whole = readLibraryFile(bytes);
  let withExports = 0;
  for (let end = 0; end <= bytes.length; end++) {
    const cut = bytes.subarray(0, end);
    const file = readLibraryFile(cut);
    assertEquals(file.format, end < 20 ? "unknown" : "elf");
    if (end >= 20) assertEquals(file.arch, Deno.build.arch);
    if (file.exports !== undefined) {
      withExports++;
      assertEquals(file.exports, whole.exports);
    }
  }
  // The section table is at the end, so only the last cuts still show exports.
  assert(withExports > 0 && withExports < 2000, `${withExports}`);
});

/** A Windows library with code at 0x1000 and everything else at 0x2000. */
function makePe(exports: Readonly<Record<string, number>>): Uint8Array<
  ArrayBuffer
> {
  const names = Object.keys(exports);
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  const set = (at: number, ...values: number[]) =>
    values.forEach((value, index) =>
      view.setUint32(at + 4 * index, value, true)
    );
  bytes.set([0x4d, 0x5a]);
  set(0x3c, 0x80, 0);
  set(0x80, 0x4550, 0x28664); // the signature, x86-64, two sections
  view.setUint16(0x94, 0xf0, true); // size of the next header
  view.setUint16(0x98, 0x20b, true);
  set(0x98 + 112, 0x2000); // the exports
  const sections = 0x98 + 0xf0;
  set(sections + 8, 0x400, 0x1000, 0x400, 0x400);
  set(sections + 36, 0x60000020);
  set(sections + 40 + 8, 0x800, 0x2000, 0x800, 0x800);
  set(sections + 40 + 36, 0x40000040);
  const count = names.length;
  set(0x800 + 20, count, count, 0x2100, 0x2200, 0x2300);
  names.forEach((name, index) => {
    const text = 0x2400 + 0x40 * index;
    set(0x900 + 4 * index, exports[name]);
    set(0xa00 + 4 * index, text);
    view.setUint16(0xb00 + 2 * index, index, true);
    bytes.set(new TextEncoder().encode(name), text - 0x2000 + 0x800);
  });
  return bytes;
}

test("The exported functions of a Windows library are read", () => {
  const bytes = makePe({
    create_module: 0x1000,
    other: 0x1010,
    "?mangled@@YAXXZ": 0x1020,
    variable: 0x2500,
  });
  assertEquals(readLibraryFile(bytes), {
    format: "pe",
    arch: "x86_64",
    exports: ["create_module", "other"],
  });
  assertEquals(readLibraryFile(makePe({})).exports, []);
});

test("A damaged Windows library never throws, and yields less", () => {
  const whole = makePe({ create_module: 0x1000, other: 0x1010 });
  for (let end = 0; end <= whole.length; end++) {
    const { exports } = readLibraryFile(whole.slice(0, end));
    if (exports !== undefined) assertEquals(exports.length, 2);
  }
  for (let at = 0; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 0xff;
    readLibraryFile(bytes);
  }
});

test("Formats are recognized by their first bytes", () => {
  const cases: [number[], string][] = [
    [[0x7f, 0x45, 0x4c, 0x46], "elf"],
    [[0xcf, 0xfa, 0xed, 0xfe], "mach-o"],
    [[0xce, 0xfa, 0xed, 0xfe], "mach-o"],
    [[0xca, 0xfe, 0xba, 0xbe], "mach-o"],
    [[0x4d, 0x5a, 0x90, 0x00], "pe"],
    [[0x4d, 0x5a], "pe"],
    [[0x7f, 0x45, 0x4c, 0x47], "unknown"],
    [[0x21, 0x3c, 0x61, 0x72], "unknown"],
    [[0x00, 0x61, 0x73, 0x6d], "unknown"],
    [[], "unknown"],
  ];
  for (const [magic, format] of cases) {
    const bytes = new Uint8Array(64);
    bytes.set(magic);
    const file = readLibraryFile(bytes);
    assertEquals(file.format, format);
    assertEquals(file.exports, undefined);
    if (format !== "elf") assertEquals(file.arch, undefined);
    // Less than any library has before its code.
    assertEquals(readLibraryFile(bytes.subarray(0, 19)).format, "unknown");
  }
});

test("CPUs have Deno's names", async () => {
  const bytes = await Deno.readFile(notIree);
  const view = new DataView(bytes.buffer);
  const cases: [number, string][] = [
    [3, "x86"],
    [40, "arm"],
    [62, "x86_64"],
    [183, "aarch64"],
    [243, "riscv64"],
    [0, "ELF machine 0"],
    [0x1234, "ELF machine 4660"],
  ];
  for (const [machine, arch] of cases) {
    view.setUint16(18, machine, true);
    assertEquals(readLibraryFile(bytes).arch, arch);
  }
  const pe = new Uint8Array(256);
  const peView = new DataView(pe.buffer);
  pe.set([0x4d, 0x5a]);
  peView.setUint32(0x3c, 128, true);
  assertEquals(readLibraryFile(pe).arch, undefined);
  pe.set([0x50, 0x45], 128);
  const peCases: [number, string | undefined][] = [
    [0x014c, "x86"],
    [0x8664, "x86_64"],
    [0xaa64, "aarch64"],
    [0x1234, undefined],
  ];
  for (const [machine, arch] of peCases) {
    peView.setUint16(132, machine, true);
    assertEquals(readLibraryFile(pe).arch, arch);
  }
  peView.setUint32(0x3c, 0xffffffff, true);
  assertEquals(readLibraryFile(pe).arch, undefined);
  const machO = new Uint8Array(64);
  machO.set([0xcf, 0xfa, 0xed, 0xfe, 12, 0, 0, 1]);
  assertEquals(readLibraryFile(machO).arch, "aarch64");
  machO[4] = 7;
  assertEquals(readLibraryFile(machO).arch, "x86_64");
  // Exports of big-endian and 32-bit libraries are not read.
  view.setUint16(18, 183, false);
  view.setUint8(5, 2);
  assertEquals(readLibraryFile(bytes), {
    format: "elf",
    arch: "aarch64",
    exports: undefined,
  });
  view.setUint8(5, 1);
  view.setUint8(4, 1);
  assertEquals(readLibraryFile(bytes).exports, undefined);
});

test("A library without sections has unknown exports, not zero exports", async () => {
  const bytes = await Deno.readFile(notIree);
  bytes.fill(0, 40, 48);
  bytes.fill(0, 60, 64);
  assertEquals(readLibraryFile(bytes).exports, undefined);
});

test("Random bytes never throw", () => {
  const random = randomNumbers(20_240_601);
  const formats = new Set<string>();
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(8 + random(600));
    for (let i = 0; i < bytes.length; i++) bytes[i] = random(256);
    // Two of three pass the first check, one the second.
    if (round % 3 > 0) bytes.set([0x7f, 0x45, 0x4c, 0x46]);
    if (round % 3 > 1) bytes.set([2, 1], 4);
    formats.add(readLibraryFile(bytes).format);
  }
  assert(formats.has("elf") && formats.has("unknown"));
});

test("Damaged libraries never throw and yield only text", async () => {
  const random = randomNumbers(7);
  const original = await Deno.readFile(notIree);
  const sections = Number(
    new DataView(original.buffer).getBigUint64(40, true),
  );
  // The header, the segments and the sections.
  const places: [number, number][] = [
    [16, 64],
    [64, 600],
    [sections, original.length],
  ];
  let damaged = 0;
  for (let round = 0; round < 3000; round++) {
    const bytes = original.slice();
    const [start, end] = places[round % places.length];
    for (let hit = 0; hit <= random(4); hit++) {
      const special = [0, 1, 0x7f, 0xff][random(8)];
      bytes[start + random(end - start)] = special ?? random(256);
    }
    const { format, exports } = readLibraryFile(bytes);
    assertEquals(format, "elf");
    assert(exports?.every((name) => !name.startsWith("_")) ?? true);
    if (exports?.join() !== "not_iree_answer") damaged++;
  }
  assert(damaged > 100 && damaged < 2900, `${damaged}`);
});

test("Exports with a typical name are suggested, else all of them", () => {
  const likely = likelyCreationFunctions;
  assertEquals(likely([]), []);
  assertEquals(
    likely(["main", "create_a", "aCreate", "MODULE", "answer", "myModule2"]),
    ["create_a", "aCreate", "MODULE", "myModule2"],
  );
  assertEquals(likely(["main", "answer"]), ["main", "answer"]);
  const many = Array.from({ length: 50 }, (_, i) => `f${i}`);
  assertEquals(likely(many), many.slice(0, 10));
  assertEquals(likely([...many, "create_it"]), ["create_it"]);
});
