/**
 * Makes the isolate's callback, which stays until the isolate ends, so that no
 * test is blamed for it.
 *
 * @module
 */

import { hostModule, Instance } from "../../mod.ts";

using instance = Instance.open();
hostModule("first", {}).create(instance).dispose();
