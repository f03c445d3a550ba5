import { basename } from "@std/path";
import type { LoadedProgram } from "../../../mod.ts";
import { loadModel } from "../../compiler/mod.ts";
import { LanguageModel, type WeightType } from "../../language/mod.ts";
import type {
  ModelOptions,
  ModelServer,
  RepositoryOptions,
} from "../../serve/mod.ts";
import { UsageError } from "../common/usage_error.ts";
import type { ServeFlags } from "./flags.ts";
import type { ServerLog } from "./log.ts";

/** A model of the command line. */
export interface ModelOperand {
  readonly name: string;
  readonly path: string;
}

/** Reads `NAME=MODEL` or `MODEL`, whose name is that of the file. */
export function readOperands(operands: readonly string[]): ModelOperand[] {
  const models = operands.map((operand) => {
    const [, name, path] = /^([\w.-]+)=(.+)$/s.exec(operand) ?? [];
    return name !== undefined && path !== undefined
      ? { name, path }
      : { name: basename(operand).replace(/\.\w+$/, ""), path: operand };
  });
  const names = models.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return models;
  throw new UsageError(
    `two models have the name '${twice}'; name them: NAME=MODEL`,
  );
}

/**
 * Loads a model and serves it.
 *
 * @returns The program, which the caller must dispose after the server.
 */
export async function addModel(
  server: ModelServer,
  { name, path }: ModelOperand,
  flags: ServeFlags,
  log: ServerLog,
): Promise<LoadedProgram | LanguageModel> {
  const start = performance.now();
  if (await isLanguageModel(path)) {
    return await addLanguageModel(server, { name, path }, flags, log);
  }
  const program = await loadModel(path, deviceOf(flags));
  try {
    const chosen = chooseFunction(name, program, flags.function, log);
    server.add(name, program, {
      function: chosen,
      ...limitsOf(flags),
    });
    log.event(`loaded model ${name}`, {
      path,
      function: chosen,
      milliseconds: Math.round(performance.now() - start),
    });
    return program;
  } catch (error) {
    program.dispose();
    throw error;
  }
}

/** Whether a path is that of a language model: a GGUF file or a folder. */
async function isLanguageModel(path: string): Promise<boolean> {
  if (/\.gguf$/i.test(path)) return true;
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // Loading reports why.
    return false;
  }
}

/** How many answers of a language model are generated at the same time. */
const DEFAULT_ANSWERS = 4;

/** The most answers that share a call: programs for more take long to compile. */
const MAX_BATCH = 16;

async function addLanguageModel(
  server: ModelServer,
  { name, path }: ModelOperand,
  flags: ServeFlags,
  log: ServerLog,
): Promise<LanguageModel> {
  const start = performance.now();
  const model = await LanguageModel.load(path, {
    device: flags.device,
    // The flag has its names.
    weights: flags.weights as WeightType | undefined,
    contextLength: flags.context_length,
    tune: flags.tune,
    batch: Math.min(flags.instances ?? DEFAULT_ANSWERS, MAX_BATCH),
  });
  try {
    server.addLanguageModel(name, model, {
      instances: flags.instances ?? DEFAULT_ANSWERS,
      maxQueue: flags.max_queue,
    });
    log.event(`loaded language model ${name}`, {
      path,
      milliseconds: Math.round(performance.now() - start),
    });
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Serves the models of a folder; those that fail are reported. */
export async function addRepository(
  server: ModelServer,
  folder: string,
  flags: ServeFlags,
  log: ServerLog,
): Promise<void> {
  const failures = await server.openRepository(folder, {
    ...deviceOf(flags),
    ...limitsOf(flags),
  });
  for (const [name, error] of failures) {
    log.failure(`model ${name} cannot be loaded`, error);
  }
  for (const { name, version } of server.models) {
    log.event(`serving model ${name}`, { version });
  }
}

function deviceOf(
  { device, threads }: ServeFlags,
): Pick<RepositoryOptions, "device" | "deviceOptions"> {
  return {
    device,
    deviceOptions: threads === undefined
      ? undefined
      : { topology: { groupCount: threads } },
  };
}

function limitsOf(
  { instances, max_queue, max_batch_size, batch_delay }: ServeFlags,
): Pick<ModelOptions, "instances" | "maxQueue" | "batching"> {
  return {
    instances,
    maxQueue: max_queue,
    batching: max_batch_size === undefined
      ? undefined
      : { maxSize: max_batch_size, maxDelay: batch_delay },
  };
}

function chooseFunction(
  name: string,
  { functionNames }: LoadedProgram,
  wanted: string | undefined,
  log: ServerLog,
): string | undefined {
  const [first, ...others] = functionNames;
  if (wanted !== undefined || first === undefined) return wanted;
  if (others.length > 0) {
    log.event(
      `model ${name} has several functions, and ${first} is served; ` +
        "choose with --function",
      { functions: functionNames.join(",") },
    );
  }
  return first;
}
