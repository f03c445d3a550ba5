import { join } from "@std/path/join";
import { IreeError } from "../base/error.ts";
import { type ModelConfig, parseModelConfig } from "./model_config.ts";

/** Names of a version's file, in the order in which they are looked for. */
const MODEL_FILES = ["model.vmfb", "model.onnx", "model.mlir"];

/** A version of a model in a repository. */
export interface RepositoryVersion {
  readonly version: number;
  /** The path of its model. */
  readonly path: string;
}

/** A model in a repository. */
export interface RepositoryModel {
  readonly config: ModelConfig;
  /** The versions to serve, ascending. */
  readonly versions: readonly RepositoryVersion[];
  /** Paths of its files of weights. */
  readonly parameters: readonly string[];
}

/**
 * Reads the files of a repository: `NAME/VERSION/model.vmfb`, and `model.json`
 * next to the versions. Nothing outside of its folder is read: names are looked
 * for in listings, and symbolic links must stay in the folder.
 */
export class RepositoryFiles {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Opens a folder. */
  static async open(folder: string): Promise<RepositoryFiles> {
    try {
      const files = new RepositoryFiles(await Deno.realPath(folder));
      await files.names();
      return files;
    } catch (cause) {
      if (cause instanceof Deno.errors.NotCapable) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new IreeError(
        cause instanceof Deno.errors.NotFound
          ? "NOT_FOUND"
          : "FAILED_PRECONDITION",
        `the folder '${folder}' cannot be read: ${reason}`,
        { cause },
      );
    }
  }

  /** Names of the models. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name, isFile } of Deno.readDir(this.#root)) {
      if (!isFile && !name.startsWith(".")) names.push(name);
    }
    return names.toSorted();
  }

  /** Finds the files of a model. */
  async read(name: string): Promise<RepositoryModel> {
    if (!(await this.names()).includes(name)) {
      throw new IreeError("NOT_FOUND", `no model '${name}' in the repository`);
    }
    const folder = await this.#inside(join(this.#root, name));
    const config = await this.#readConfig(folder);
    const found = await this.#versions(folder);
    const versions = choose(found, config.versions ?? "latest");
    if (versions.length === 0) {
      throw new IreeError(
        "NOT_FOUND",
        `model '${name}' has no version to serve in ${folder}`,
        { hint: `add a file such as ${name}/1/${MODEL_FILES[0]}` },
      );
    }
    const parameters = await Promise.all(
      (config.parameters ?? []).map((it) => this.#inside(join(folder, it))),
    );
    return { config, versions, parameters };
  }

  async #readConfig(folder: string): Promise<ModelConfig> {
    const path = join(folder, "model.json");
    try {
      const real = await this.#inside(path);
      return parseModelConfig(await Deno.readTextFile(real), path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return {};
      throw error;
    }
  }

  async #versions(folder: string): Promise<RepositoryVersion[]> {
    const versions: RepositoryVersion[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      if (!/^[1-9]\d{0,14}$/.test(name)) continue;
      const path = await this.#modelFile(
        await this.#inside(join(folder, name)),
      );
      if (path !== undefined) versions.push({ version: Number(name), path });
    }
    return versions.toSorted((one, other) => one.version - other.version);
  }

  async #modelFile(folder: string): Promise<string | undefined> {
    const names = new Set<string>();
    for await (const { name } of Deno.readDir(folder)) names.add(name);
    const found = MODEL_FILES.find((name) => names.has(name));
    return found === undefined
      ? undefined
      : await this.#inside(join(folder, found));
  }

  /** Follows symbolic links, which must not leave the folder. */
  async #inside(path: string): Promise<string> {
    const real = await Deno.realPath(path);
    if (real.startsWith(join(this.#root, "/"))) return real;
    throw new IreeError(
      "PERMISSION_DENIED",
      `${path} must stay in the repository, got a link to another folder`,
    );
  }
}

function choose(
  found: readonly RepositoryVersion[],
  wanted: NonNullable<ModelConfig["versions"]>,
): readonly RepositoryVersion[] {
  if (wanted === "all") return found;
  if (wanted === "latest") return found.slice(-1);
  const missing = wanted.find((it) =>
    !found.some(({ version }) => version === it)
  );
  if (missing === undefined) {
    return found.filter(({ version }) => wanted.includes(version));
  }
  throw new IreeError("NOT_FOUND", `no version ${missing} in the repository`);
}
