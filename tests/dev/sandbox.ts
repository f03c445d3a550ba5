/** Runs `./dev` over stand-ins for the programs that it calls. */

export const ROOT: string = new URL("../..", import.meta.url).pathname
  .replace(/\/$/, "");
export const DEV: string = `${ROOT}/dev`;

/** What ./dev may call from the system; PATH has nothing else in these tests. */
const SYSTEM = [
  ..."cat cksum cp cut date dirname env find grep head kill ln mkdir mktemp mv rm"
    .split(" "),
  ..."sed sh sha256sum shasum sleep sort tail tee touch tr uname xargs".split(
    " ",
  ),
];

/** Makes environments as python3 does, where `pip` and `cmake` are stand-ins too. */
export const PYTHON = `#!/bin/sh
case "$*" in
  --version) echo "Python 3.0.0" ;;
  "-m venv "*)
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    cp "$STUBS/cmake" "$STUBS/ninja" "$3/bin"
    ;;
  "-m pip install "*)
    echo "$*" >>"$CALLS"
    [ -z "$PIP_FAILS" ] || { echo "no route to the registry"; exit 1; }
    ;;
  *fcntl*) exec "$REAL_PYTHON" "$@" ;;
  *json*) echo /sources/iree ;;
esac
`;

const CMAKE = `#!/bin/sh
echo "cmake $*" >>"$CALLS"
if [ "$1" = --install ]; then
  while [ "$1" != --prefix ]; do shift; done
  mkdir -p "$2/lib"
  touch "$2/lib/libiree_runtime.so"
fi
`;

const COMPILER = `#!/bin/sh
echo "compiler 1.0"
`;

/** A PATH of stand-ins, an empty cache, and how to run ./dev over them. */
export class Sandbox implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly cache = `${this.folder}/cache`;

  constructor(programs: Record<string, string> = {}) {
    Deno.mkdirSync(`${this.folder}/bin`);
    for (const name of SYSTEM) {
      const path = which(name);
      if (path) Deno.symlinkSync(path, `${this.folder}/bin/${name}`);
    }
    const all = {
      python3: PYTHON,
      cargo: "#!/bin/sh\n",
      cc: COMPILER,
      "c++": COMPILER,
      cmake: CMAKE,
      ninja: '#!/bin/sh\necho "ninja" >>"$CALLS"\n',
      ...programs,
    };
    for (const [name, script] of Object.entries(all)) {
      if (!script) continue;
      Deno.writeTextFileSync(`${this.folder}/bin/${name}`, script, {
        mode: 0o755,
      });
    }
  }

  /** Lines that the stand-ins wrote, one a call. */
  get calls(): string[] {
    try {
      return Deno.readTextFileSync(`${this.folder}/calls`).trim().split("\n");
    } catch {
      return [];
    }
  }

  /** What is in the cache, without the log and the lock. */
  get cached(): string[] {
    const found: string[] = [];
    const walk = (folder: string, depth: number) => {
      for (
        const { name, isDirectory } of Deno.readDirSync(
          `${this.cache}/${folder}`,
        )
      ) {
        const path = folder ? `${folder}/${name}` : name;
        if (isDirectory && depth < 1) walk(path, depth + 1);
        else if (path !== "log" && path !== "lock") found.push(path);
      }
    };
    try {
      walk("", 0);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return found;
  }

  command(args: string[], env: Record<string, string> = {}): Deno.Command {
    return new Deno.Command(DEV, {
      args,
      clearEnv: true,
      env: {
        PATH: `${this.folder}/bin`,
        HOME: this.folder,
        IREE_DENO_CACHE: this.cache,
        STUBS: `${this.folder}/bin`,
        CALLS: `${this.folder}/calls`,
        REAL_PYTHON: `${Deno.env.get("IREE_DENO_TOOLS")}/python`,
        ...env,
      },
      stdout: "piped",
      stderr: "piped",
    });
  }

  run(args: string[], env?: Record<string, string>): Promise<Finished> {
    return finish(this.command(args, env).spawn());
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export async function finish(child: Deno.ChildProcess): Promise<Finished> {
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

export function dev(...args: string[]): Promise<Finished> {
  return finish(
    new Deno.Command(DEV, { args, stdout: "piped", stderr: "piped" }).spawn(),
  );
}

export function exists(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch {
    return false;
  }
}

export function which(name: string): string | undefined {
  return (Deno.env.get("PATH") ?? "").split(":")
    .map((folder) => `${folder}/${name}`)
    .find((path) => {
      try {
        return Deno.statSync(path).isFile;
      } catch {
        return false;
      }
    });
}
