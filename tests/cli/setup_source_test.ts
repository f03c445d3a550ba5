import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/cli/common/usage_error.ts";
import { findSource, type Release } from "../../lib/cli/setup/source.ts";
import { IreeError } from "../../mod.ts";

const SHA256 = "0123456789abcdef".repeat(4);
const ARCHIVE = { name: "here.tar.gz", sha256: SHA256, size: 5 };

const UNRELEASED: Release = {
  version: "1.2.3",
  base: "https://example.com/v{version}/",
  archives: {},
};

const RELEASED: Release = { ...UNRELEASED, archives: { here: ARCHIVE } };

Deno.test("The default source is the platform's released archive", () => {
  assertEquals(findSource(RELEASED, "here"), {
    ...ARCHIVE,
    from: new URL("https://example.com/v1.2.3/here.tar.gz"),
  });
});

Deno.test("Without a release, setup says so and does not blame the platform", () => {
  for (
    const [release, words] of [
      [UNRELEASED, "version 1.2.3 is not released yet"],
      [RELEASED, "version 1.2.3 has no archive for there"],
    ] as const
  ) {
    const error = assertThrows(
      () => findSource(release, "there"),
      IreeError,
      words,
    );
    assertEquals(error.code, "NOT_FOUND");
    assertEquals(error.hint?.includes("./dev package"), true);
  }
});

Deno.test("An archive needs a hash, given or released", () => {
  const url = "https://example.com/here.tar.gz";
  const { from, sha256, size } = findSource(RELEASED, "here", url);
  assertEquals([from.href, sha256, size], [url, SHA256, 5]);
  const given = findSource(UNRELEASED, "here", url, SHA256.toUpperCase());
  assertEquals([given.from.href, given.sha256], [url, SHA256]);
  for (
    const [release, name, message] of [
      [
        UNRELEASED,
        "here.tar.gz",
        "--from needs --sha256: the hash of 'here.tar.gz' is unknown",
      ],
      [
        RELEASED,
        "other.tar.gz",
        "--from needs --sha256: the hash of 'other.tar.gz' is unknown, " +
        "only 'here.tar.gz' is known",
      ],
    ] as const
  ) {
    const error = assertThrows(
      () => findSource(release, "here", name),
      UsageError,
    );
    assertEquals(error.message, message);
  }
});
