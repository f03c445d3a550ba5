import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { IreeError } from "../../mod.ts";
import { LanguageModel } from "../../lib/language/mod.ts";
import { readModelSource } from "../../lib/language/read_model_source.ts";
import { failureOf, test } from "../support.ts";
import { inFolder, SMALL } from "./support.ts";
import {
  type TinyModel,
  tinyModel,
  type TinyValue,
  writeFolder,
  writeGguf,
} from "./tiny_models.ts";

async function failureOfConfig(
  config: Readonly<Record<string, unknown>>,
): Promise<IreeError> {
  let failure: IreeError | undefined;
  await inFolder(async (folder) => {
    const model: TinyModel = tinyModel({ config });
    await writeFolder(folder, model);
    failure = await failureOf(LanguageModel.load(folder, SMALL));
  });
  return failure!;
}

test("Configurations that are not supported are named before anything is compiled", async () => {
  const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ model_type: "mamba" }, /model_type 'mamba' is not supported; supported/],
    [{ hidden_act: "gelu" }, /hidden_act 'gelu' is not supported/],
    [{ quantization_config: { quant_method: "gptq" } }, /'gptq' is not/],
    [
      { rope_scaling: { rope_type: "longrope" } },
      /'longrope' is not supported/,
    ],
  ];
  for (const [config, message] of cases) {
    const error = await failureOfConfig(config);
    assertEquals(error.code, "UNIMPLEMENTED");
    assertMatch(error.message, message);
  }
});

test("A target that cannot run language models is named first", async () => {
  for (
    const compile of [
      { target: "vmvx" },
      { flags: ["--iree-hal-target-backends=vmvx"] },
    ]
  ) {
    const options = { ...SMALL, compile };
    const error = await failureOf(LanguageModel.load("/no/model", options));
    assertEquals(error.code, "UNIMPLEMENTED");
    assertMatch(error.message, /cannot be compiled for vmvx/);
  }
});

test("Weights of 4 bits are for CPUs only, as the error says", async () => {
  for (
    const compile of [
      { target: "vulkan" },
      { flags: ["--iree-hal-target-device=hip"] },
    ]
  ) {
    const options = { ...SMALL, weights: "int4", compile } as const;
    const error = await failureOf(LanguageModel.load("/no/model", options));
    assertEquals(error.code, "UNIMPLEMENTED");
    assertMatch(error.message, /'int4' are for CPUs only .* (?:vulkan|hip)/);
    assertMatch(error.hint!, /int8/);
  }
});

test("Wrong values of a configuration are named", async () => {
  const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ num_hidden_layers: 0 }, /num_hidden_layers must be a positive integer/],
    [{ num_hidden_layers: 3 }, /has no tensors 'model.layers.2.input_layern/],
    [{ hidden_size: 64 }, /the shape of tensor '.*' must be \[320, 64\], got/],
    [{ num_key_value_heads: 3 }, /must be a multiple of the number of key/],
    [{ rms_norm_eps: "x" }, /rms_norm_eps must be a number, got 'x'/],
    [{ model_type: 5 }, /model_type must be a text, got 5/],
    [{ rope_scaling: 1 }, /rope_scaling must be an object/],
  ];
  for (const [config, message] of cases) {
    const error = await failureOfConfig(config);
    assertEquals(error.code, "INVALID_ARGUMENT", error.message);
    assertMatch(error.message, message);
  }
});

test("GGUF files that are not language models are rejected by name", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    const cases: readonly (readonly [
      Record<string, TinyValue | undefined>,
      RegExp,
    ])[] = [
      [{ "general.architecture": "whisper" }, /'whisper' is not supported/],
      [{ "general.architecture": undefined }, /must be a text, got nothing/],
      [{ "llama.expert_count": 8 }, /llama.expert_count 8 is not supported/],
      [{ "llama.block_count": undefined }, /block_count must be a positive/],
      [{ "llama.rope.scaling.type": "su" }, /scaling.type 'su' is not/],
    ];
    for (const [metadata, message] of cases) {
      await writeGguf(path, tinyModel(), { metadata });
      const error = await failureOf(LanguageModel.load(path, SMALL));
      assertMatch(error.message, message);
    }
    const tensors = new Map([
      ["blk.0.attn_sinks.weight", {
        shape: [4],
        values: new Float32Array(4),
      }],
    ]);
    await writeGguf(path, tinyModel(), { tensors });
    const error = await failureOf(LanguageModel.load(path, SMALL));
    assertMatch(error.message, /not supported: 'blk.0.attn_sinks.weight'/);
    const store = () => [10, new Uint8Array(84 * 40)] as const;
    await writeGguf(path, tinyModel(), { store });
    const type = await failureOf(LanguageModel.load(path, SMALL));
    assert(type.code !== "UNKNOWN", type.message);
  });
});

test("Missing and truncated files are errors, whatever their length", async () => {
  await inFolder(async (folder) => {
    const missing = join(folder, "missing");
    for (const path of [missing, `${missing}.gguf`]) {
      const error = await failureOf(LanguageModel.load(path, SMALL));
      assertEquals(error.code, "NOT_FOUND");
    }
    const other = join(folder, "model.bin");
    await Deno.writeTextFile(other, "x");
    const kind = await failureOf(LanguageModel.load(other, SMALL));
    assertMatch(kind.message, /must be a .gguf file or a folder/);
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel());
    const whole = await Deno.readFile(path);
    const header = 4000;
    for (let length = 0; length < whole.length;) {
      await Deno.writeFile(path, whole.subarray(0, length));
      let error: unknown;
      try {
        readModelSource(path);
      } catch (caught) {
        error = caught;
      }
      assert(error instanceof IreeError, `${length}: ${error}`);
      length += length < header ? 37 : 20011;
    }
  });
});

test("Damaged headers end in errors or in other models, never in a crash", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "model.gguf");
    await writeGguf(path, tinyModel());
    const whole = await Deno.readFile(path);
    for (let at = 0; at < 1500; at += 3) {
      const damaged = whole.slice();
      damaged[at] = damaged[at]! ^ (at % 2 === 0 ? 0xff : 0x01);
      await Deno.writeFile(path, damaged);
      try {
        readModelSource(path);
      } catch (error) {
        assert(error instanceof IreeError, `byte ${at}: ${error}`);
      }
    }
  });
});
