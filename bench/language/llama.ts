import { join, toFileUrl } from "@std/path";
import { cachedFolder } from "../cached_folder.ts";
import { CONTEXT, type Engine, type EngineOptions } from "./engine.ts";

/** The last version whose packages for all platforms are there. */
const VERSION = "3.21.1";

/** The package with the code for a platform, which is built already. */
const BUILDS: Readonly<Record<string, string>> = {
  "linux x86_64": "linux-x64",
  "linux aarch64": "linux-arm64",
  "darwin x86_64": "mac-x64",
  "darwin aarch64": "mac-arm64-metal",
};

/** What is used of the package. */
interface LlamaModule {
  getLlama(options: {
    readonly gpu: false;
    readonly build: "never";
    readonly logLevel: "error";
  }): Promise<{
    loadModel(options: { readonly modelPath: string }): Promise<{
      createContext(options: {
        readonly contextSize: number;
        readonly threads: number;
        readonly sequences: number;
      }): Promise<{ getSequence(): Sequence }>;
    }>;
  }>;
}

interface Sequence {
  clearHistory(): Promise<void>;
  evaluate(
    tokens: readonly number[],
    options: { readonly temperature: 0; readonly yieldEogToken: true },
  ): AsyncIterable<number>;
}

/** Installs the package with npm, without the code for GPUs. */
export async function installLlama(): Promise<string> {
  const build = BUILDS[`${Deno.build.os} ${Deno.build.arch}`];
  if (build === undefined) throw new Error("llama.cpp has no build for this");
  const packages = ["node-llama-cpp", `@node-llama-cpp/${build}`]
    .map((name) => `${name}@${VERSION}`);
  return await cachedFolder("llama", packages, async (folder) => {
    const flags = ["--omit=optional", "--ignore-scripts", "--no-audit"];
    const { code } = await new Deno.Command("npm", {
      args: ["install", "--prefix", folder, ...flags, ...packages],
      stdout: "null",
    }).output();
    if (code !== 0) throw new Error("npm install failed");
  });
}

/** Loads the model with llama.cpp, built by its package for Node. */
export async function openLlama(
  { path, isSingle, requests }: EngineOptions,
): Promise<Engine> {
  const folder = await installLlama();
  const file = join(folder, "node_modules/node-llama-cpp/dist/index.js");
  const { getLlama }: LlamaModule = await import(toFileUrl(file).href);
  const llama = await getLlama({
    ...{ gpu: false, build: "never", logLevel: "error" },
  });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({
    contextSize: CONTEXT,
    threads: isSingle ? 1 : navigator.hardwareConcurrency,
    sequences: requests,
  });
  const free = Array.from({ length: requests }, () => context.getSequence());
  return {
    generate: async (prompt, count, onToken) => {
      const sequence = free.pop()!;
      await sequence.clearHistory();
      const options = { temperature: 0, yieldEogToken: true } as const;
      let left = count;
      for await (const _ of sequence.evaluate(prompt, options)) {
        onToken();
        if (--left === 0) break;
      }
      free.push(sequence);
    },
  };
}
