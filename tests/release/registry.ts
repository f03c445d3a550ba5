/**
 * A local package registry for the tests of the package: accepts what `deno
 * publish` sends and serves it to `deno add`, as JSR does.
 *
 * @module
 */

import { join } from "@std/path";
import { pathsUnder } from "../cli/archives.ts";
import importMap from "../offline/import_map.json" with { type: "json" };
import { mustRun, ROOT, TemporaryFolder } from "../support.ts";

interface Package {
  readonly version: string;
  readonly exports: Record<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A registry with the `@std` packages that this project uses. */
export class Registry implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #packages = new Map<string, Package>();
  readonly #folder = new TemporaryFolder();

  private constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#respond(request),
    );
  }

  /** Opens a registry at a unique address. */
  static async open(): Promise<Registry> {
    const registry = new Registry();
    const files = await readFiles(join(ROOT, "tests/offline"));
    for (const [name, target] of Object.entries(importMap.imports)) {
      const [, scoped, path] = /^(@std\/[^/]+)(.*)$/.exec(name) ?? [];
      if (scoped === undefined) continue;
      const { exports = {} } = registry.#packages.get(scoped) ?? {};
      exports[`.${path}`] = target;
      registry.#packages.set(scoped, { version: "1.0.0", exports, files });
    }
    return registry;
  }

  /** Makes Deno use this registry and an empty cache. */
  get env(): Record<string, string> {
    const { port } = this.#server.addr;
    return {
      JSR_URL: `http://127.0.0.1:${port}/`,
      DENO_DIR: this.#folder.join("deno"),
    };
  }

  /** Paths of the files of a package. */
  filesOf(name: string): string[] {
    return [...this.#packages.get(name)?.files.keys() ?? []].sort();
  }

  async #respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/api/")) {
      return await this.#respondToPublish(request, pathname);
    }
    const [, scope, name, ...rest] = pathname.split("/");
    const found = this.#packages.get(`${scope}/${name}`);
    const path = rest.join("/");
    if (found === undefined) return missing();
    const { version, exports, files } = found;
    if (path === "meta.json") {
      const versions = { [version]: {} };
      return Response.json({ scope, name, latest: version, versions });
    }
    if (path === `${version}_meta.json`) {
      return Response.json({ exports, manifest: await manifestOf(files) });
    }
    const bytes = files.get(path.slice(version.length + 1));
    if (!path.startsWith(`${version}/`) || bytes === undefined) {
      return missing();
    }
    return new Response(bytes);
  }

  async #respondToPublish(
    request: Request,
    pathname: string,
  ): Promise<Response> {
    const [, scope, name, version] =
      /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)(?:\/versions\/([^/]+))?$/
        .exec(pathname) ?? [];
    if (request.method !== "POST") {
      return version === undefined ? Response.json({}) : missing();
    }
    const folder = this.#folder.join(name);
    await Deno.mkdir(folder);
    await Deno.writeFile(`${folder}.tar.gz`, await request.bytes());
    await mustRun("tar", ["-xzf", `${folder}.tar.gz`, "-C", folder]);
    // The archive that was sent has no modes.
    await mustRun("chmod", ["-R", "u+rwX", folder]);
    const files = await readFiles(folder);
    const config = JSON.parse(
      new TextDecoder().decode(files.get("deno.json")),
    );
    this.#packages.set(`@${scope}/${name}`, {
      version,
      exports: config.exports,
      files,
    });
    return Response.json({ id: "1", status: "success", error: null });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#folder[Symbol.dispose]();
  }
}

function missing(): Response {
  return Response.json({ code: "packageVersionNotFound", message: "no" }, {
    status: 404,
  });
}

async function readFiles(
  folder: string,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const paths = await pathsUnder(folder);
  return new Map(
    await Promise.all(
      paths.map(async (path) =>
        [path, await Deno.readFile(join(folder, path))] as const
      ),
    ),
  );
}

async function manifestOf(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<Record<string, { size: number; checksum: string }>> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, bytes] of files) {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const checksum = `sha256-${new Uint8Array(digest).toHex()}`;
    manifest[`/${path}`] = { size: bytes.length, checksum };
  }
  return manifest;
}
