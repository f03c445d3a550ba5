import { assertEquals } from "@std/assert";
import { parseFloat32 } from "../../lib/tensor/decimal.ts";
import { mustRun, tool } from "../support.ts";

// Decimals at, just above and just below the midpoint between two f32s, where
// rounding through f64 goes wrong.
function* decimals(): Generator<string> {
  let state = 1;
  const random = () =>
    state = Math.imul(state, 0x41c64e6d) + 12345 & 0x7fffffff;
  const view = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < 300; i++) {
    view.setInt32(0, random() % 0x7f7fffff);
    const low = view.getFloat32(0);
    view.setInt32(0, view.getInt32(0) + 1);
    const middle = (low + view.getFloat32(0)) / 2;
    const digits = middle.toPrecision(100).replace(/e.*/, "");
    const exponent = /e.*/.exec(middle.toPrecision(100))?.[0] ?? "";
    yield `${digits}${exponent}`;
    yield `${digits}${digits.includes(".") ? "" : "."}0000001${exponent}`;
    yield `-${digits}${exponent}`;
    yield `${random() / 977}e${random() % 60 - 30}`;
  }
  yield* ["0", "-0", "1e-46", "1.4e-45", "7e-46", "7.1e-46", "3.4028236e38"];
  yield "1.00000005960464477539062500001";
  yield "1.00000005960464477539062499999";
}

Deno.test("Decimals are rounded to f32 as by C's strtof", async () => {
  const texts = [...decimals()];
  const script = `
import ctypes, struct, sys
strtof = ctypes.CDLL(None).strtof
strtof.restype = ctypes.c_float
for line in sys.stdin:
    print(struct.pack(">f", strtof(line.strip().encode(), None)).hex())
`;
  const printed = await mustRun(tool("python"), ["-c", script], {
    stdin: new TextEncoder().encode(texts.join("\n")),
  });
  const view = new DataView(new ArrayBuffer(4));
  const ours = texts.map((text) => {
    view.setFloat32(0, parseFloat32(text));
    return view.getUint32(0).toString(16).padStart(8, "0");
  });
  assertEquals(ours.length, texts.length);
  assertEquals(ours, printed.trim().split("\n"));
});
