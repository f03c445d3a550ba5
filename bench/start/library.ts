/**
 * What opening the library takes besides.
 *
 * @module
 */
import { Instance } from "../../mod.ts";

Instance.open().dispose();
