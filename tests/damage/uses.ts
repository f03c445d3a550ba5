/**
 * What is done with a damaged file of each kind: everything that the package
 * can, but calls of programs, which `tests/mutations` makes.
 *
 * @module
 */

import {
  formatProgramTypes,
  inspect,
  inspectProgram,
  readExecutables,
} from "../../lib/inspect/mod.ts";
import {
  formatTrace,
  PROFILE_REPORTS,
  readTimeline,
  renderProfile,
  reportProfile,
} from "../../lib/profile/mod.ts";
import { dumpReplay, Replay } from "../../lib/replay/mod.ts";
import { Tokenizer } from "../../lib/tokenizer/mod.ts";
import { disassemble, flatbufferToJson } from "../../lib/tooling/mod.ts";
import { BytecodeModule, Device, Instance, IreeError } from "../../mod.ts";
import type { Announce } from "../mutations/programs.ts";
import { corpus } from "../tokenizer/corpus.ts";
import type { Kind, Use } from "./kinds.ts";

const FORMATS = ["text", "jsonl"] as const;

const TEXTS = corpus(100);

/** How a file of each kind is used. */
export const USES: Readonly<Record<Kind, Use>> = {
  profile: ({ bytes }, random, announce) => {
    const report = random.pick(PROFILE_REPORTS);
    const format = random.pick(FORMATS);
    const dispatchEvents = random.once(2);
    eachOf(announce, {
      [`${report} as ${format}`]: () =>
        reportProfile(bytes, report, { format, dispatchEvents }),
      readTimeline: () => readTimeline(bytes),
      renderProfile: () => renderProfile(bytes),
      formatTrace: () => formatTrace(bytes),
    });
  },
  recording: ({ bytes }, random, announce) => {
    const format = random.pick(FORMATS);
    const uri = random.pick(["local-sync", "local-task"]);
    using instance = Instance.open();
    using device = Device.create(instance, uri);
    eachOf(announce, {
      [`dumpReplay as ${format}`]: () => dumpReplay(bytes, { format }),
      // Work that waits for a signal that was lost never ends.
      [`call run on ${uri}`]: () => {
        using replay = Replay.open(instance, bytes);
        replay.run([device]);
      },
    });
  },
  tokenizer: ({ name, bytes }, random, announce) => {
    announce(name);
    using tokenizer = Tokenizer.fromBytes(
      bytes,
      name.endsWith(".tiktoken") ? { encoding: "cl100k_base" } : undefined,
    );
    useTokenizer(tokenizer, random.times(3, () => random.pick(TEXTS)));
  },
  program: ({ bytes }, _, announce) => {
    using instance = Instance.open();
    eachOf(announce, {
      inspect: () => inspect(bytes),
      formatProgramTypes: () => formatProgramTypes(inspectProgram(bytes)),
      readExecutables: () => readExecutables(bytes),
      disassemble: () => disassemble(bytes),
      "disassemble with offsets": () => disassemble(bytes, { offsets: true }),
      flatbufferToJson: () => flatbufferToJson(bytes),
      load: () => {
        using module = BytecodeModule.fromBytes(instance, bytes);
        eachOf(announce, {
          imports: () => module.imports,
          exports: () => module.exports,
          dependencies: () => module.dependencies,
          attributes: () => module.attributes,
        });
      },
    });
  },
};

/** Does all, although some fail; throws the first failure at the end. */
function eachOf(
  announce: Announce,
  actions: Readonly<Record<string, () => unknown>>,
): void {
  let failure: IreeError | undefined;
  for (const [step, action] of Object.entries(actions)) {
    announce(step);
    try {
      action();
    } catch (error) {
      if (!(error instanceof IreeError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
}

function useTokenizer(tokenizer: Tokenizer, texts: readonly string[]): void {
  const encodings = tokenizer.encodeBatch(texts, { offsets: true });
  tokenizer.decodeBatch(encodings.map(({ ids }) => ids));
  using encoder = tokenizer.encoder();
  using decoder = tokenizer.decoder({ specialTokens: true });
  for (const text of texts) {
    encoder.push(text.slice(0, 3));
    encoder.push(text.slice(3));
    decoder.push(encoder.finish());
    decoder.push([0, 1, 255, 256, 300, 0xffffffff]);
    decoder.finish();
  }
  tokenizer.encode([texts[0]!, texts[1]!]);
  tokenizer.idToToken(tokenizer.idLimit - 1 >>> 0);
}
