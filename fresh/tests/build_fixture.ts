import { Builder } from "fresh/dev";
import { FIXTURE_ROOT } from "./fixture_app.ts";

/** Builds the fixture into its `_fresh` folder, as a process of its own. */
if (import.meta.main) await new Builder({ root: FIXTURE_ROOT }).build();
