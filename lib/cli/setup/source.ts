import { basename, resolve, toFileUrl } from "@std/path";
import { IreeError } from "../../../mod.ts";
import { UsageError } from "../common/usage_error.ts";

/** A release: addresses and hashes of its archives by platform. */
export interface Release {
  readonly version: string;
  /** Address of the folder with the archives of `{version}`. */
  readonly base: string;
  readonly archives: Readonly<Record<string, Archive>>;
}

/** A released archive. */
export interface Archive {
  readonly name: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** An archive's location and expected hash. */
export interface Source {
  readonly from: URL;
  readonly sha256: string;
  readonly size?: number;
}

/**
 * Chooses the archive to install and the hash that it must have.
 *
 * @param release The release of this version; without archives if unreleased.
 * @param target The platform.
 * @param given The archive that the user named.
 * @param sha256 The hash that the user gave, if any.
 * @returns The archive; throws with a hint if there is none.
 */
export function findSource(
  release: Release,
  target: string,
  given?: string,
  sha256?: string,
): Source {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new UsageError(
      `--sha256 must be 64 hexadecimal digits, got '${sha256}'`,
    );
  }
  const released: Archive | undefined = release.archives[target];
  if (given === undefined) {
    if (sha256 !== undefined) throw new UsageError("--sha256 needs --from");
    return releasedSource(release, target, released);
  }
  const from = toUrl(given);
  const name = basename(from.pathname);
  if (sha256 !== undefined) return { from, sha256: sha256.toLowerCase() };
  if (name === released?.name) return { ...released, from };
  throw new UsageError(
    `--from needs --sha256: the hash of '${name}' is unknown` +
      (released === undefined ? "" : `, only '${released.name}' is known`),
  );
}

function releasedSource(
  { version, base, archives }: Release,
  target: string,
  released?: Archive,
): Source {
  if (released !== undefined) {
    const folder = base.replace("{version}", version);
    return { ...released, from: new URL(released.name, folder) };
  }
  const isReleased = Object.keys(archives).length > 0;
  throw new IreeError(
    "NOT_FOUND",
    isReleased
      ? `version ${version} has no archive for ${target}`
      : `version ${version} is not released yet: nothing to download`,
    {
      hint: "create an archive in a checkout with `./dev package`, which " +
        "prints the command that installs it",
    },
  );
}

function toUrl(given: string): URL {
  // A single letter is a drive.
  if (!/^[a-z][a-z+.-]+:/i.test(given)) return toFileUrl(resolve(given));
  const url = URL.parse(given);
  if (url !== null && /^(?:https?|file):$/.test(url.protocol)) return url;
  throw new UsageError(
    `--from must be a path or an http(s) URL, got '${given}'`,
  );
}
